import { type Kysely, sql } from 'kysely';
import { prepared } from '../../database/prepared.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Kind } from '../accounts/index.ts';
import { amending, type Origin, recording, withdrawing } from '../activity/index.ts';
import {
  type CodeRow,
  type FlowKey,
  type Guess,
  guessCount,
  guessRefund,
  permissionTtlSeconds,
} from '../one-time-codes/index.ts';
import { derivedKey, failuresFromNetwork, ofKnownDevices, ownFailures } from '../quotas/failures.ts';
import {
  allOrNothing,
  type Counter,
  type CounterRow,
  halfUsedUp,
  type SlidingConsumption,
  type SlidingQuota,
  slidingConsumption,
  slidingRefund,
  toSlidingConsumption,
} from '../quotas/sliding-quotas.ts';
import { answerMethodNames, type RecoveryMethod } from './methods/index.ts';
import { isOpen } from './recovery.repository.ts';

const days30 = 30 * 24 * 60 * 60;
/** Answers that failed alone: at one person from one network … */
const answersFromNetwork: SlidingQuota = [{ limit: 3, windowSeconds: days30 }];
/** … and from all unknown devices. */
const answersOfPerson: SlidingQuota = [{ limit: 10, windowSeconds: days30 }];
/** Wrong codes at one person; networks that the account was signed in from have as many of their own. */
const codesOfPerson: SlidingQuota = [{ limit: 100, windowSeconds: days30 }];

// For statements that know the flow as `recovery` or its returned row as `attempt`; `subject` and `network_key` are keyed.
const subject = sql.ref('subject');
const networkKey = sql.ref('network_key');
const answersCounter = { key: derivedKey('recovery-answers', subject), quota: answersOfPerson };
const codesCounter = {
  key: derivedKey(
    'recovery-codes',
    subject,
    sql`case when is_network_known then 'at home' else '' end::bytea`,
  ),
  quota: codesOfPerson,
};

const asksAnswers = sql<boolean>`method = any (${answerMethodNames})`;

/** Nothing proved, and nothing asked without a word. What comes after a first proof has a count of its own. */
const isFirstProof = sql<boolean>`proved_methods = '{}' and not in_two_steps`;
const isElsewhere = sql<boolean>`device_digest is null and branch_recovery_id is null`;

/** Whether an unknown device is to work for its guess: half of what the person has of them is gone. */
const isWorkNeeded = sql<boolean>`${isElsewhere} and proved_methods = '{}' and case when ${asksAnswers}
  then ${halfUsedUp(answersCounter)} else ${halfUsedUp(codesCounter)} end`;
const isUnproved = sql<boolean>`proved_at is null and challenge_id is not null`;

export type Attempt = Guess &
  Readonly<{
    method: RecoveryMethod;
    provedMethods: readonly RecoveryMethod[];
    inTwoSteps: boolean;
    /** Nothing has been proved in the flow, on a device that the account does not know. */
    isElsewhere: boolean;
    barredKinds: readonly Kind[];
    /** Whether two kinds are needed, since address stands against address. */
    isLockedTwo: boolean;
    /** Whether the account acts for others: two kinds are needed then, and answers are none of them. */
    hasRole: boolean;
    accountId: string | null;
    /** Where a printed code opened the flow: together with the code at the mobile that is enough. */
    branchRecoveryId: string | null;
    subject: Buffer;
    /** Of this flow, of whatever method: replaced, or proved. */
    earlierChallengeIds: readonly string[];
    answersHash: string | null;
    /** The activity entry of a refused guess, which it is until it proves to be right. */
    entryId: string;
  }>;

export type CountedAttempt = Readonly<{ attempt: Attempt; counted: SlidingConsumption }>;

/** For statements that know the account as `account`. */
const actsForOthers = sql<boolean>`exists (select from officer where officer.account_id = account.id)`;

/** `isOfAnswers`: what was given. Of the other form it is no guess, and not counted. */
export type Given = Readonly<{ isOfAnswers: boolean; isWorkDone: boolean }>;

const counting = prepared<FlowKey & Origin & Given, Attempt & Readonly<{ counters: readonly CounterJson[] }>>(
  (given) => {
    const row: CodeRow = {
      table: 'recovery',
      isOpen: sql<boolean>`${isOpen(given)} and ${isUnproved} and ${asksAnswers} = ${given.isOfAnswers}::boolean
        and (${given.isWorkDone}::boolean or not (${isWorkNeeded}))`,
    };
    const columns = sql`method, proved_methods, in_two_steps, account_id, subject, network_key, is_network_known,
      device_digest, branch_recovery_id, earlier_challenge_ids`;
    const entry = {
      kind: 'recovery-proof-failed',
      outcome: 'refused',
      origin: given,
      flowId: given.id,
    } as const;
    const knownDevices = ofKnownDevices(subject);
    const [atDesk, later] = ['recovery-codes-at-desk', 'recovery-answers-after-code'].map((name) =>
      derivedKey(name, subject),
    ) as [Counter['key'], Counter['key']];
    return sql`
    with attempt as (${guessCount(row, columns)}),
    stranger as (select * from attempt where ${isElsewhere} and ${isFirstProof}),
    known_device as (${slidingConsumption(
      knownDevices.key,
      knownDevices.quota,
      sql`from attempt where device_digest is not null and ${isFirstProof}`,
    )}),
    desk as (${slidingConsumption(atDesk, ownFailures, sql`from attempt where branch_recovery_id is not null`)}),
    later_answers as (${slidingConsumption(
      later,
      ownFailures,
      sql`from attempt where branch_recovery_id is null and proved_methods <> '{}' and ${asksAnswers}`,
    )}),
    network as (${slidingConsumption(networkKey, failuresFromNetwork, sql`from stranger`)}),
    network_answers as (${slidingConsumption(
      derivedKey('recovery-answers', networkKey),
      answersFromNetwork,
      sql`from stranger, network where allowed and ${asksAnswers}`,
    )}),
    answers as (${slidingConsumption(
      answersCounter.key,
      answersCounter.quota,
      sql`from stranger, network_answers where allowed`,
    )}),
    codes as (${slidingConsumption(
      codesCounter.key,
      codesCounter.quota,
      sql`from stranger, network where allowed and not ${asksAnswers}`,
    )}),
    counter (step, key, allowed, used, resets_in) as (
      select 1, known_device.* from known_device union all select 1, desk.* from desk
      union all select 1, later_answers.* from later_answers
      union all select 1, network.* from network union all select 2, network_answers.* from network_answers
      union all select 3, answers.* from answers union all select 3, codes.* from codes
    ),
    entry as (${recording(entry, sql`account_id`, sql`from attempt`)})
    select "challengeId", attempts, "isInTime", "isJudged", method, proved_methods as "provedMethods",
      in_two_steps as "inTwoSteps", ${isElsewhere} as "isElsewhere", attempt.account_id as "accountId",
      branch_recovery_id as "branchRecoveryId", subject, earlier_challenge_ids as "earlierChallengeIds",
      entry.id as "entryId",
      account.security_answers_hash as "answersHash",
      coalesce(account.barred_kinds, '{}') as "barredKinds",
      coalesce(account.lock = 'locked-two', false) as "isLockedTwo",
      ${actsForOthers} as "hasRole",
      (select coalesce(json_agg(json_build_object('key', encode(key, 'hex'), 'allowed', allowed, 'used', used,
        'resetsIn', resets_in) order by step), '[]') from counter) as counters
    from attempt cross join entry left join account on account.id = attempt.account_id`;
  },
);

type CounterJson = Omit<CounterRow, 'key'> & Readonly<{ key: string }>;

/**
 * Counts one guess before it is judged, in the flow and in what the person has of them, and writes it down as refused:
 * whatever happens next, it has been made. Not `allowed`: the counters are used up, so no word may be said on it.
 * `undefined` when no unproved open flow has a challenge, or work is missing.
 */
export async function countAttempt(
  db: Kysely<Database>,
  key: FlowKey,
  { coarseNetwork, userAgent }: Origin,
  given: Given,
): Promise<CountedAttempt | undefined> {
  const [row] = await counting(db, { ...key, coarseNetwork, userAgent, ...given });
  if (!row) return undefined;
  const { counters, ...attempt } = row;
  const rows = counters.map((counter) => ({ ...counter, key: Buffer.from(counter.key, 'hex') }));
  return { attempt, counted: await allOrNothing(db, toSlidingConsumption(rows)) };
}

/** Why a guess was not counted: whether an unknown device has to work for it. */
export async function isWorkMissing(
  db: Kysely<Database>,
  key: FlowKey,
  { isOfAnswers }: Given,
): Promise<boolean> {
  const { rows } = await sql`
    select from recovery where ${isOpen(key)} and ${isUnproved} and ${isWorkNeeded}
      and ${asksAnswers} = ${isOfAnswers}::boolean`.execute(db);
  return rows.length > 0;
}

/** Whether an open flow was started on a device that its account does not know, and not at a branch. */
export async function isStartedElsewhere(db: Kysely<Database>, key: FlowKey): Promise<boolean> {
  const { rows } = await sql`select from recovery where ${isOpen(key)} and ${isElsewhere}`.execute(db);
  return rows.length > 0;
}

/**
 * Makes a guess undone that was not judged, or was right and a moment late. Locks the flow before the counters, as
 * counting does, so that two at once wait instead of deadlocking: a change that nothing reads from is made last.
 */
export async function withdrawAttempt(
  db: Kysely<Database>,
  key: FlowKey,
  { attempt, counted: { charged } }: CountedAttempt,
): Promise<void> {
  const row: CodeRow = { table: 'recovery', isOpen: sql<boolean>`recovery.id = (select id from flow)` };
  await sql`
    with flow as (select id from recovery where ${isOpen(key)} for update),
    undone as (${guessRefund(row, attempt)}),
    entry as (${withdrawing(attempt.entryId)})
    ${slidingRefund(charged, sql`exists (select from flow)`)}`.execute(db);
}

type Proving = FlowKey &
  Pick<Attempt, 'challengeId' | 'barredKinds' | 'isLockedTwo' | 'hasRole' | 'entryId'> &
  Readonly<{ charged: readonly Buffer[] }>;

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
      returning permission_expires_at
    ),
    refunded as (${slidingRefund(proof.charged, sql`exists (select from proved)`)}),
    entered as (${amending({ entryId: proof.entryId, kind: 'recovery-proved' }, sql`from proved`)})
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
  { attempt, counted: { charged } }: CountedAttempt,
  permits: boolean,
): Promise<{ permissionExpiresAt: Date | null } | undefined> {
  const { challengeId, barredKinds, isLockedTwo, hasRole, entryId } = attempt;
  const proof = { ...key, challengeId, barredKinds, isLockedTwo, hasRole, entryId, charged };
  const [row] = await (permits ? provingEnough : provingMore)(db, proof);
  return row;
}
