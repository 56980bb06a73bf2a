import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { JalaliMonth } from '../../kernel/jalali.ts';
import type { Page } from './submissions.repository.ts';

export type MonthOfWorkshop = Readonly<{ workshopCode: string; month: JalaliMonth }>;

const ofMonth = (db: Kysely<Database>, { workshopCode, month }: MonthOfWorkshop) =>
  db
    .selectFrom('employer_list as list')
    .where('list.workshop_code', '=', workshopCode)
    .where('list.year', '=', month.year)
    .where('list.month', '=', month.month);

/** All lists, whoever sent them, newest first. */
export async function findMonthLists(
  db: Kysely<Database>,
  of: MonthOfWorkshop,
  clientId: string | null,
  { before, limit }: Page<number>,
) {
  return ofMonth(db, of)
    .$if(before !== null, (query) => query.where('list.id', '<', before as number))
    .select((eb) => [
      'list.id',
      'list.contract_row as contractRow',
      'list.list_number as listNumber',
      'list.received_at as receivedAt',
      'list.replaced_by as replacedBy',
      'list.withdrawn_at as withdrawnAt',
      'list.row_count as rowCount',
      'list.days',
      'list.monthly_wage as monthlyWage',
      'list.benefits',
      'list.insurable_wage as insurableWage',
      'list.total_pay as totalPay',
      'list.worker_premium as workerPremium',
      'list.employer_premium as employerPremium',
      'list.unemployment_premium as unemploymentPremium',
      eb
        .selectFrom('employer_list_submission as submission')
        .whereRef('submission.employer_list_id', '=', 'list.id')
        .where('submission.client_id', '=', clientId)
        .select('submission.id')
        .orderBy('submission.id')
        .limit(1)
        .as('submissionId'),
    ])
    .orderBy('list.id', 'desc')
    .limit(limit)
    .execute();
}

/** Whatever hostile lists add up to, it is a number that every client can read. */
const sum = (column: string) =>
  sql<number>`least(coalesce(sum(${sql.ref(column)}), 0), ${sql.lit(Number.MAX_SAFE_INTEGER)})::bigint`;

/** Of a column that not every layout has: null where no list declares it. */
const sumOfDeclared = (column: string) =>
  sql<number | null>`case when count(${sql.ref(column)}) > 0 then ${sum(column)} end`;

/** Sums over the lists that count, as their heads declare them. */
export async function sumMonth(db: Kysely<Database>, of: MonthOfWorkshop) {
  return ofMonth(db, of)
    .where('list.replaced_by', 'is', null)
    .where('list.withdrawn_at', 'is', null)
    .select([
      sql<number>`count(*)::integer`.as('lists'),
      sum('list.row_count').as('rowCount'),
      sum('list.days').as('days'),
      sum('list.monthly_wage').as('monthlyWage'),
      sum('list.benefits').as('benefits'),
      sum('list.insurable_wage').as('insurableWage'),
      sum('list.total_pay').as('totalPay'),
      sum('list.worker_premium').as('workerPremium'),
      sumOfDeclared('list.employer_premium').as('employerPremium'),
      sumOfDeclared('list.unemployment_premium').as('unemploymentPremium'),
    ])
    .executeTakeFirstOrThrow();
}
