import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { forgetEvents, insertEvent } from './account-events.ts';
import type { AddressKind } from './kinds.ts';
import { notifyOwner } from './notify-owner.ts';
import { isTrustedMobile, keepMobileAlone } from './trusted-values.repository.ts';

/**
 * What a recovery at a branch does beyond the new password: of all addresses the mobile that was proved there is left,
 * and nothing but a branch speaks against it, nor any more against what was before. Who goes is told as well.
 */
export async function keepProvedAtBranch(
  { outbox }: Readonly<{ outbox: Outbox }>,
  trx: Transaction<Database>,
  accountId: string,
  mobile: string | null,
): Promise<void> {
  const stays = mobile !== null && (await isTrustedMobile(trx, accountId, mobile));
  const content = { purpose: 'branch-recovery-used' } as const;
  const goes = (kind: AddressKind) => kind !== 'mobile' || !stays;
  await notifyOwner(outbox, trx, { accountId, caller: null, to: goes }, content);
  await keepMobileAlone(trx, accountId, mobile);
  await notifyOwner(outbox, trx, { accountId, caller: null }, content);
  await forgetEvents(trx, accountId);
  await insertEvent(trx, { accountId, cause: 'recovery', kinds: mobile === null ? [] : ['mobile'] });
}
