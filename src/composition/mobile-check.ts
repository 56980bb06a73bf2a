import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import { mayReceiveDeskCode } from '../features/branch/index.ts';
import { mayReceiveClaimedCode, mayReceiveSecrets } from '../features/contacts/index.ts';
import type { MobileOwnership } from '../features/mobile-ownership/index.ts';
import { mayReceiveKeptCode } from '../features/registration/index.ts';
import { createOutbox, type MayReceiveSecrets } from '../messaging/index.ts';
import type { Config } from './config.ts';
import { cancelPendingFlows } from './revocation.ts';

/** Asked before a code or a link leaves to the mobile of an account, by whichever process dispatches. */
export function createMobileCheck(
  { ownershipDays }: Pick<Config, 'ownershipDays'>,
  db: Kysely<Database>,
  mobileOwnership: MobileOwnership,
): MayReceiveSecrets {
  const check = { db, outbox: createOutbox(), cancelPendingFlows, mobileOwnership, ownershipDays };
  return async ({ purpose, accountId, parameters }, mobile) => {
    if (purpose === 'branch-recovery-code') {
      return mayReceiveDeskCode(check, String(parameters.branchRecoveryId), mobile);
    }
    if (accountId === null) {
      return parameters.keptForOwner
        ? mayReceiveKeptCode(check, String(parameters.registrationId), mobile)
        : 'yes';
    }
    return (parameters.keptForOwner ? mayReceiveClaimedCode : mayReceiveSecrets)(check, accountId, mobile);
  };
}
