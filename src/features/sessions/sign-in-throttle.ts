import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import type { Mac } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';

const hour = 60 * 60;
const day = 24 * hour;

/**
 * Failed sign-ins of one account from one known device, or from all others together: five at once, the next one ten
 * seconds later, then 20, 40 … up to a day. Whoever the account belongs to can still sign in on a device that has done so
 * before, or recover the password, which forgets them.
 */
export const failedSignIns: Quota = {
  limit: 5,
  windowSeconds: day,
  pauses: { firstSeconds: 10, longestSeconds: day },
};
/** Failures after which the owner is told … */
const failuresBeforeWarning = 10;
/** … at most so often. */
const warnings: Quota = { limit: 1, windowSeconds: day };

/** `deviceDigest`: of a device that has signed in to this very account. */
export type SignInAttempt = Readonly<{ person: PersonId; deviceDigest: Buffer | null; client: Client }>;

export type SignInThrottleDependencies = Readonly<{
  /** Keyed digest of a user name: what quotas of people count by. */
  subjectOf: Mac;
  quotas: Quotas;
  /** In an hour, over all accounts. */
  failuresPerNetwork: number;
}>;

type Charge = Readonly<{ name: string; of: readonly (string | Buffer)[]; quota: Quota }>;

export type SignInThrottle = ReturnType<typeof createSignInThrottle>;

/** How often passwords may be tried. Counted for people who do not exist as for those who do. */
export function createSignInThrottle({ subjectOf, quotas, failuresPerNetwork }: SignInThrottleDependencies) {
  const accountOf = (person: PersonId) => subjectOf(...personIdParts(person));

  function chargesOf({ person, deviceDigest, client }: SignInAttempt): Charge[] {
    const account = { name: 'sign-in', of: [accountOf(person), deviceDigest ?? 'elsewhere'] };
    const ofAccount = { ...account, quota: failedSignIns };
    // Strangers behind the same address must not keep a known device out.
    if (deviceDigest) return [ofAccount];
    const ofNetwork = {
      name: 'sign-in-network',
      of: [client.network],
      quota: { limit: failuresPerNetwork, windowSeconds: hour },
    };
    // The account last, so that a network whose share is used up burns nothing of anybody's.
    return [ofNetwork, ofAccount];
  }

  return {
    /**
     * Counts an attempt before it is judged. Returns the failures of the account so far, this one included.
     * @throws {Problem} `too-many-requests`
     */
    async count(db: Kysely<Database>, attempt: SignInAttempt): Promise<number> {
      let failures = 0;
      for (const { name, of, quota } of chargesOf(attempt)) {
        const consumed = await quotas.consume(db, name, of, quota);
        if (!consumed.allowed) {
          throw new Problem(commonProblems.tooManyRequests, { retryAfterSeconds: consumed.resetsInSeconds });
        }
        failures = consumed.used;
      }
      return failures;
    },

    /** The password was right, or has not been looked at: the attempt was no failure. */
    async refund(db: Kysely<Database>, attempt: SignInAttempt): Promise<void> {
      await quotas.refundAll(db, chargesOf(attempt));
    },

    /** Whether the owner is to be told now. The same statements whether there is one. */
    async shouldNotify(db: Kysely<Database>, { person }: SignInAttempt, failures: number): Promise<boolean> {
      if (failures < failuresBeforeWarning) return false;
      return (await quotas.consume(db, 'sign-in-warning', [accountOf(person)], warnings)).allowed;
    },

    /** The account has a new password: what was tried before is of no account. */
    async forget(db: Kysely<Database>, person: PersonId): Promise<void> {
      await quotas.clear(db, 'sign-in', [accountOf(person), 'elsewhere']);
    },
  };
}
