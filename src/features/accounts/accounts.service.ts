import type { Kysely } from 'kysely';
import { liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import { digestBearerSecret } from '../../kernel/keyring.ts';
import { type Mobile, maskMobile } from '../../kernel/mobile.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { recordActivity } from '../activity/index.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';
import { type AccountExport, exportAccount } from './account-export.ts';
import { accountProblems } from './accounts.problems.ts';
import { findOwner } from './accounts.repository.ts';
import type { PasswordChange } from './change-password.ts';
import type { CurrentPassword, Owner } from './current-password.ts';
import type { Kind } from './kinds.ts';
import { maskEmail } from './mask-email.ts';
import { notifyOwner } from './notify-owner.ts';

export type AccountDependencies = Readonly<{
  db: Kysely<Database>;
  outbox: Outbox;
  quotas: Quotas;
  currentPassword: CurrentPassword;
  passwordChange: PasswordChange;
  /** @throws {Problem} `not-authenticated`, `fresh-sign-in-needed` */
  requireFreshSession(db: Kysely<Database>, principal: Principal): Promise<void>;
}>;

export type OwnPasswordChange = Readonly<{
  currentPassword: string;
  newPassword: string;
  newPasswordConfirmation: string;
  /** Of the device that the change is made on; it stays known. */
  deviceToken: string | null;
}>;

const exportsPerDay: Quota = { limit: 5, windowSeconds: 24 * 60 * 60 };

/** The signed-in person's own profile, contacts masked. @throws {Problem} `not-authenticated` */
export async function readProfile({ db }: AccountDependencies, principal: Principal) {
  const row = await liveSession(db, principal)
    .innerJoin('insured_person', 'insured_person.id', 'account.insured_person_id')
    .select([
      'account.national_code as nationalCode',
      'first_name as firstName',
      'last_name as lastName',
      'insured_person.insurance_number as insuranceNumber',
      'mobile',
      'email',
      'barred_kinds as barredKinds',
      'locale',
      'account.created_at as createdAt',
      'password_changed_at as passwordChangedAt',
    ])
    .executeTakeFirst();
  if (!row) throw new Problem(commonProblems.notAuthenticated);
  const { mobile, email, ...profile } = row;
  return {
    ...profile,
    mobile: mobile === null ? null : maskMobile(mobile as Mobile),
    email: email === null ? null : maskEmail(email),
  };
}

/**
 * Way one of changing a password: the current one proves it. Ends every other session, forgets every other device.
 * Returns of which kinds changes were pending, and are cancelled.
 * @throws {Problem} `current-password-not-accepted`, `password-refused`, `not-authenticated`, `too-many-wrong-passwords`, `busy`
 */
export async function changePassword(
  deps: AccountDependencies,
  principal: Principal,
  change: OwnPasswordChange,
  caller: Caller,
): Promise<Kind[]> {
  const { db, currentPassword, passwordChange } = deps;
  const isRepeat = async (of: Owner) =>
    change.newPassword === change.newPasswordConfirmation &&
    passwordChange.isInForce({ ...of, earlier: change.currentPassword, newest: change.newPassword });
  const owner = await currentPassword.proveUnless(principal, change.currentPassword, caller, isRepeat);
  // Its first response was lost: the password is the one that was asked for, and what was pending is cancelled.
  if (!owner) return [];
  const prepared = passwordChange.prepare({
    accountId: owner.id,
    password: change.newPassword,
    confirmation: change.newPasswordConfirmation,
    pointers: { password: '/newPassword', confirmation: '/newPasswordConfirmation' },
  });
  const replace = (passwordHash: string) =>
    replacePassword(deps, principal, { owner, passwordHash, deviceToken: change.deviceToken }, caller);
  return prepared.then(replace).catch(async (error: unknown) => {
    // Of two at once the other one was quicker.
    const now = await findOwner(db, principal);
    if (now && (await isRepeat(now))) return [];
    throw error;
  });
}

type ProvedReplacement = Readonly<{ owner: Owner; passwordHash: string; deviceToken: string | null }>;

function replacePassword(
  { db, currentPassword, passwordChange }: AccountDependencies,
  principal: Principal,
  { owner, passwordHash, deviceToken }: ProvedReplacement,
  caller: Caller,
): Promise<Kind[]> {
  const kept = { sessionId: principal.sessionId, deviceDigest: digestBearerSecret(deviceToken ?? '') };
  return db.transaction().execute(async (trx) => {
    await currentPassword.hold(trx, principal, owner);
    const cancelled = await passwordChange.replace(trx, {
      accountId: owner.id,
      passwordHash,
      proof: { by: 'password', expectedHash: owner.passwordHash, kept },
      caller,
    });
    if (!cancelled) throw new Problem(commonProblems.notAuthenticated);
    return cancelled;
  });
}

/**
 * Everything kept about one's own account, whole addresses too: not for a stolen session.
 * @throws {Problem} `not-authenticated`, `fresh-sign-in-needed`, `too-many-exports`
 */
export async function exportOwnAccount(
  { db, outbox, quotas, requireFreshSession }: AccountDependencies,
  principal: Principal,
  caller: Caller,
): Promise<AccountExport> {
  await requireFreshSession(db, principal);
  const { accountId } = principal;
  const consumed = await quotas.consume(db, 'account-export', [accountId], exportsPerDay);
  if (!consumed.allowed) {
    throw new Problem(accountProblems.tooManyExports, { retryAfterSeconds: consumed.resetsInSeconds });
  }
  await db.transaction().execute(async (trx) => {
    const kind = 'account-exported';
    await recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin: caller });
    await notifyOwner(outbox, trx, { accountId, caller }, { purpose: kind });
  });
  const exported = await exportAccount(db, accountId);
  if (!exported) throw new Problem(commonProblems.notAuthenticated);
  return exported;
}
