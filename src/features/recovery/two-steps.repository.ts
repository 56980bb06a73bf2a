import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { amending } from '../activity/index.ts';
import type { FlowKey } from '../one-time-codes/index.ts';
import type { Attempt } from './guesses.repository.ts';
import { isOpen } from './recovery.repository.ts';

/**
 * Takes answers without a word on them: a code decides, which is right for nobody unless they were. It can leave at once,
 * whatever was sent before. Of two at once one returns `true`.
 */
export async function takeAnswersSilently(
  db: Kysely<Database>,
  key: FlowKey,
  { attempt: { challengeId, entryId }, areRight }: Readonly<{ attempt: Attempt; areRight: boolean }>,
): Promise<boolean> {
  const { rows } = await sql`
    with taken as (
      update recovery set in_two_steps = true, proved_methods = array_append(proved_methods, method), challenge_id = null,
        challenge_expires_at = null, sends = 0, sent_at = null, account_id = case when ${areRight} then account_id end
      where ${isOpen(key)} and challenge_id = ${challengeId} and proved_at is null
      returning id
    ),
    entered as (${amending({ entryId, kind: 'recovery-proved', when: areRight }, sql`from taken`)})
    select from taken`.execute(db);
  return rows.length > 0;
}

/**
 * A code is not judged any more before answers have been given; one that is being judged may still prove to be right.
 * `false`: the challenge has been used up, or replaced.
 */
export async function askForAnswersFirst(
  db: Kysely<Database>,
  key: FlowKey,
  { challengeId }: Attempt,
): Promise<boolean> {
  const { rows } = await sql`
    update recovery set in_two_steps = true
    where ${isOpen(key)} and challenge_id = ${challengeId} and proved_at is null
    returning id`.execute(db);
  return rows.length > 0;
}

/** A code of the second step that does not leave is right for nobody. The same statement where it leaves. */
export async function keepAccountIf(
  trx: Transaction<Database>,
  key: FlowKey,
  isKept: boolean,
): Promise<void> {
  await trx
    .updateTable('recovery')
    .set({ account_id: sql`case when ${isKept} then account_id end` })
    .where(isOpen(key))
    .execute();
}
