import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import type { Mac } from '../../kernel/keyring.ts';
import { countedNetworks } from '../../kernel/network.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Allowance, Budgets } from '../budgets/budgets.ts';

const hour = 60 * 60;
const day = 24 * hour;

/**
 * Failed sign-ins of one account from one known device, or from all others together: five at once, the next one ten
 * seconds later, then 20, 40 … up to a day. Whoever the account belongs to can still sign in on a device that has done so
 * before, or recover the password, which forgets them.
 */
export const failedSignIns: Allowance = {
  limit: 5,
  windowSeconds: day,
  pauses: { firstSeconds: 10, longestSeconds: day },
};
/** Failures after which the owner is told … */
const failuresBeforeWarning = 10;
/** … at most so often. */
const warnings: Allowance = { limit: 1, windowSeconds: day };

/** `deviceDigest`: of a device that has signed in to this very account. */
export type SignInAttempt = Readonly<{ person: PersonId; deviceDigest: Buffer | null; client: Client }>;

export type SignInPaceDependencies = Readonly<{
  /** Keyed digest of a user name: what budgets of people count by. */
  subjectOf: Mac;
  budgets: Budgets;
  /** In an hour, over all accounts. */
  failuresPerNetwork: number;
}>;

type Charge = Readonly<{ name: string; of: readonly (string | Buffer)[]; allowance: Allowance }>;

export type SignInPace = ReturnType<typeof createSignInPace>;

/** How often passwords may be tried. Counted for people who do not exist as for those who do. */
export function createSignInPace({ subjectOf, budgets, failuresPerNetwork }: SignInPaceDependencies) {
  const accountOf = (person: PersonId) => subjectOf(...personIdParts(person));

  function chargesOf({ person, deviceDigest, client }: SignInAttempt): Charge[] {
    const account = { name: 'sign-in', of: [accountOf(person), deviceDigest ?? 'elsewhere'] };
    const ofAccount = { ...account, allowance: failedSignIns };
    // Strangers behind the same address must not keep a known device out.
    if (deviceDigest) return [ofAccount];
    const ofNetworks = countedNetworks(client.network).map(({ network, shares }) => ({
      name: 'sign-in-network',
      of: [network],
      allowance: { limit: failuresPerNetwork * shares, windowSeconds: hour },
    }));
    // The account last, so that a network whose share is used up burns nothing of anybody's.
    return [...ofNetworks, ofAccount];
  }

  return {
    /**
     * Counts an attempt before it is judged. Returns the failures of the account so far, this one included.
     * @throws {Problem} `too-many-requests`
     */
    async count(db: Kysely<Database>, attempt: SignInAttempt): Promise<number> {
      let failures = 0;
      for (const { name, of, allowance } of chargesOf(attempt)) {
        const spent = await budgets.spend(db, name, of, allowance);
        if (!spent.allowed) {
          throw new Problem(commonProblems.tooManyRequests, { retryAfterSeconds: spent.resetsInSeconds });
        }
        failures = spent.used;
      }
      return failures;
    },

    /** The password was right, or has not been looked at: the attempt was no failure. */
    async giveBack(db: Kysely<Database>, attempt: SignInAttempt): Promise<void> {
      await budgets.refundAll(db, chargesOf(attempt));
    },

    /** Whether the owner is to be told now. The same statements whether there is one. */
    async mustWarn(db: Kysely<Database>, { person }: SignInAttempt, failures: number): Promise<boolean> {
      if (failures < failuresBeforeWarning) return false;
      return (await budgets.spend(db, 'sign-in-warning', [accountOf(person)], warnings)).allowed;
    },

    /** The account has a new password: what was tried before is of no account. */
    async forget(db: Kysely<Database>, person: PersonId): Promise<void> {
      await budgets.clear(db, 'sign-in', [accountOf(person), 'elsewhere']);
    },
  };
}
