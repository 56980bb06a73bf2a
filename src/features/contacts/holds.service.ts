import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client } from '../../kernel/client.ts';
import type { Keyring } from '../../kernel/keyring.ts';
import { readNoticeToken } from '../../kernel/notice-token.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { lockAccount, lockOut, notifyOwner, tellAnswersRestored } from '../accounts/index.ts';
import { recordActivity } from '../activity/activity.ts';
import { contactProblems } from './contacts.problems.ts';
import { setAddress } from './contacts.repository.ts';
import * as holds from './holds.repository.ts';

export type HoldDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  outbox: Outbox;
  /** Ends whatever could still act for the account: sessions and open flows. */
  endEverything(trx: Transaction<Database>, accountId: string, kept: null): Promise<void>;
}>;

export type HoldService = ReturnType<typeof createHoldService>;

/** What the address that was replaced can say to it, by the link it was sent. */
export function createHoldService({ db, keyring, outbox, endEverything }: HoldDependencies) {
  /** Uses the link up, with the account locked. */
  async function consume(trx: Transaction<Database>, token: string) {
    const id = readNoticeToken(keyring, 'contact-change', token);
    const accountId = id && (await holds.findHoldAccount(trx, id));
    if (!id || !accountId) throw new Problem(contactProblems.noticeNotAccepted);
    await lockAccount(trx, accountId);
    const hold = await holds.consumeHold(trx, id);
    if (!hold) throw new Problem(contactProblems.noticeNotAccepted);
    return hold;
  }

  return {
    /**
     * Puts the replaced address back, and with it whatever was replaced after it. Somebody else knew the password:
     * every session ends, and nobody signs in before the password has been recovered, an operator's `enable` or not.
     */
    async undo(token: string, client: Client): Promise<void> {
      await db.transaction().execute(async (trx) => {
        const hold = await consume(trx, token);
        const { accountId, kind, previous } = hold;
        for (const later of await holds.takeLaterHolds(trx, hold)) {
          await setAddress(trx, accountId, later.kind, later.previous);
        }
        await setAddress(trx, accountId, kind, previous);
        await endEverything(trx, accountId, null);
        const account = await lockOut(trx, accountId, ['password']);
        const { locale } = await holds.findAddresses(trx, accountId);
        const activity = `${kind}-change-undone` as const;
        await recordActivity(trx, { accountId, kind: activity, outcome: 'succeeded', origin: client });
        await notifyOwner(
          outbox,
          trx,
          { accountId, locale, network: client.network },
          { purpose: 'contact-change-undone', parameters: { network: client.coarseNetwork } },
        );
        if (account?.answersRestored) await tellAnswersRestored(outbox, trx, { accountId, locale }, client);
      });
    },

    /** The owner of the replaced address agrees: the new one is trusted with recoveries from now on. */
    async confirm(token: string, client: Client): Promise<void> {
      await db.transaction().execute(async (trx) => {
        const { accountId, kind } = await consume(trx, token);
        const activity = `${kind}-change-confirmed` as const;
        await recordActivity(trx, { accountId, kind: activity, outcome: 'succeeded', origin: client });
      });
    },
  };
}
