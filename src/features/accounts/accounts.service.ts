import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client, Principal } from '../../kernel/client.ts';
import type { Mac } from '../../kernel/keyring.ts';
import { type Mobile, maskMobile } from '../../kernel/mobile.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Budgets } from '../budgets/budgets.ts';
import { failedProofsPerDay } from '../flows/flow.ts';
import type { Passwords } from '../passwords/index.ts';
import { accountProblems } from './accounts.problems.ts';
import type { PasswordChange } from './change-password.ts';
import { liveSession } from './live-session.ts';
import { maskEmail } from './mask-email.ts';

export type AccountDependencies = Readonly<{
  db: Kysely<Database>;
  subjectOf: Mac;
  budgets: Budgets;
  passwords: Passwords;
  passwordChange: PasswordChange;
}>;

export type OwnPasswordChange = Readonly<{
  currentPassword: string;
  newPassword: string;
  newPasswordConfirmation: string;
}>;

export type AccountService = ReturnType<typeof createAccountService>;

export function createAccountService({
  db,
  subjectOf,
  budgets,
  passwords,
  passwordChange,
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
          'insurance_number as insuranceNumber',
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

    /** Way one of changing a password: the current one proves it. Ends every other session. */
    async changePassword(principal: Principal, change: OwnPasswordChange, client: Client): Promise<void> {
      const account = await liveSession(db, principal)
        .select([
          'account.id',
          'account.password_hash as passwordHash',
          'account.national_code as nationalCode',
        ])
        .executeTakeFirst();
      if (!account) throw new Problem(commonProblems.notAuthenticated);
      // A stolen session is no licence to guess: counted beside the account's other failed proofs.
      const budget = [subjectOf(account.nationalCode), principal.sessionId];
      const spent = await budgets.spend(db, 'current-password', budget, failedProofsPerDay);
      if (!spent.allowed) {
        throw new Problem(commonProblems.tooManyRequests, { retryAfterSeconds: spent.resetsInSeconds });
      }
      const { matches } = await passwords.hasher.verify(change.currentPassword, account.passwordHash);
      if (!matches) {
        await recordActivity(db, {
          accountId: account.id,
          kind: 'password-change-failed',
          outcome: 'refused',
          origin: client,
        });
        throw new Problem(accountProblems.currentPasswordNotAccepted);
      }
      await budgets.refund(db, 'current-password', budget);
      const passwordHash = await passwordChange.prepare({
        accountId: account.id,
        password: change.newPassword,
        confirmation: change.newPasswordConfirmation,
        pointers: { password: '/newPassword', confirmation: '/newPasswordConfirmation' },
      });
      await db.transaction().execute(async (trx) => {
        const replaced = await passwordChange.replace(trx, {
          accountId: account.id,
          passwordHash,
          expectedHash: account.passwordHash,
          keepSessionId: principal.sessionId,
          kind: 'password-changed',
          client,
        });
        // The session may have been ended while hashes were being computed. Asked after the account is locked.
        const live = replaced && (await liveSession(trx, principal).select('session.id').executeTakeFirst());
        if (!live) throw new Problem(commonProblems.notAuthenticated);
      });
    },
  };
}
