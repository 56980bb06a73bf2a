import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  completedTtlSeconds,
  type FlowKey,
  firstResendPauseSeconds,
  sendsPerFlow,
} from '../one-time-codes/index.ts';
import { answerMethodNames, deskMethod, getChannel, type RecoveryMethod } from './methods/index.ts';

const resendPause = sql`make_interval(secs => ${sql.lit(firstResendPauseSeconds)} * 2 ^ (greatest(sends, 1) - 1))`;

/** For statements that know the flow as `recovery`. */
export const isOpen = (key: FlowKey) => sql<boolean>`
  recovery.id = ${key.id} and recovery.token_digest = ${key.tokenDigest} and recovery.expires_at > now()
  and recovery.completed_at is null`;

/** What an open recovery stands at; `undefined` when there is no such open one. */
export async function findOpenRecovery(db: Kysely<Database>, key: FlowKey) {
  return db
    .selectFrom('recovery')
    .where(isOpen(key))
    .select([
      'proved_methods as provedMethods',
      'in_two_steps as inTwoSteps',
      'challenge_id as challengeId',
      'sends',
      'proved_at as provedAt',
      'branch_recovery_id as branchRecoveryId',
      sql<number>`ceil(extract(epoch from expires_at - now()))::integer`.as('endsInSeconds'),
      sql<number>`ceil(extract(epoch from sent_at + ${resendPause} - now()))::integer`.as('resendInSeconds'),
    ])
    .executeTakeFirst();
}

/** Whether a password has been set by this very recovery, within a day. */
export async function isCompleted(db: Kysely<Database>, key: FlowKey): Promise<boolean> {
  const row = await db
    .selectFrom('recovery')
    .where('id', '=', key.id)
    .where('token_digest', '=', key.tokenDigest)
    .where('completed_at', 'is not', null)
    .where('expires_at', '>', now)
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether nothing has been done in an open recovery: its token, as far as one can see, has not arrived. */
export async function isUntouchedRecovery(db: Kysely<Database>, key: FlowKey): Promise<boolean> {
  const row = await db
    .selectFrom('recovery')
    .where(isOpen(key))
    .where('method', 'is', null)
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** `isOffered`: the service offers the method; a flow of a branch has a code by SMS whatever is offered. */
export type NewChallenge = Readonly<{ method: RecoveryMethod; isOffered: boolean; newChallengeId: string }>;

/**
 * Puts a challenge of this method in the place of whatever was before. The same challenge, and so the same
 * code, while it lives, has guesses left and is of the same method; `newChallengeId` otherwise. What sends a
 * message takes one of the flow's sends, if the pause is over and any are left.
 */
export async function openChallenge(
  trx: Transaction<Database>,
  key: FlowKey,
  { method, isOffered, newChallengeId }: NewChallenge,
) {
  const isNew = sql<boolean>`
    method is distinct from ${method} or challenge_expires_at <= now() or attempts >= ${sql.lit(attemptsPerCode)}`;
  const sends = getChannel(method) !== null;
  return trx
    .updateTable('recovery')
    .set({
      method,
      challenge_id: sql`case when ${isNew} then ${newChallengeId}::uuid else challenge_id end`,
      challenge_expires_at: sql`case when ${isNew} then ${inSeconds(codeTtlSeconds)} else challenge_expires_at end`,
      earlier_challenge_ids: sql`case when (${isNew}) and challenge_id is not null and not method = any (${answerMethodNames})
        then array_append(earlier_challenge_ids, challenge_id) else earlier_challenge_ids end`,
      attempts: sql`case when ${isNew} then 0 else attempts end`,
      ...(sends && { sends: sql`sends + 1`, sent_at: now }),
    })
    .where(isOpen(key))
    .where('proved_at', 'is', null)
    .where(
      sql<boolean>`case when branch_recovery_id is null then ${isOffered} else ${method} = ${deskMethod} end`,
    )
    .where(sql<boolean>`not ${method} = any (proved_methods)`)
    .where(sql<boolean>`not (in_two_steps and proved_methods = '{}' and ${sends})`)
    .$if(sends, (query) =>
      query
        .where('sends', '<', sendsPerFlow)
        .where(sql<boolean>`(sent_at is null or sent_at + ${resendPause} <= now())`),
    )
    .returning([
      'account_id as accountId',
      'subject',
      'is_network_known as isNetworkKnown',
      'device_digest as deviceDigest',
      'branch_recovery_id as branchRecoveryId',
      'destination',
      'locale',
      'challenge_id as challengeId',
      'challenge_expires_at as expiresAt',
      'sends',
      'attempts',
      'proved_methods as provedMethods',
      'in_two_steps as inTwoSteps',
      // Shown to a device that the account knows, and to nobody else.
      sql<string[] | null>`(select security_questions from account
        where account.id = recovery.account_id and recovery.device_digest is not null)`.as('questions'),
    ])
    .executeTakeFirst();
}

/** `accountId`: `null` where a printed code of nobody opened the flow. */
export type Permission = Readonly<{ accountId: string | null; branchRecoveryId: string | null }>;

/** Whose password a proved flow may set; uses nothing up. */
export async function findPermission(db: Kysely<Database>, key: FlowKey): Promise<Permission | undefined> {
  return db
    .selectFrom('recovery')
    .where(isOpen(key))
    .where('permission_expires_at', '>', now)
    .select(['account_id as accountId', 'branch_recovery_id as branchRecoveryId'])
    .executeTakeFirst();
}

/** Uses the permission up: of two resets at once the second finds nothing. Returns what it rested on. */
export async function consumePermission(
  trx: Transaction<Database>,
  key: FlowKey,
): Promise<readonly RecoveryMethod[] | undefined> {
  const row = await trx
    .updateTable('recovery')
    .set({
      completed_at: now,
      account_id: null,
      branch_recovery_id: null,
      permission_expires_at: null,
      expires_at: inSeconds(completedTtlSeconds),
    })
    .where(isOpen(key))
    .where('permission_expires_at', '>', now)
    .returning('proved_methods as provedMethods')
    .executeTakeFirst();
  return row?.provedMethods;
}

/**
 * Ends every recovery of an account. One that nothing has been proved in, or nothing with a word on it, stands for nobody
 * from then on: a stranger who began it sees no difference, and so does not learn that there is an account and something
 * happened to it.
 */
export async function endRecoveries(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx
    .deleteFrom('recovery')
    .where('account_id', '=', accountId)
    .where('proved_methods', '!=', sql<RecoveryMethod[]>`'{}'`)
    .where(sql<boolean>`not (in_two_steps and proved_methods <@ ${answerMethodNames})`)
    .execute();
  await trx.updateTable('recovery').set({ account_id: null }).where('account_id', '=', accountId).execute();
}

export async function cleanUpRecoveries(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('recovery')
    .where('expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
