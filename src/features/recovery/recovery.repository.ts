import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Locale } from '../../kernel/locale.ts';
import { type CodeRow, completedTtlSeconds, type FlowKey, openChallenge } from '../one-time-codes/index.ts';
import { answerMethodNames, deskMethod, getChannel, type RecoveryMethod } from './methods/index.ts';

/** For statements that know the flow as `recovery`. */
export const isOpen = (key: FlowKey) => sql<boolean>`
  recovery.id = ${key.id} and recovery.token_digest = ${key.tokenDigest} and recovery.expires_at > now()
  and recovery.completed_at is null`;

/** The row of an open recovery. */
export const toCodeRow = (key: FlowKey): CodeRow => ({ table: 'recovery', isOpen: isOpen(key) });

/** What an open recovery stands at; `undefined` when there is no such open one. */
export async function findOpenRecovery(db: Kysely<Database>, key: FlowKey) {
  return db
    .selectFrom('recovery')
    .where(isOpen(key))
    .select([
      'proved_methods as provedMethods',
      'in_two_steps as inTwoSteps',
      'challenge_id as challengeId',
      'proved_at as provedAt',
      'branch_recovery_id as branchRecoveryId',
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
export type AskedMethod = Readonly<{ method: RecoveryMethod; isOffered: boolean }>;

const challengeColumns = sql<{
  accountId: string | null;
  subject: Buffer;
  isNetworkKnown: boolean;
  deviceDigest: Buffer | null;
  branchRecoveryId: string | null;
  destination: string | null;
  locale: Locale;
  provedMethods: RecoveryMethod[];
  inTwoSteps: boolean;
  /** Shown to a device that the account knows, and to nobody else. */
  questions: string[] | null;
}>`account_id as "accountId", subject, is_network_known as "isNetworkKnown", device_digest as "deviceDigest",
  branch_recovery_id as "branchRecoveryId", destination, locale, proved_methods as "provedMethods", in_two_steps as "inTwoSteps",
  (select security_questions from account
    where account.id = recovery.account_id and recovery.device_digest is not null) as questions`;

/**
 * Puts a challenge of this method in the place of whatever was before; the same one while it is of this method, lives and
 * has guesses left. Of codes that were sent the flow keeps the challenges: none of them is a guess.
 */
export async function openRecoveryChallenge(
  trx: Transaction<Database>,
  key: FlowKey,
  { method, isOffered }: AskedMethod,
) {
  const isSent = getChannel(method) !== null;
  const isAskedFor = sql<boolean>`
    ${isOpen(key)} and proved_at is null and not ${method} = any (proved_methods)
    and case when branch_recovery_id is null then ${isOffered} else ${method} = ${deskMethod} end
    and not (in_two_steps and proved_methods = '{}' and ${isSent})`;
  return openChallenge(
    trx,
    { table: 'recovery', isOpen: isAskedFor },
    {
      columns: challengeColumns,
      isSent,
      isReplaced: sql<boolean>`method is distinct from ${method}`,
      set: (isNew) => sql`method = ${method},
        earlier_challenge_ids = case when ${isNew} and challenge_id is not null and not method = any (${answerMethodNames})
          then array_append(earlier_challenge_ids, challenge_id) else earlier_challenge_ids end`,
    },
  );
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
