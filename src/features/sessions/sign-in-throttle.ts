import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Mac } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { codesOfSecondStep, failuresFromNetwork, ofKnownDevices } from '../quotas/failures.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';
import { consumeAll, halfUsedUp, holds, refundUses, type SlidingQuota } from '../quotas/sliding-quotas.ts';

const hour = 60 * 60;
const day = 24 * hour;

/** At one person from all unknown devices together. */
const failuresOfPerson: SlidingQuota = [{ limit: 20, windowSeconds: 30 * day }];
/** Failures after which the owner is told … */
const failuresBeforeWarning = 10;
/** … at most so often. */
const warnings: Quota = { limit: 1, windowSeconds: day };

/** What the failures of a network at all accounts are counted under. */
const failuresOfNetwork = 'sign-in-network';

/** `deviceDigest`: of a device that has signed in to this very account. */
export type SignInAttempt = Readonly<{ person: PersonId; deviceDigest: Buffer | null; caller: Caller }>;

export type SignInThrottleDependencies = Readonly<{
  /** Keyed digest of a user name: what quotas of people count by. */
  subjectOf: Mac;
  quotas: Quotas;
  /** What sliding counters are kept under. */
  counterKey: Mac;
  /** In an hour, over all accounts; after that each takes a proof of work. */
  failuresPerNetwork: number;
}>;

/**
 * What an attempt was counted as. `inTwoSteps`: the counters of an unknown device are used up, and it is not known here
 * whether there is such a person. `failures` of the person so far, this one included.
 */
export type CountedAttempt = Readonly<{
  inTwoSteps: boolean;
  failures: number;
  charged: readonly Buffer[];
  /** Whether it counts among the failures of its network at everybody. */
  isOfNetwork: boolean;
}>;

export type SignInThrottle = ReturnType<typeof createSignInThrottle>;

/**
 * How often passwords may be tried. Counted for people who do not exist as for those who do. Nothing closes: when the
 * counters of a person are used up, unknown devices go in two steps, so that a stranger locks nobody out.
 */
export function createSignInThrottle(deps: SignInThrottleDependencies) {
  const { subjectOf, quotas, counterKey, failuresPerNetwork } = deps;
  const accountOf = (person: PersonId) => subjectOf(...personIdParts(person));
  const ofPerson = (account: Buffer) => ({ key: counterKey('sign-in', account), quota: failuresOfPerson });
  const ofNetwork: Quota = { limit: failuresPerNetwork, windowSeconds: hour };

  return {
    /** Counts an attempt on a device that the account knows. `null`: its failures are used up, it counts as unknown. */
    async countKnownDevice(
      db: Kysely<Database>,
      { person, deviceDigest }: SignInAttempt,
    ): Promise<CountedAttempt | null> {
      if (!deviceDigest) return null;
      const counter = ofKnownDevices(sql`${accountOf(person)}::bytea`);
      const { allowed, used, charged } = await consumeAll(db, [counter]);
      return allowed ? { inTwoSteps: false, failures: used, charged, isOfNetwork: false } : null;
    },

    /** Whether an unknown device is to work for its attempt: for what its network has failed at, or half of a person's count. */
    async needsWork(db: Kysely<Database>, { person, caller }: SignInAttempt): Promise<boolean> {
      if (await quotas.isUsedUp(db, failuresOfNetwork, [caller.network], ofNetwork)) return true;
      return holds(db, halfUsedUp(ofPerson(accountOf(person))));
    },

    /** Counts an attempt on an unknown device before it is judged. */
    async count(db: Kysely<Database>, { person, caller }: SignInAttempt): Promise<CountedAttempt> {
      const account = accountOf(person);
      const network = await quotas.consume(db, failuresOfNetwork, [caller.network], ofNetwork);
      const { allowed, used, charged } = await consumeAll(db, [
        { key: counterKey('sign-in-from-network', account, caller.network), quota: failuresFromNetwork },
        ofPerson(account),
      ]);
      return { inTwoSteps: !allowed, failures: used, charged, isOfNetwork: network.allowed };
    },

    /** The password was right, or has not been looked at: the attempt was no failure. */
    async refund(
      db: Kysely<Database>,
      { caller }: SignInAttempt,
      { charged, isOfNetwork }: CountedAttempt,
    ): Promise<void> {
      await refundUses(db, charged);
      if (isOfNetwork) await quotas.refund(db, failuresOfNetwork, [caller.network]);
    },

    /**
     * Whether one more code may leave in two steps. Who did not give the right password moves a counter that nothing
     * depends on, by the same statement.
     */
    async countCode(db: Kysely<Database>, { person }: SignInAttempt, isRight: boolean): Promise<boolean> {
      const key = counterKey('sign-in-codes', accountOf(person), isRight ? 'right' : 'wrong');
      const { allowed } = await consumeAll(db, [{ key, quota: codesOfSecondStep }]);
      return allowed && isRight;
    },

    /** What codes of a second step are counted by when they leave. */
    countedBy: ({ person }: SignInAttempt): Buffer => accountOf(person),

    /** Whether the owner is to be told now. The same statements whether there is one. */
    async shouldNotify(db: Kysely<Database>, { person }: SignInAttempt, failures: number): Promise<boolean> {
      if (failures < failuresBeforeWarning) return false;
      return (await quotas.consume(db, 'sign-in-warning', [accountOf(person)], warnings)).allowed;
    },
  };
}
