import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { recordActivity } from '../activity/index.ts';
import type { Passwords } from '../passwords/index.ts';
import { insertEvent } from './account-events.ts';
import * as accounts from './accounts.repository.ts';
import type { AddressKind, Kind } from './kinds.ts';
import { notifyOwner } from './notify-owner.ts';
import * as hashes from './password-hashes.repository.ts';
import { keepProvedAtBranch } from './proved-at-branch.ts';

export type PasswordChangeDependencies = Readonly<{
  db: Kysely<Database>;
  outbox: Outbox;
  passwords: Passwords;
  revokeAllAccess: RevokeAllAccess;
  /** What a known network of a person is kept under. */
  networkKeyOf(person: PersonId, network: string): Buffer;
}>;

/**
 * Ends whatever could still act for the account, but what is kept: sessions, known devices and networks, open flows
 * and pending changes. Returns of which kinds changes were pending.
 */
export type RevokeAllAccess = (
  trx: Transaction<Database>,
  accountId: string,
  kept: Kept | null,
) => Promise<Kind[]>;

/** Whoever changes the password goes on with the session, on the device and network, that it is changed with. */
export type Kept = Readonly<{
  sessionId: string;
  /** Of the token that was sent; it may be no device of the account. */
  deviceDigest: Buffer;
  /** Of the network that the request came from; it may be no known one. */
  networkKey: Buffer;
}>;

export type NewPassword = Readonly<{
  /** `null`: nobody's; judged like any other. */
  accountId: string | null;
  password: string;
  confirmation: string;
  pointers: { password: string; confirmation: string };
}>;

/** A change that may have been made before. */
export type MadeChange = Readonly<{ id: string; passwordHash: string; earlier: string; newest: string }>;

/** What a new password rests on. */
export type Proof =
  | Readonly<{ by: 'password'; expectedHash: string; kept: Omit<Kept, 'networkKey'> }>
  /** Kinds that were proved, in the flow with this id. */
  | Readonly<{ by: 'recovery'; kinds: readonly Kind[]; flowId: string }>
  /** A branch, and the one mobile that was proved there or `null`: the account's only address from then on. */
  | Readonly<{ by: 'branch'; mobile: string | null; flowId: string }>;

export type Replacement = Readonly<{ accountId: string; passwordHash: string; proof: Proof; caller: Caller }>;

const activityOfProof = {
  password: 'password-changed',
  recovery: 'password-recovered',
  branch: 'password-recovered-at-branch',
} as const;

export type PasswordChange = ReturnType<typeof createPasswordChange>;

/** The two halves of every password change, whatever proof it rests on. */
export function createPasswordChange(deps: PasswordChangeDependencies) {
  const { db, outbox, passwords, revokeAllAccess, networkKeyOf } = deps;
  return {
    /**
     * Judges a new password and hashes it. Uses nothing up, so a refused one can be tried again.
     * @throws {Problem} `password-refused`, `busy`
     */
    async prepare({ accountId, password, confirmation, pointers }: NewPassword): Promise<string> {
      const context = accountId === null ? {} : await accounts.findPersonalData(db, accountId);
      if (!context) throw new Problem(commonProblems.notAuthenticated);
      const previousHashes = accountId === null ? [] : await hashes.findRememberedHashes(db, accountId);
      await passwords.checkNewPassword({ password, confirmation, pointers, context, previousHashes });
      return passwords.hasher.hash(password);
    },

    /**
     * Whether within a day the password `earlier` was replaced by `newest`. Both have to be right: it is no way to guess
     * one of them.
     */
    async isInForce({ id, passwordHash, earlier, newest }: MadeChange): Promise<boolean> {
      const earlierHash = await hashes.findReplacedHash(db, id, passwordHash);
      if (earlierHash === null) return false;
      const [isEarlier, isNewest] = [
        await passwords.hasher.verify(earlier, earlierHash),
        await passwords.hasher.verify(newest, passwordHash),
      ];
      return isEarlier.matches && isNewest.matches;
    },

    /**
     * Sets the hash, opens the account, ends all access, writes the activity and queues the notices: all of it or, with
     * the caller's transaction, nothing. Returns of which kinds changes were pending, and are cancelled; `undefined` when
     * the account has another hash by now, or does not let anybody in.
     */
    async replace(
      trx: Transaction<Database>,
      { accountId, passwordHash, proof, caller }: Replacement,
    ): Promise<Kind[] | undefined> {
      const isRecovery = proof.by === 'recovery';
      const isChange = proof.by === 'password';
      const expectedHash = isChange ? proof.expectedHash : undefined;
      if (!(await hashes.setPassword(trx, accountId, passwordHash, expectedHash))) return undefined;
      const person = await accounts.findPersonId(trx, accountId);
      if (!person) return undefined;
      const networkKey = networkKeyOf(person, caller.network);
      const cancelled = await revokeAllAccess(
        trx,
        accountId,
        isChange ? { ...proof.kept, networkKey } : null,
      );
      await recordActivity(trx, {
        accountId,
        kind: activityOfProof[proof.by],
        outcome: 'succeeded',
        origin: caller,
        ...(!isChange && { flowId: proof.flowId }),
      });
      if (proof.by === 'branch') {
        await keepProvedAtBranch({ outbox }, trx, accountId, proof.mobile);
        return cancelled;
      }
      const kinds = isRecovery ? proof.kinds : [];
      const cause = isRecovery ? 'recovery' : 'password-change';
      const eventId = await insertEvent(trx, { accountId, cause, kinds });
      const isElsewhere = (kind: AddressKind) => !kinds.includes(kind);
      const told = { accountId, caller, eventId };
      if (!isRecovery) {
        await notifyOwner(outbox, trx, told, { purpose: 'password-changed' });
        return cancelled;
      }
      await notifyOwner(outbox, trx, { ...told, to: isElsewhere }, { purpose: 'password-recovered' });
      // Whoever holds the address that was proved has no say in whether it was them.
      const own = { accountId, caller, to: (kind: AddressKind) => !isElsewhere(kind) };
      await notifyOwner(outbox, trx, own, { purpose: 'password-recovered-here' });
      return cancelled;
    },
  };
}
