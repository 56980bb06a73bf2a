import type pg from 'pg';
import { addJalaliMonths, gregorianToJalali, jalaliMonthAt } from '../../kernel/jalali.ts';
import type { ListRules } from './checks.ts';
import { comparedKey, type EmployerList, type EmployerListTotals, type ListKey } from './employer-list.ts';
import type { Finding } from './findings.ts';

/**
 * Plain SQL on one client: a list is one transaction that streams its rows with COPY, for which the query
 * builder has no words.
 */

export type KnownList = Readonly<{
  id: number;
  contentDigest: string;
  /** Whether the list counts: neither replaced nor withdrawn. */
  inForce: boolean;
  replacedBy: number | null;
  workshopName: string;
  withdrawnAt: Date | null;
  rowCount: number;
  totals: EmployerListTotals;
  warningCount: number;
  warnings: readonly Finding[];
}> &
  ListKey;

type KnownListRow = Omit<KnownList, 'month'> & { year: number; monthOfYear: number };

const knownListColumns = `
  l.id, encode(l.content_digest, 'hex') as "contentDigest", l.replaced_by as "replacedBy",
  l.withdrawn_at as "withdrawnAt",
  l.replaced_by is null and l.withdrawn_at is null as "inForce",
  l.row_count as "rowCount", l.warning_count as "warningCount", l.warnings,
  l.workshop_code as "workshopCode", l.year, l.month as "monthOfYear", l.list_number as "listNumber",
  l.contract_row as "contractRow", l.workshop_name as "workshopName",
  json_build_object('days', l.days, 'monthlyWage', l.monthly_wage, 'benefits', l.benefits,
    'insurableWage', l.insurable_wage, 'totalPay', l.total_pay, 'workerPremium', l.worker_premium,
    'employerPremium', l.employer_premium, 'unemploymentPremium', l.unemployment_premium) as totals`;

function rowToKnownList({ year, monthOfYear, ...list }: KnownListRow): KnownList {
  return { ...list, month: { year, month: monthOfYear } };
}

/** Employers may send a list before its month has begun, but not by more than this. */
const monthsAhead = 1;

/** What the law, the operators and the clock fix; the limits of reading stay the caller's. */
export async function findLegalRules(
  client: pg.ClientBase,
): Promise<Pick<ListRules, 'minimumDailyWages' | 'premiumRates' | 'lastMonth'>> {
  const { rows } = await client.query<{
    wages: Record<string, number> | null;
    rates: { month: number; worker: number; ceiling: number }[] | null;
    today: string;
  }>(
    `select (select json_object_agg(year, daily_wage) from minimum_wage) as wages,
       (select json_agg(json_build_object(
          'month', from_month, 'worker', worker_percent, 'ceiling', ceiling_multiple) order by from_month desc)
        from premium_rate) as rates,
       to_char(now() at time zone 'UTC', 'YYYY-MM-DD') as today`,
  );
  const [found] = rows;
  const today = gregorianToJalali(found?.today ?? '');
  if (!found || !today) throw new Error('the clock of the database is not set');
  return {
    lastMonth: addJalaliMonths(today, monthsAhead),
    minimumDailyWages: found.wages ?? {},
    premiumRates: (found.rates ?? []).map(({ month, worker, ceiling }) => ({
      from: jalaliMonthAt(month),
      workerPremiumPercent: worker,
      ceilingMultiple: ceiling,
    })),
  };
}

/** One list of a workshop's month at a time, until the transaction ends. */
export async function lockMonth(client: pg.ClientBase, { workshopCode, month }: ListKey): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `employer-list/${workshopCode}/${month.year}/${month.month}`,
  ]);
}

export async function reserveListId(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `select nextval(pg_get_serial_sequence('employer_list', 'id')) as id`,
  );
  return rows[0]?.id as number;
}

/** The list of this key that counts. */
export async function findCurrent(client: pg.ClientBase, key: ListKey): Promise<KnownList | undefined> {
  const { numberKey, contractKey } = comparedKey(key);
  const { rows } = await client.query<KnownListRow>(
    `select ${knownListColumns} from employer_list l
     where workshop_code = $1 and year = $2 and month = $3 and contract_key = $4 and number_key = $5
       and replaced_by is null and withdrawn_at is null`,
    [key.workshopCode, key.month.year, key.month.month, contractKey, numberKey],
  );
  return rows.map(rowToKnownList)[0];
}

export async function findList(client: pg.ClientBase, listId: number): Promise<KnownList | undefined> {
  const { rows } = await client.query<KnownListRow>(
    `select ${knownListColumns} from employer_list l where l.id = $1`,
    [listId],
  );
  return rows.map(rowToKnownList)[0];
}

/** The lists that these very files were last taken in as, by the hex digest of the files. */
export async function findListsOfFiles(
  client: pg.ClientBase | pg.Pool,
  digests: readonly string[],
): Promise<Map<string, KnownList>> {
  const { rows } = await client.query<KnownListRow & { fileDigest: string }>(
    `select encode(f.digest, 'hex') as "fileDigest", ${knownListColumns}
     from employer_list_file f join employer_list l on l.id = f.employer_list_id
     where f.digest = any($1)`,
    [digests.map((digest) => Buffer.from(digest, 'hex'))],
  );
  return new Map(rows.map(({ fileDigest, ...row }) => [fileDigest, rowToKnownList(row)]));
}

export async function rememberFiles(
  client: pg.ClientBase | pg.Pool,
  digest: string,
  listId: number,
): Promise<void> {
  await client.query(
    `insert into employer_list_file (digest, employer_list_id) values ($1, $2)
     on conflict (digest) do update set employer_list_id = excluded.employer_list_id`,
    [Buffer.from(digest, 'hex'), listId],
  );
}

export async function markReplaced(client: pg.ClientBase, listId: number, by: number): Promise<void> {
  await client.query('update employer_list set replaced_by = $2 where id = $1', [listId, by]);
}

/** Marks a list in force as taken back; returns when. */
export async function markWithdrawn(client: pg.ClientBase, listId: number, by: string): Promise<Date> {
  const { rows } = await client.query<{ withdrawnAt: Date }>(
    `update employer_list set withdrawn_at = clock_timestamp(), withdrawn_by = $2 where id = $1
     returning withdrawn_at as "withdrawnAt"`,
    [listId, by],
  );
  return rows[0]?.withdrawnAt as Date;
}

/** Lets the list count again whose place this one had taken; `null` where there was none. */
export async function restoreReplaced(
  client: pg.ClientBase,
  { id, workshopCode, month }: Pick<KnownList, 'id' | 'workshopCode' | 'month'>,
): Promise<number | null> {
  const { rows } = await client.query<{ id: number }>(
    `update employer_list set replaced_by = null
     where workshop_code = $1 and year = $2 and month = $3 and replaced_by = $4 returning id`,
    [workshopCode, month.year, month.month, id],
  );
  return rows[0]?.id ?? null;
}

export type NewList = Readonly<{
  id: number;
  list: EmployerList;
  rowCount: number;
  contentDigest: string;
}>;

/** What is found of a list is stored when all of it is known. */
export async function insertList(client: pg.ClientBase, added: NewList): Promise<void> {
  const { id, list, rowCount, contentDigest } = added;
  const { totals, month } = list;
  const { numberKey, contractKey } = comparedKey(list);
  await client.query(
    `insert into employer_list (id, workshop_code, year, month, list_number, content_digest, workshop_name,
       employer_name, address, kind, description, contract_row, row_count, days, monthly_wage, benefits,
       insurable_wage, total_pay, worker_premium, employer_premium, unemployment_premium, number_key,
       contract_key, warning_count, warnings)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, 0, '[]')`,
    [
      id,
      list.workshopCode,
      month.year,
      month.month,
      list.listNumber,
      Buffer.from(contentDigest, 'hex'),
      list.workshopName,
      list.employerName,
      list.workshopAddress,
      list.kind,
      list.description,
      list.contractRow,
      rowCount,
      totals.days,
      totals.monthlyWage,
      totals.benefits,
      totals.insurableWage,
      totals.totalPay,
      totals.workerPremium,
      totals.employerPremium,
      totals.unemploymentPremium,
      numberKey,
      contractKey,
    ],
  );
}

export async function storeWarnings(
  client: pg.ClientBase,
  listId: number,
  count: number,
  warnings: readonly Finding[],
): Promise<void> {
  if (count === 0) return;
  await client.query('update employer_list set warning_count = $2, warnings = $3 where id = $1', [
    listId,
    count,
    JSON.stringify(warnings),
  ]);
}
