import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { type ActivityKind, recordActivity } from '../activity/activity.ts';
import type { Passwords } from '../passwords/index.ts';
import * as accounts from './accounts.repository.ts';
import { notifyOwner } from './notify-owner.ts';
import { tellAnswersRestored } from './restored-answers.ts';

export type PasswordChangeDependencies = Readonly<{
  db: Kysely<Database>;
  outbox: Outbox;
  passwords: Passwords;
  /** Ends whatever could still act for the account, but what is kept: sessions, known devices, open flows. */
  endEverything(trx: Transaction<Database>, accountId: string, kept: Kept | null): Promise<void>;
  /** Forgets what was tried before against this person. */
  forgetFailures(trx: Transaction<Database>, person: PersonId): Promise<void>;
}>;

/** Whoever changes the password goes on with the session, on the device, that it is changed with. */
export type Kept = Readonly<{
  sessionId: string;
  /** Of the token that was sent; it may be no device of the account. */
  deviceDigest: Buffer;
}>;

export type NewPassword = Readonly<{
  accountId: string;
  password: string;
  confirmation: string;
  pointers: { password: string; confirmation: string };
}>;

export type Replacement = Readonly<{
  accountId: string;
  passwordHash: string;
  /** The hash that the decision rests on; `undefined` where a consumed proof stands for it. */
  expectedHash?: string;
  kept: Kept | null;
  kind: Extract<ActivityKind, 'password-changed' | 'password-recovered'>;
  client: Client;
  flowId?: string;
  /** What the link in the notices undoes. */
  cancellationId?: string;
}>;

export type PasswordChange = ReturnType<typeof createPasswordChange>;

/** The two halves of every password change, whatever proof it rests on. */
export function createPasswordChange(deps: PasswordChangeDependencies) {
  const { db, outbox, passwords, endEverything, forgetFailures } = deps;
  return {
    /**
     * Judges a new password and hashes it. Uses nothing up, so a refused one can be tried again.
     * @throws {Problem} `password-refused`, `busy`
     */
    async prepare({ accountId, password, confirmation, pointers }: NewPassword): Promise<string> {
      const context = await accounts.findPersonalData(db, accountId);
      if (!context) throw new Problem(commonProblems.notAuthenticated);
      const previousHashes = await accounts.findRememberedHashes(db, accountId);
      await passwords.checkNewPassword({ password, confirmation, pointers, context, previousHashes });
      return passwords.hasher.hash(password);
    },

    /**
     * Sets the hash, ends sessions and flows, writes the activity and queues the notices: all of it or, with the
     * caller's transaction, nothing. A recovery puts held answers back; it rests on more than those. `false` when the
     * account is not active or has another hash by now.
     */
    async replace(trx: Transaction<Database>, change: Replacement): Promise<boolean> {
      const { accountId, kind, client, flowId } = change;
      const account = await accounts.setPassword(trx, accountId, change.passwordHash, change.expectedHash);
      if (!account) return false;
      await endEverything(trx, accountId, change.kept);
      const person = await accounts.findPersonId(trx, accountId);
      if (person) await forgetFailures(trx, person);
      const { locale, answersRestored } = account;
      const cause = { accountId, ...(flowId !== undefined && { flowId }) };
      await recordActivity(trx, { ...cause, kind, outcome: 'succeeded', origin: client });
      await notifyOwner(
        outbox,
        trx,
        {
          accountId,
          locale,
          network: client.network,
          ...(change.cancellationId !== undefined && { linkId: change.cancellationId }),
        },
        { purpose: kind, parameters: { network: client.coarseNetwork } },
      );
      if (answersRestored) await tellAnswersRestored(outbox, trx, { ...cause, locale }, client);
      return true;
    },
  };
}
