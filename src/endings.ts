import type { Transaction } from 'kysely';
import type { Database } from './database/schema.ts';
import type { Kept } from './features/accounts/index.ts';
import { endContactChanges } from './features/contacts/index.ts';
import { endRecoveries } from './features/recovery/index.ts';
import { endSessions, forgetDevices } from './features/sessions/index.ts';

/** Ends what is under way for an account: recoveries and changes of addresses. */
export async function endFlows(trx: Transaction<Database>, accountId: string): Promise<void> {
  await endRecoveries(trx, accountId);
  await endContactChanges(trx, accountId);
}

/**
 * Ends whatever could still act for an account, but what is kept: sessions, known devices, which whoever had the old
 * password may have made, then flows. In this order everywhere, after locking the account, so that two at once
 * wait instead of deadlocking.
 */
export async function endEverything(
  trx: Transaction<Database>,
  accountId: string,
  kept: Kept | null,
): Promise<void> {
  await endSessions(trx, accountId, kept);
  await forgetDevices(trx, accountId, kept);
  await endFlows(trx, accountId);
}
