import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';

/**
 * What somebody signed in changes of the ways to recover (an address, the answers) is not trusted with a recovery
 * for so long, and what it replaced can be put back: it may have been a thief who knew the password.
 */
export const changeHoldSeconds = 72 * 60 * 60;

/**
 * Whether answers of an `account` were replaced so recently that neither those before nor the new ones are known to
 * be the owner's alone: a thief may have set the new ones, and the owner may have replaced those that others know.
 */
export const answersAreHeld = sql<boolean>`coalesce(account.answers_held_until > now(), false)`;

/**
 * What recoveries of an `account` ask for right now: the oldest that could still be put back, else the newest. While
 * `answersAreHeld` they are worth something with another proof only.
 */
export const trustedAnswers = {
  questions: sql<string[]>`case when ${answersAreHeld}
    then account.previous_security_questions else account.security_questions end`,
  hash: sql<string>`case when ${answersAreHeld}
    then account.previous_answers_hash else account.security_answers_hash end`,
} as const;

const nothingHeld = {
  previous_security_questions: null,
  previous_answers_hash: null,
  answers_held_until: null,
} as const;

/** In an update of `account`: makes what is trusted the only answers, for good. */
export const puttingAnswersBack = {
  security_questions: trustedAnswers.questions,
  security_answers_hash: trustedAnswers.hash,
  ...nothingHeld,
} as const;

/** Returned by that update: whether there was anything to put back. */
export const answersWereHeld = sql<boolean>`coalesce(old.answers_held_until > now(), false)`;

/** New questions and answers, trusted when the hold is over. Further changes keep the oldest, and start it anew. */
export async function setSecurityAnswers(
  trx: Transaction<Database>,
  accountId: string,
  { questions, hash }: { questions: readonly string[]; hash: string },
): Promise<void> {
  await trx
    .updateTable('account')
    .set({
      security_questions: [...questions],
      security_answers_hash: hash,
      previous_security_questions: trustedAnswers.questions,
      previous_answers_hash: trustedAnswers.hash,
      answers_held_until: inSeconds(changeHoldSeconds),
    })
    .where('id', '=', accountId)
    .execute();
}

/** Forgets answers that nothing puts back any more. */
export async function sweepHeldAnswers(db: Kysely<Database>): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('account')
    .set(nothingHeld)
    .where('answers_held_until', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
