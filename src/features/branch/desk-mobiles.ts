import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { askAboutMobile, barOtherHolders, type MobileCheck } from '../contacts/index.ts';
import { findRecipient } from './branch-recoveries.repository.ts';

/**
 * Whether a code may leave for a mobile that somebody proves at a desk: only if the register ties it to them just then, for
 * who has no account alike. `no` also where the recovery has been ended, and of people whom nobody can be asked about.
 */
export async function mayReceiveDeskCode(
  check: MobileCheck,
  id: string,
  mobile: string,
): Promise<'yes' | 'no' | 'later'> {
  const recipient = await findRecipient(check.db, id);
  if (!recipient || !check.mobileOwnership.asksAbout(recipient.person.kind)) return 'no';
  return askAboutMobile(check, recipient, mobile);
}

/** Of other accounts, a mobile that was given at the desk and proved is not the owners' any more. */
export async function barFormerHolders(
  deps: Parameters<typeof barOtherHolders>[0] & Readonly<{ db: Kysely<Database> }>,
  id: string,
): Promise<void> {
  const recipient = await findRecipient(deps.db, id);
  if (!recipient?.mobile || recipient.insuredPersonId === null) return;
  await barOtherHolders(deps, recipient.mobile, recipient.insuredPersonId);
}
