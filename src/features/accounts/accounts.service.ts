import { type Kysely, sql, type Transaction } from 'kysely';
import { liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import type { Client, Principal } from '../../kernel/client.ts';
import { digestBearerSecret } from '../../kernel/keyring.ts';
import { type Mobile, maskMobile } from '../../kernel/mobile.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Allowance, Budgets } from '../budgets/budgets.ts';
import type { SecurityAnswer, SecurityAnswers } from '../security-questions/index.ts';
import { type AccountExport, exportAccount } from './account-export.ts';
import type { PasswordChange } from './change-password.ts';
import type { CurrentPassword } from './current-password.ts';
import { maskEmail } from './mask-email.ts';
import { notifyOwner } from './notify-owner.ts';
import { setSecurityAnswers } from './security-answers.repository.ts';

export type AccountDependencies = Readonly<{
  db: Kysely<Database>;
  outbox: Outbox;
  budgets: Budgets;
  currentPassword: CurrentPassword;
  passwordChange: PasswordChange;
  securityAnswers: SecurityAnswers;
  /** Ends recoveries and pending changes of an account. */
  endFlows(trx: Transaction<Database>, accountId: string): Promise<void>;
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

export type OwnSecurityAnswers = Readonly<{
  currentPassword: string;
  securityAnswers: readonly SecurityAnswer[];
}>;

const exportsPerDay: Allowance = { limit: 5, windowSeconds: 24 * 60 * 60 };

export type AccountService = ReturnType<typeof createAccountService>;

export function createAccountService({
  db,
  outbox,
  budgets,
  currentPassword,
  passwordChange,
  securityAnswers,
  endFlows,
  requireFreshSession,
}: AccountDependencies) {
  return {
    /** The signed-in person's own profile, contacts masked. */
    async profile(principal: Principal) {
      const row = await liveSession(db, principal)
        .innerJoin('insured_person', 'insured_person.id', 'account.insured_person_id')
        .select([
          'account.national_code as nationalCode',
          'first_name as firstName',
          'last_name as lastName',
          'insured_person.insurance_number as insuranceNumber',
          'mobile',
          'email',
          sql<boolean>`email_verified_at is not null`.as('emailVerified'),
          'locale',
          'account.created_at as createdAt',
          'password_changed_at as passwordChangedAt',
        ])
        .executeTakeFirst();
      if (!row) throw new Problem(commonProblems.notAuthenticated);
      const { mobile, email, emailVerified, ...profile } = row;
      return {
        ...profile,
        mobile: maskMobile(mobile as Mobile),
        email: email === null ? null : { address: maskEmail(email), verified: emailVerified },
      };
    },

    /** Way one of changing a password: the current one proves it. Ends every other session, forgets every other device. */
    async changePassword(principal: Principal, change: OwnPasswordChange, client: Client): Promise<void> {
      const owner = await currentPassword.prove(principal, change.currentPassword, client);
      const passwordHash = await passwordChange.prepare({
        accountId: owner.id,
        password: change.newPassword,
        confirmation: change.newPasswordConfirmation,
        pointers: { password: '/newPassword', confirmation: '/newPasswordConfirmation' },
      });
      await db.transaction().execute(async (trx) => {
        await currentPassword.hold(trx, principal, owner);
        const replaced = await passwordChange.replace(trx, {
          accountId: owner.id,
          passwordHash,
          expectedHash: owner.passwordHash,
          kept: {
            sessionId: principal.sessionId,
            deviceDigest: digestBearerSecret(change.deviceToken ?? ''),
          },
          kind: 'password-changed',
          client,
        });
        if (!replaced) throw new Problem(commonProblems.notAuthenticated);
      });
    },

    /** New questions and answers, trusted after the hold. Whatever recovery is open ends. */
    async changeSecurityAnswers(
      principal: Principal,
      { currentPassword: password, securityAnswers: answers }: OwnSecurityAnswers,
      client: Client,
    ): Promise<void> {
      const owner = await currentPassword.prove(principal, password, client);
      securityAnswers.check(answers, '/securityAnswers', {
        nationalCode: owner.nationalCode ?? undefined,
        insuranceNumber: owner.insuranceNumber ?? undefined,
        mobile: owner.mobile,
      });
      const enrolled = await securityAnswers.enrol(answers);
      await db.transaction().execute(async (trx) => {
        await currentPassword.hold(trx, principal, owner);
        await setSecurityAnswers(trx, owner.id, enrolled);
        await endFlows(trx, owner.id);
        const kind = 'security-answers-changed';
        await recordActivity(trx, { accountId: owner.id, kind, outcome: 'succeeded', origin: client });
        await notifyOwner(
          outbox,
          trx,
          { accountId: owner.id, locale: owner.locale, network: client.network },
          { purpose: kind, parameters: { network: client.coarseNetwork } },
        );
      });
    },

    /** Everything kept about one's own account, whole addresses too: not for a stolen session. */
    async exportOwn(principal: Principal, client: Client): Promise<AccountExport> {
      await requireFreshSession(db, principal);
      const { accountId } = principal;
      const spent = await budgets.spend(db, 'account-export', [accountId], exportsPerDay);
      if (!spent.allowed) {
        throw new Problem(commonProblems.tooManyRequests, { retryAfterSeconds: spent.resetsInSeconds });
      }
      await recordActivity(db, { accountId, kind: 'account-exported', outcome: 'succeeded', origin: client });
      const exported = await exportAccount(db, accountId);
      if (!exported) throw new Problem(commonProblems.notAuthenticated);
      return exported;
    },
  };
}
