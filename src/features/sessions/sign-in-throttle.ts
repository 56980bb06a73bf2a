import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import type { Mac } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';
import type { SlidingQuota, SlidingQuotas } from '../quotas/sliding-quotas.ts';

const hour = 60 * 60;
const day = 24 * hour;

/** Failures at one person from one network. */
const failuresFromNetwork: SlidingQuota = [
  { limit: 10, windowSeconds: 30 * day },
  { limit: 5, windowSeconds: day },
];
/** At one person from all unknown devices together. */
const failuresOfPerson: SlidingQuota = [{ limit: 20, windowSeconds: 30 * day }];
/** At one account from all devices that it knows; after that they count as unknown. */
const failuresOfKnownDevices: SlidingQuota = [{ limit: 100, windowSeconds: 30 * day }];
/** Codes of sign-ins in two steps, whose password was right: strangers cannot touch it. */
const codesOfPerson: SlidingQuota = [{ limit: 5, windowSeconds: day }];
/** Failures after which the owner is told … */
const failuresBeforeWarning = 10;
/** … at most so often. */
const warnings: Quota = { limit: 1, windowSeconds: day };

/** What the failures of a network at all accounts are counted under. */
const failuresOfNetwork = 'sign-in-network';

/** `deviceDigest`: of a device that has signed in to this very account. */
export type SignInAttempt = Readonly<{ person: PersonId; deviceDigest: Buffer | null; client: Client }>;

export type SignInThrottleDependencies = Readonly<{
  /** Keyed digest of a user name: what quotas of people count by. */
  subjectOf: Mac;
  quotas: Quotas;
  slidingQuotas: SlidingQuotas;
  /** In an hour, over all accounts. */
  failuresPerNetwork: number;
}>;

type Charge = Readonly<{ name: string; of: readonly (string | Buffer)[]; quota: SlidingQuota }>;

/**
 * What an attempt was counted as. `inTwoSteps`: the counters of an unknown device are used up, and it is not known here
 * whether there is such a person. `failures` of the person so far, this one included.
 */
export type CountedAttempt = Readonly<{ inTwoSteps: boolean; failures: number; charges: readonly Charge[] }>;

export type SignInThrottle = ReturnType<typeof createSignInThrottle>;

/**
 * How often passwords may be tried. Counted for people who do not exist as for those who do. Nothing closes: when the
 * counters of a person are used up, unknown devices go in two steps, so that a stranger locks nobody out.
 */
export function createSignInThrottle(deps: SignInThrottleDependencies) {
  const { subjectOf, quotas, slidingQuotas, failuresPerNetwork } = deps;
  const accountOf = (person: PersonId) => subjectOf(...personIdParts(person));

  /** What a network does to all accounts together is its own doing: it waits. */
  async function countNetwork(db: Kysely<Database>, { client }: SignInAttempt): Promise<void> {
    const quota = { limit: failuresPerNetwork, windowSeconds: hour };
    const consumed = await quotas.consume(db, failuresOfNetwork, [client.network], quota);
    if (!consumed.allowed) {
      throw new Problem(commonProblems.tooManyRequests, { retryAfterSeconds: consumed.resetsInSeconds });
    }
  }

  return {
    /**
     * Counts an attempt before it is judged.
     * @throws {Problem} `too-many-requests` for a network that has failed at too many accounts
     */
    async count(db: Kysely<Database>, attempt: SignInAttempt): Promise<CountedAttempt> {
      const { person, deviceDigest, client } = attempt;
      const account = accountOf(person);
      if (deviceDigest) {
        const charge = { name: 'sign-in-known-devices', of: [account], quota: failuresOfKnownDevices };
        const { allowed, used } = await slidingQuotas.consume(db, charge.name, charge.of, charge.quota);
        if (allowed) return { inTwoSteps: false, failures: used, charges: [charge] };
      }
      await countNetwork(db, attempt);
      const charges: readonly Charge[] = [
        { name: 'sign-in-from-network', of: [account, client.network], quota: failuresFromNetwork },
        { name: 'sign-in', of: [account], quota: failuresOfPerson },
      ];
      let failures = 0;
      for (const [index, { name, of, quota }] of charges.entries()) {
        const { allowed, used } = await slidingQuotas.consume(db, name, of, quota);
        failures = used;
        if (allowed) continue;
        for (const counted of charges.slice(0, index))
          await slidingQuotas.refund(db, counted.name, counted.of);
        return { inTwoSteps: true, failures, charges: [] };
      }
      return { inTwoSteps: false, failures, charges };
    },

    /** The password was right, or has not been looked at: the attempt was no failure. */
    async refund(db: Kysely<Database>, attempt: SignInAttempt, { charges }: CountedAttempt): Promise<void> {
      for (const { name, of } of charges) await slidingQuotas.refund(db, name, of);
      const isOfKnownDevice = charges.length === 1;
      if (!isOfKnownDevice) await quotas.refund(db, failuresOfNetwork, [attempt.client.network]);
    },

    /**
     * Whether one more code may leave in two steps. Who did not give the right password moves a counter that nothing
     * depends on, by the same statement.
     */
    async countCode(db: Kysely<Database>, { person }: SignInAttempt, isRight: boolean): Promise<boolean> {
      const of = [accountOf(person), isRight ? 'right' : 'wrong'];
      const { allowed } = await slidingQuotas.consume(db, 'sign-in-codes', of, codesOfPerson);
      return allowed && isRight;
    },

    /** Whether the owner is to be told now. The same statements whether there is one. */
    async shouldNotify(db: Kysely<Database>, { person }: SignInAttempt, failures: number): Promise<boolean> {
      if (failures < failuresBeforeWarning) return false;
      return (await quotas.consume(db, 'sign-in-warning', [accountOf(person)], warnings)).allowed;
    },
  };
}
