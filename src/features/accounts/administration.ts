import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { recordActivity } from '../activity/activity.ts';
import { noticeUsefulForSeconds } from '../flows/flow.ts';
import * as accounts from './accounts.repository.ts';
import { notifyOwner } from './notify-owner.ts';

export type AdministrationDependencies = Readonly<{
  db: Kysely<Database>;
  outbox: Outbox;
  /** Ends whatever could still act for the account: sessions and open flows. */
  endEverything(trx: Transaction<Database>, accountId: string, kept: null): Promise<void>;
}>;

/** What operators do to accounts, by command. `operator`: who answers for it, kept in the activity. */
export function createAccountAdministration({ db, outbox, endEverything }: AdministrationDependencies) {
  /** The state that it is in then; `undefined`: there is no such account, or it is in that state already. */
  async function setState(
    person: PersonId,
    state: 'active' | 'disabled',
    operator: string,
  ): Promise<'active' | 'locked' | 'disabled' | undefined> {
    return db.transaction().execute(async (trx) => {
      const accountId = await accounts.findAccountId(trx, person);
      if (!accountId) return undefined;
      await accounts.lockAccount(trx, accountId);
      const changed = await accounts.setState(trx, accountId, state);
      if (!changed) return undefined;
      if (state === 'disabled') await endEverything(trx, accountId, null);
      const kind = state === 'disabled' ? 'account-disabled' : 'account-enabled';
      await recordActivity(trx, {
        accountId,
        kind,
        outcome: 'succeeded',
        origin: { coarseNetwork: '', userAgent: '' },
        actor: `operator:${operator}`,
      });
      await notifyOwner(outbox, trx, { accountId, locale: changed.locale }, { purpose: kind });
      return changed.state;
    });
  }

  /**
   * Removes the account with everything that hangs on it; the insurance record stays, for it is the person's by
   * law. One entry is left, for who asks later: it names an id that leads to nobody any more.
   */
  async function erase(person: PersonId, operator: string): Promise<boolean> {
    return db.transaction().execute(async (trx) => {
      const accountId = await accounts.findAccountId(trx, person);
      if (!accountId) return false;
      await accounts.lockAccount(trx, accountId);
      await endEverything(trx, accountId, null);
      const addresses = await accounts.findAddresses(trx, accountId);
      if (!(await accounts.deleteAccount(trx, accountId))) return false;
      await recordActivity(trx, {
        accountId,
        kind: 'account-erased',
        outcome: 'succeeded',
        origin: { coarseNetwork: '', userAgent: '' },
        actor: `operator:${operator}`,
      });
      for (const { locale, ...address } of addresses) {
        await outbox.enqueue(trx, {
          ...address,
          purpose: 'account-erased',
          locale,
          accountId: null,
          usefulForSeconds: noticeUsefulForSeconds,
        });
      }
      return true;
    });
  }

  return {
    /** `false`: there is no such account. */
    erase,
    /** Nobody signs in or recovers the password any more; every session ends at its next request. */
    disable: (person: PersonId, operator: string) => setState(person, 'disabled', operator),
    /** Opens a disabled account again. `locked`: its owner disowned what somebody else did, and has to recover it. */
    enable: (person: PersonId, operator: string) => setState(person, 'active', operator),
  };
}
