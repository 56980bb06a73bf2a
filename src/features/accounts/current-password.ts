import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import type { Mac } from '../../kernel/keyring.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { recordActivity } from '../activity/index.ts';
import type { Passwords } from '../passwords/index.ts';
import { ownFailures } from '../quotas/failures.ts';
import { consumeAll, refundUses } from '../quotas/sliding-quotas.ts';
import { accountProblems } from './accounts.problems.ts';
import { findOwner } from './accounts.repository.ts';
import { holdSession } from './hold-session.ts';

/** Somebody signed in who has just given the current password, and what it was held against. */
export type Owner = NonNullable<Awaited<ReturnType<typeof findOwner>>>;

export type CurrentPassword = Readonly<{
  /**
   * Holds a password against the account's. Outside transactions: it is slow.
   * @throws {Problem} `current-password-not-accepted`, `not-authenticated`, `too-many-wrong-passwords`, `busy`
   */
  prove(principal: Principal, password: string, caller: Caller): Promise<Owner>;
  /**
   * The same, but `null` where the password is wrong and `isRepeat` knows why: what it was to prove has been done with it.
   * Counted like any other guess, and given back like a right one.
   */
  proveUnless(
    principal: Principal,
    password: string,
    caller: Caller,
    isRepeat: (owner: Owner) => Promise<boolean>,
  ): Promise<Owner | null>;
  /**
   * First in the transaction that the proof is for: locks the account, and makes sure that the session lives and
   * the password is still the one that was proved. @throws {Problem} `not-authenticated`
   */
  hold(trx: Transaction<Database>, principal: Principal, owner: Owner): Promise<void>;
}>;

export type CurrentPasswordDependencies = Readonly<{
  db: Kysely<Database>;
  /** What sliding counters are kept under. */
  counterKey: Mac;
  passwords: Passwords;
}>;

export function createCurrentPassword(deps: CurrentPasswordDependencies): CurrentPassword {
  const { db, counterKey, passwords } = deps;
  const never = async () => false;

  async function proveUnless(
    principal: Principal,
    password: string,
    caller: Caller,
    isRepeat: (owner: Owner) => Promise<boolean>,
  ): Promise<Owner | null> {
    const owner = await findOwner(db, principal);
    if (!owner) throw new Problem(commonProblems.notAuthenticated);
    // A stolen session is no licence to guess, and burning its guesses is no way to lock out the others.
    const key = counterKey('current-password', owner.id, principal.sessionId);
    const consumed = await consumeAll(db, [{ key, quota: ownFailures }]);
    if (!consumed.allowed) {
      throw new Problem(accountProblems.tooManyWrongPasswords, {
        retryAfterSeconds: consumed.resetsInSeconds,
      });
    }
    const judge = async () => {
      const { matches } = await passwords.hasher.verify(password, owner.passwordHash);
      if (matches) return 'right';
      return (await isRepeat(owner)) ? 'repeat' : 'wrong';
    };
    const verdict = await judge().catch(async (error: unknown) => {
      // A service too busy to judge has not judged.
      await refundUses(db, consumed.charged);
      throw error;
    });
    if (verdict === 'wrong') {
      await recordActivity(db, {
        accountId: owner.id,
        kind: 'current-password-failed',
        outcome: 'refused',
        origin: caller,
      });
      throw new Problem(accountProblems.currentPasswordNotAccepted);
    }
    await refundUses(db, consumed.charged);
    return verdict === 'right' ? owner : null;
  }

  return {
    proveUnless,
    async prove(principal, password, caller) {
      const owner = await proveUnless(principal, password, caller, never);
      if (!owner) throw new Error('a repeat of nothing');
      return owner;
    },
    async hold(trx, principal, owner) {
      const passwordHash = await holdSession(trx, principal);
      if (passwordHash !== owner.passwordHash) throw new Problem(commonProblems.notAuthenticated);
    },
  };
}
