import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import type { BranchCode } from '../../kernel/branch-code.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { findAccountId, lockAccount, notifyOwner } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';

export type OfficerAdministrationDependencies = Readonly<{ db: Kysely<Database>; outbox: Outbox }>;

/** `unchanged`: it is so already. */
export type RoleChange = 'changed' | 'unchanged' | 'not-found';

export type ListedOfficer = Readonly<{
  accountId: string;
  branch: string;
  /** National code or, of foreign nationals, insurance number. */
  userName: string;
  name: string;
  grantedBy: string;
  grantedAt: Date;
}>;

const byOperator = { coarseNetwork: '', userAgent: '' };

/** Who is an officer of which branch, by an operator's command. `operator`: who answers for it, kept in the activity. */
export function createOfficerAdministration({ db, outbox }: OfficerAdministrationDependencies) {
  async function change(person: PersonId, operator: string, branch: BranchCode | null): Promise<RoleChange> {
    return db.transaction().execute(async (trx) => {
      const accountId = await findAccountId(trx, person);
      if (!accountId) return 'not-found';
      await lockAccount(trx, accountId);
      const actor = `operator:${operator}`;
      const role = { accountId, actor };
      const row = branch === null ? await deleteRole(trx, role) : await putRole(trx, { ...role, branch });
      if (!row) return 'unchanged';
      const kind = branch === null ? 'officer-role-revoked' : 'officer-role-granted';
      await recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin: byOperator, actor });
      const content = { purpose: kind, parameters: { branch: row.branch } } as const;
      await notifyOwner(outbox, trx, { accountId, caller: null }, content);
      return 'changed';
    });
  }

  return {
    /** An officer of another branch moves to this one. */
    grant: (person: PersonId, branch: BranchCode, operator: string) => change(person, operator, branch),
    /** From the next request on, on every replica. */
    revoke: (person: PersonId, operator: string) => change(person, operator, null),
    /** Of one branch, or of all. */
    list: (branch: BranchCode | null): Promise<ListedOfficer[]> =>
      db
        .selectFrom('officer')
        .innerJoin('account', 'account.id', 'officer.account_id')
        .innerJoin('insured_person', 'insured_person.id', 'account.insured_person_id')
        .$if(branch !== null, (query) => query.where('branch', '=', branch ?? ''))
        .select([
          'account.id as accountId',
          'branch',
          sql<string>`coalesce(account.national_code, account.insurance_number)`.as('userName'),
          sql<string>`first_name || ' ' || last_name`.as('name'),
          'granted_by as grantedBy',
          'granted_at as grantedAt',
        ])
        .orderBy('branch')
        .orderBy('granted_at')
        .execute(),
  };
}

type Role = Readonly<{ accountId: string; actor: string }>;

async function putRole(trx: Transaction<Database>, { accountId, actor, branch }: Role & { branch: string }) {
  return trx
    .insertInto('officer')
    .values({ account_id: accountId, branch, granted_by: actor })
    .onConflict((conflict) =>
      conflict
        .column('account_id')
        .doUpdateSet({ branch, granted_by: actor, granted_at: now })
        .where('officer.branch', '!=', branch),
    )
    .returning('branch')
    .executeTakeFirst();
}

async function deleteRole(trx: Transaction<Database>, { accountId }: Role) {
  return trx.deleteFrom('officer').where('account_id', '=', accountId).returning('branch').executeTakeFirst();
}
