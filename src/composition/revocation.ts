import type { Transaction } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { RevokeAllAccess } from '../features/accounts/index.ts';
import { deleteAllPending, endContactFlows } from '../features/contacts/index.ts';
import { forgetNetworks } from '../features/known-networks/index.ts';
import { endRecoveries } from '../features/recovery/index.ts';
import { endSessions, endSignIns, forgetDevices } from '../features/sessions/index.ts';

/** Ends what is under way for an account: sign-ins in two steps, recoveries, and codes on their way. */
export async function cancelPendingFlows(trx: Transaction<Database>, accountId: string): Promise<void> {
  await endSignIns(trx, accountId);
  await endRecoveries(trx, accountId);
  await endContactFlows(trx, accountId);
}

/**
 * Ends whatever could still act for an account, but what is kept: sessions, known devices and networks, which whoever had
 * the old password may have made, flows, and changes that wait to be trusted. In this order everywhere, after locking the
 * account, so that two at once wait instead of deadlocking.
 */
export const revokeAllAccess: RevokeAllAccess = async (trx, accountId, kept) => {
  await endSessions(trx, accountId, kept);
  await forgetDevices(trx, accountId, kept);
  await forgetNetworks(trx, accountId, kept);
  await cancelPendingFlows(trx, accountId);
  return deleteAllPending(trx, accountId);
};
