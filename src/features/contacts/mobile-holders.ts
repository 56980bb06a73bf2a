import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Mobile } from '../../kernel/mobile.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import {
  confirmMobile,
  findOthersWithMobile,
  findPersonId,
  isOwnershipDoubtful,
  lockAccount,
  notifyOwner,
  setBarred,
} from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import type { MobileOwnership } from '../mobile-ownership/index.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { deletePendingMobile } from './pending-changes.repository.ts';

export type MobileHolderDependencies = Pick<ContactDependencies, 'db' | 'outbox' | 'cancelPendingFlows'>;

const byRegister = { coarseNetwork: '', userAgent: '' };

/** Bars the mobile of an account: the ownership register says that it is not its owner's. Told at the other address. */
export async function barMobile(
  { db, outbox, cancelPendingFlows }: MobileHolderDependencies,
  accountId: string,
  mobile: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockAccount(trx, accountId);
    if (!(await isMobileOf(trx, accountId, mobile))) return;
    if (!(await setBarred(trx, accountId, 'mobile', true))) return;
    await cancelPendingFlows(trx, accountId);
    const kind = 'mobile-not-owned';
    await recordActivity(trx, {
      accountId,
      kind,
      outcome: 'succeeded',
      origin: byRegister,
      actor: 'register',
    });
    await notifyOwner(outbox, trx, { accountId, caller: null }, { purpose: kind });
  });
}

export type MobileCheck = MobileHolderDependencies &
  Readonly<{
    mobileOwnership: MobileOwnership;
    /** How long the register's word holds. */
    ownershipDays: number;
  }>;

/**
 * Whether a code or a link may leave for the mobile of an account: the register is asked again when its last word is too
 * old. One that is not the owner's any more is barred. About a number that is not the account's nothing is asked here,
 * nor about people whom nobody can be asked about.
 */
export async function mayReceiveSecrets(
  check: MobileCheck,
  accountId: string,
  mobile: string,
): Promise<'yes' | 'no' | 'later'> {
  const { db, mobileOwnership, ownershipDays } = check;
  if (!(await isOwnershipDoubtful(db, accountId, mobile, ownershipDays))) return 'yes';
  const person = await findPersonId(db, accountId);
  if (!person || !mobileOwnership.asksAbout(person.kind)) return 'yes';
  return askAboutMobile(check, { person, accountId }, mobile);
}

/** Whether a code that is kept for the owner of a new number may leave: the register ties the number to this account's. */
export async function mayReceiveClaimedCode(
  check: MobileCheck,
  accountId: string,
  mobile: string,
): Promise<'yes' | 'no' | 'later'> {
  const person = await findPersonId(check.db, accountId);
  if (!person || !check.mobileOwnership.asksAbout(person.kind)) return 'no';
  // Its word is about a number that is not the account's yet.
  return askAboutMobile(check, { person, accountId: null }, mobile);
}

/** Asks the register just now, and keeps its word about the mobile of the account, if it is that. */
export async function askAboutMobile(
  check: MobileCheck,
  { person, accountId }: Readonly<{ person: PersonId; accountId: string | null }>,
  mobile: string,
): Promise<'yes' | 'no' | 'later'> {
  const { db, mobileOwnership } = check;
  const word = await mobileOwnership.check(person, mobile as Mobile);
  if (word === 'unavailable') return 'later';
  if (accountId !== null) {
    if (word === 'matched') await confirmMobile(db, accountId, mobile);
    else await barMobile(check, accountId, mobile);
  }
  return word === 'matched' ? 'yes' : 'no';
}

/**
 * Somebody has proved a mobile, and the register ties it to them: for whoever else it is registered, it was recycled.
 * Before and apart from what the proof is for, as each account is locked by itself.
 */
export async function barOtherHolders(
  deps: MobileHolderDependencies,
  mobile: string,
  insuredPersonId: string,
): Promise<void> {
  const others = await deps.db.transaction().execute(async (trx) => {
    await deletePendingMobile(trx, mobile, insuredPersonId);
    return findOthersWithMobile(trx, mobile, insuredPersonId);
  });
  for (const accountId of others) await barMobile(deps, accountId, mobile);
}

async function isMobileOf(trx: Transaction<Database>, accountId: string, mobile: string): Promise<boolean> {
  const row = await trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .where('mobile', '=', mobile)
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}
