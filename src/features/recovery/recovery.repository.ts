import { type Kysely, sql, type Transaction } from 'kysely';
import { prepared } from '../../database/prepared.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Kind } from '../accounts/index.ts';
import { type Origin, recording } from '../activity/activity.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  completedTtlSeconds,
  type FlowKey,
  failedProofs,
  firstResendPauseSeconds,
  permissionTtlSeconds,
  sendsPerFlow,
} from '../flows/flow.ts';
import { type Consumption, type ConsumptionRow, consumption, toConsumption } from '../quotas/quotas.ts';
import type { RecoveryMethod } from './methods.ts';

const resendPause = sql`make_interval(secs => ${sql.lit(firstResendPauseSeconds)} * 2 ^ (greatest(sends, 1) - 1))`;

const isOpen = (key: FlowKey) => sql<boolean>`
  recovery.id = ${key.id} and recovery.token_digest = ${key.tokenDigest} and recovery.expires_at > now()
  and recovery.completed_at is null`;

/**
 * Counters of failed proofs; `subject` is keyed, so this does not say whose they are. What strangers burn counts neither
 * against a known device nor against who has a printed code; what is burnt with printed codes counts for the person, as an
 * officer can print another one.
 */
const failuresKey = sql`sha256('failed-proofs'::bytea || subject || coalesce(
  device_digest, case when branch_recovery_id is not null then 'at-branch'::bytea end, ''::bytea))`;

/** What an open recovery stands at; `undefined` when there is no such open one. */
export async function findOpenRecovery(db: Kysely<Database>, key: FlowKey) {
  return db
    .selectFrom('recovery')
    .where(isOpen(key))
    .select([
      'proved_methods as provedMethods',
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

/** Whether the flow was started on a device that its account knows. */
export async function isOnKnownDevice(db: Kysely<Database>, key: FlowKey): Promise<boolean> {
  const row = await db
    .selectFrom('recovery')
    .where(isOpen(key))
    .where('device_digest', 'is not', null)
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
  const sends = method !== 'questions';
  return trx
    .updateTable('recovery')
    .set({
      method,
      challenge_id: sql`case when ${isNew} then ${newChallengeId}::uuid else challenge_id end`,
      challenge_expires_at: sql`case when ${isNew} then ${inSeconds(codeTtlSeconds)} else challenge_expires_at end`,
      earlier_challenge_ids: sql`case when (${isNew}) and challenge_id is not null and method <> 'questions'
        then array_append(earlier_challenge_ids, challenge_id) else earlier_challenge_ids end`,
      attempts: sql`case when ${isNew} then 0 else attempts end`,
      ...(sends && { sends: sql`sends + 1`, sent_at: now }),
    })
    .where(isOpen(key))
    .where('proved_at', 'is', null)
    .where(sql<boolean>`case when branch_recovery_id is null then ${isOffered} else ${method} = 'sms' end`)
    .where(sql<boolean>`not ${method} = any (proved_methods)`)
    .$if(sends, (query) =>
      query
        .where('sends', '<', sendsPerFlow)
        .where(sql<boolean>`(sent_at is null or sent_at + ${resendPause} <= now())`),
    )
    .returning([
      'account_id as accountId',
      'subject',
      'device_digest as deviceDigest',
      'branch_recovery_id as branchRecoveryId',
      'destination',
      'locale',
      'challenge_id as challengeId',
      'challenge_expires_at as expiresAt',
      'sends',
      'attempts',
      // Shown to a device that the account knows, and to nobody else.
      sql<string[] | null>`(select security_questions from account
        where account.id = recovery.account_id and recovery.device_digest is not null)`.as('questions'),
    ])
    .executeTakeFirst();
}

export type Attempt = Readonly<{
  attempts: number;
  method: RecoveryMethod;
  provedMethods: readonly RecoveryMethod[];
  barredKinds: readonly Kind[];
  /** Whether two kinds are needed, since address stands against address. */
  isLockedTwo: boolean;
  /** Whether the account acts for others: two kinds are needed then, and answers are none of them. */
  hasRole: boolean;
  accountId: string | null;
  /** Where a printed code opened the flow: together with the code at the mobile that is enough. */
  branchRecoveryId: string | null;
  subject: Buffer;
  challengeId: string;
  /** Of this flow, of whatever method: replaced, or proved. */
  earlierChallengeIds: readonly string[];
  challengeLives: boolean;
  answersHash: string | null;
  /** The activity entry of a refused guess, which it is until it proves to be right. */
  entryId: string;
}>;

/** For statements that know the account as `account`. */
const actsForOthers = sql<boolean>`exists (select from officer where officer.account_id = account.id)`;

const counting = prepared<FlowKey & Origin, ConsumptionRow & Attempt>((guess) => {
  const entry = {
    kind: 'recovery-proof-failed',
    outcome: 'refused',
    origin: guess,
    flowId: guess.id,
  } as const;
  return sql`
    with attempt as (
      update recovery set attempts = least(attempts + 1, ${sql.lit(attemptsPerCode + 1)})
      where ${isOpen(guess)} and proved_at is null and challenge_id is not null
      returning attempts, method, proved_methods, account_id, subject, device_digest, branch_recovery_id, challenge_id,
        challenge_expires_at, earlier_challenge_ids
    ),
    consumed as (${consumption(failuresKey, failedProofs, sql`from attempt`)}),
    entry as (${recording(entry, sql`account_id`, sql`from attempt, consumed where not refused`)})
    select consumed.*, attempts, method, proved_methods as "provedMethods",
      attempt.account_id as "accountId", branch_recovery_id as "branchRecoveryId", subject, challenge_id as "challengeId",
      earlier_challenge_ids as "earlierChallengeIds", challenge_expires_at > now() as "challengeLives", entry.id as "entryId",
      account.security_answers_hash as "answersHash",
      coalesce(account.barred_kinds, '{}') as "barredKinds",
      coalesce(account.lock = 'locked-two', false) as "isLockedTwo",
      ${actsForOthers} as "hasRole"
    from attempt cross join consumed left join entry on true left join account on account.id = attempt.account_id`;
});

/**
 * Counts one guess before it is judged, in the flow and in the account's quota, and writes it down as refused:
 * whatever happens next, it has been made. `undefined` when no unproved open flow has a challenge.
 */
export async function countAttempt(
  db: Kysely<Database>,
  key: FlowKey,
  { coarseNetwork, userAgent }: Origin,
): Promise<{ consumed: Consumption; attempt: Attempt } | undefined> {
  const [row] = await counting(db, { ...key, coarseNetwork, userAgent });
  return row && { consumed: toConsumption(row, failedProofs), attempt: row };
}

/**
 * Makes a guess undone that was not judged, or was right and a moment late. Locks the flow before the quota, as
 * counting does, so that two at once wait instead of deadlocking: a change that nothing reads from is made last.
 */
export async function withdrawAttempt(db: Kysely<Database>, key: FlowKey, attempt: Attempt): Promise<void> {
  await sql`
    with flow as (select id, subject, device_digest, branch_recovery_id from recovery where ${isOpen(key)} for update),
    undone as (
      update recovery set attempts = greatest(attempts - 1, 0)
      from flow where recovery.id = flow.id and challenge_id = ${attempt.challengeId}
    ),
    entry as (delete from activity where id = ${attempt.entryId})
    update quota set used = greatest(used - 1, 0), blocked_until = null
    from flow where key = ${failuresKey}`.execute(db);
}

type Proving = FlowKey & Pick<Attempt, 'challengeId' | 'barredKinds' | 'isLockedTwo' | 'hasRole' | 'entryId'>;

const proving = (permits: boolean) =>
  prepared<Proving, { permissionExpiresAt: Date | null }>((proof) => {
    const until = permits ? inSeconds(permissionTtlSeconds) : sql`null`;
    return sql`
    with proved as (
      update recovery
      set proved_methods = array_append(proved_methods, method), challenge_id = null, challenge_expires_at = null,
        earlier_challenge_ids = array_append(earlier_challenge_ids, challenge_id),
        proved_at = ${permits ? now : sql`null`}, permission_expires_at = ${until},
        expires_at = coalesce(${until}, recovery.expires_at)
      from account
      where ${isOpen(proof)} and challenge_id = ${proof.challengeId} and proved_at is null
        and account.id = recovery.account_id and account.disabled_at is null
        and account.barred_kinds = ${proof.barredKinds} and (account.lock = 'locked-two') = ${proof.isLockedTwo}
        and ${actsForOthers} = ${proof.hasRole}
      returning subject, device_digest, branch_recovery_id, permission_expires_at
    ),
    refunded as (
      update quota set used = greatest(used - 1, 0), blocked_until = null from proved where key = ${failuresKey}
    ),
    entered as (
      update activity set kind = 'recovery-proved', outcome = 'succeeded' from proved
      where activity.id = ${proof.entryId}
    )
    select permission_expires_at as "permissionExpiresAt" from proved`;
  });
const provingEnough = proving(true);
const provingMore = proving(false);

/**
 * Uses the challenge up, counts its method as proved, gives the guess back and, where `permits`, opens the one
 * step that enough proof gives the right to. Of any number of requests at once one gets a row, and none if the
 * account has changed since the guess was counted. The permission may outlive what was left of the flow, and
 * nothing else of the flow does.
 */
export async function acceptProof(
  db: Kysely<Database>,
  key: FlowKey,
  { attempt, permits }: { attempt: Attempt; permits: boolean },
): Promise<{ permissionExpiresAt: Date | null } | undefined> {
  const { challengeId, barredKinds, isLockedTwo, hasRole, entryId } = attempt;
  const [row] = await (permits ? provingEnough : provingMore)(db, {
    ...key,
    challengeId,
    barredKinds,
    isLockedTwo,
    hasRole,
    entryId,
  });
  return row;
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
 * Ends every recovery of an account. One that nothing has been proved in stands for nobody from then on: a stranger who
 * began it sees no difference, and so does not learn that there is an account and something happened to it.
 */
export async function endRecoveries(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx
    .deleteFrom('recovery')
    .where('account_id', '=', accountId)
    .where('proved_methods', '!=', sql<RecoveryMethod[]>`'{}'`)
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
