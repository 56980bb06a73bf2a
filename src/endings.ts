import type { Transaction } from 'kysely';
import type { Database } from './database/schema.ts';
import { endContactChanges } from './features/contacts/index.ts';
import { endRecoveries } from './features/recovery/index.ts';
import { endSessions, forgetDevices } from './features/sessions/index.ts';

/** Ends what is under way for an account: recoveries and changes of addresses. */
export async function endFlows(trx: Transaction<Database>, accountId: string): Promise<void> {
  await endRecoveries(trx, accountId);
  await endContactChanges(trx, accountId);
}

/**
 * Ends whatever could still act for an account: sessions (but `keepSessionId`), known devices, which whoever had the
 * old password may have made, then flows. In this order everywhere, after locking the account, so that two at
 * once wait instead of deadlocking.
 */
export async function endEverything(
  trx: Transaction<Database>,
  accountId: string,
  keepSessionId: string | null,
): Promise<void> {
  await endSessions(trx, accountId, keepSessionId);
  await forgetDevices(trx, accountId);
  await endFlows(trx, accountId);
}
