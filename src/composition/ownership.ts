import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../database/schema.ts';
import { mayReceiveDeskCode } from '../features/branch/index.ts';
import { mayReceiveSecrets } from '../features/contacts/index.ts';
import { developmentOwnership } from '../features/mobile-ownership/adapters/development.ts';
import { createInquiryOwnership } from '../features/mobile-ownership/adapters/inquiry.ts';
import type { MobileOwnership } from '../features/mobile-ownership/index.ts';
import { mayReceiveKeptCode } from '../features/registration/index.ts';
import { createOutbox, type MayReceiveSecrets } from '../messaging/index.ts';
import type { Config } from './config.ts';
import { cancelPendingFlows } from './revocation.ts';

/** Who answers whether a mobile is that person's, as the settings say. */
export function createOwnership(config: Config, log: Logger): MobileOwnership {
  const { url, token } = config.ownershipInquiry;
  if (config.mobileOwnership === 'development') return developmentOwnership;
  if (!token) throw new Error('an inquiry needs a token');
  return createInquiryOwnership({
    dialect: config.mobileOwnership as 'zohal' | 'zibal',
    url,
    token,
    onUnavailable: (reason) => log.warn({ reason }, 'mobile ownership is not available'),
  });
}

/** Asked before a code or a link leaves to the mobile of an account, by whichever process delivers. */
export function createMobileCheck(
  { ownershipDays }: Config,
  db: Kysely<Database>,
  mobileOwnership: MobileOwnership,
): MayReceiveSecrets {
  const check = { db, outbox: createOutbox(), cancelPendingFlows, mobileOwnership, ownershipDays };
  return async ({ purpose, accountId, parameters }, mobile) => {
    if (purpose === 'branch-recovery-code') {
      return mayReceiveDeskCode(check, String(parameters.branchRecoveryId), mobile);
    }
    if (parameters.keptForOwner) return mayReceiveKeptCode(check, String(parameters.registrationId), mobile);
    return accountId === null ? 'yes' : mayReceiveSecrets(check, accountId, mobile);
  };
}
