import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { deleteMessages } from '../../messaging/messages.repository.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { deleteActivity, recordActivity } from '../activity/index.ts';
import * as accounts from './accounts.repository.ts';
import type { AccountState } from './accounts.table.ts';
import type { RevokeAllAccess } from './change-password.ts';
import { notifyOwner } from './notify-owner.ts';

export type AdministrationDependencies = Readonly<{
  db: Kysely<Database>;
  outbox: Outbox;
  revokeAllAccess: RevokeAllAccess;
}>;

export type Erasure = 'erased' | 'second-operator-needed' | 'not-found';

/** What operators do to accounts, by command. `operator`: who answers for it, kept in the activity. */
export function createAccountAdministration({ db, outbox, revokeAllAccess }: AdministrationDependencies) {
  /** The state that it is in then; `undefined`: there is no such account, or it is in that state already. */
  async function setDisabled(
    person: PersonId,
    isDisabled: boolean,
    operator: string,
  ): Promise<AccountState | undefined> {
    return db.transaction().execute(async (trx) => {
      const accountId = await accounts.findAccountId(trx, person);
      if (!accountId) return undefined;
      await accounts.lockAccount(trx, accountId);
      const changed = await accounts.setDisabled(trx, accountId, isDisabled);
      if (!changed) return undefined;
      if (isDisabled) await revokeAllAccess(trx, accountId, null);
      const kind = isDisabled ? 'account-disabled' : 'account-enabled';
      await recordActivity(trx, {
        accountId,
        kind,
        outcome: 'succeeded',
        origin: byOperator,
        actor: `operator:${operator}`,
      });
      await notifyOwner(outbox, trx, { accountId, caller: null }, { purpose: kind });
      return accounts.findState(trx, accountId);
    });
  }

  /**
   * Removes the account with everything that hangs on it; the insurance record stays, for it is the person's by
   * law. One entry is left, for who asks later: it names an id that leads to nobody any more. Where somebody disputes
   * with somebody over the account, one operator alone is not to decide it.
   */
  async function erase(person: PersonId, operator: string): Promise<Erasure> {
    return db.transaction().execute(async (trx) => {
      const accountId = await accounts.findAccountId(trx, person);
      if (!accountId) return 'not-found';
      await accounts.lockAccount(trx, accountId);
      const entry = {
        accountId,
        outcome: 'succeeded',
        origin: byOperator,
        actor: `operator:${operator}`,
      } as const;
      const needsTwo = await accounts.isLocked(trx, accountId);
      if (needsTwo && !(await accounts.isErasureAskedForByAnother(trx, accountId, entry.actor))) {
        await recordActivity(trx, { ...entry, kind: 'account-erasure-requested' });
        return 'second-operator-needed';
      }
      await revokeAllAccess(trx, accountId, null);
      await deleteActivity(trx, accountId);
      await deleteMessages(trx, accountId);
      const last = { accountId, caller: null, isLast: true };
      await notifyOwner(outbox, trx, last, { purpose: 'account-erased' });
      await accounts.deleteAccount(trx, accountId);
      await recordActivity(trx, { ...entry, kind: 'account-erased' });
      return 'erased';
    });
  }

  return {
    erase,
    /** Nobody signs in or recovers the password any more; every session ends at its next request. */
    disable: (person: PersonId, operator: string) => setDisabled(person, true, operator),
    /** Opens a disabled account again, to what its lock was: who has been locked out has to recover the password. */
    enable: (person: PersonId, operator: string) => setDisabled(person, false, operator),
  };
}

const byOperator = { coarseNetwork: '', userAgent: '' };
