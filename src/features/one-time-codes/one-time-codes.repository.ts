import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds } from '../../database/time.ts';
import { attemptsPerCode, codeTtlSeconds, firstResendPauseSeconds, sendsPerFlow } from './flow.ts';

/** Tables whose rows are a code on its way: challenge, guesses, sends. */
export type CodeTable = 'registration' | 'contact_flow';

/** Which row: one condition for every step of a flow. */
export type CodeRow = Readonly<{ table: CodeTable; isOpen: RawBuilder<boolean> }>;

const resendPause = sql`make_interval(secs => ${sql.lit(firstResendPauseSeconds)} * 2 ^ (sends - 1))`;
const isUsedUp = sql<boolean>`challenge_expires_at <= now() or attempts >= ${sql.lit(attemptsPerCode)}`;

export type Resent = Readonly<{ sends: number; attempts: number; challengeId: string; codeExpiresAt: Date }>;

/**
 * Takes one more send, if the pause is over and any are left. The same challenge, and so the same code, while it lives
 * and has guesses left; `newChallengeId` after that.
 * @param columns what else of the row is to be returned
 */
export async function takeResend<T>(
  trx: Transaction<Database>,
  { table, isOpen }: CodeRow,
  newChallengeId: string,
  columns: RawBuilder<T>,
): Promise<(Resent & T) | undefined> {
  const { rows } = await sql<Resent & T>`
    update ${sql.table(table)} set
      challenge_id = case when ${isUsedUp} then ${newChallengeId}::uuid else challenge_id end,
      challenge_expires_at = case when ${isUsedUp} then ${inSeconds(codeTtlSeconds)} else challenge_expires_at end,
      attempts = case when ${isUsedUp} then 0 else attempts end,
      sends = sends + 1, sent_at = now()
    where ${isOpen} and sends < ${sql.lit(sendsPerFlow)} and sent_at + ${resendPause} <= now()
    returning sends, attempts, challenge_id as "challengeId", challenge_expires_at as "codeExpiresAt", ${columns}
  `.execute(trx);
  return rows[0];
}

export type Guess = Readonly<{ attempts: number; challengeId: string; isJudged: boolean }>;

/** Counts one guess before it is judged. `undefined` when there is no such open row. */
export async function countGuess<T>(
  db: Kysely<Database>,
  { table, isOpen }: CodeRow,
  columns: RawBuilder<T>,
): Promise<(Guess & T) | undefined> {
  const { rows } = await sql<Guess & T>`
    update ${sql.table(table)} set attempts = least(attempts + 1, ${sql.lit(attemptsPerCode + 1)})
    where ${isOpen}
    returning attempts, challenge_id as "challengeId",
      challenge_expires_at > now() and attempts <= ${sql.lit(attemptsPerCode)} as "isJudged", ${columns}
  `.execute(db);
  return rows[0];
}

/** Gives a guess back that could not be judged to the end. */
export async function refundGuess(db: Kysely<Database>, { table, isOpen }: CodeRow): Promise<void> {
  await sql`update ${sql.table(table)} set attempts = greatest(0, attempts - 1) where ${isOpen}`.execute(db);
}

/** What stands in the way of another message; `undefined` when there is no such open row. */
export async function findPause(db: Kysely<Database>, { table, isOpen }: CodeRow) {
  const { rows } = await sql<{ sends: number; endsInSeconds: number; resendInSeconds: number }>`
    select sends, ceil(extract(epoch from expires_at - now()))::integer as "endsInSeconds",
      ceil(extract(epoch from sent_at + ${resendPause} - now()))::integer as "resendInSeconds"
    from ${sql.table(table)} where ${isOpen}
  `.execute(db);
  return rows[0];
}
