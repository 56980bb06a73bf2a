import type { SqlClient } from '../../database/sql-client.ts';
import { type JalaliMonth, jalaliMonthIndex } from '../../kernel/jalali.ts';
import { employerListType } from './month-entry.ts';

/** A list whose rows have been stored. */
export type StoredList = Readonly<{ id: number; workshopCode: string; month: JalaliMonth }>;

/** What adding a list to the records has found, by row number of the list. */
export type Appended = Readonly<{
  /** Rows of people who are not in the register: nothing was added for them. */
  unknown: readonly number[];
  /** Rows that say other things of a person than the register does. */
  differing: readonly Readonly<{ personId: string; rowNumber: number }>[];
}>;

/**
 * How full `recent` gets before it moves into `settled`, in bytes: long enough that moving is rare, short
 * enough that a row stays small; different from person to person, so that colleagues do not all move in the
 * same month.
 */
const recentBytes = '640 + 3 * get_byte(uuid_send(record.insured_person_id), 15)';

/** Whom a row means: who has its national code, unless it is written down that it is somebody else. */
export const byNationalCode = `left join insured_person p on p.national_code = r.national_code
  where not exists (
    select from employer_list_row_person known
    where known.employer_list_id = r.employer_list_id and known.row_number = r.row_number
  )`;
export const byAttribution = `join employer_list_row_person known using (employer_list_id, row_number)
  join insured_person p on p.id = known.insured_person_id where true`;

/** What `month-entry.ts` reads; the prefix, $2, is the same for all rows of a list. */
const entry = `
  $2 || r.row_number || ',' || r.days || ',' || r.daily_wage || ',' || r.monthly_wage || ','
    || r.benefits || ',' || r.insurable_wage || ',' || r.worker_premium || '],'`;

/** What a row leaves blank it does not say. */
const differs = `
  (r.first_name <> '' or r.last_name <> '') and (p.first_name <> r.first_name or p.last_name <> r.last_name)
  or r.father_name <> '' and p.father_name is distinct from r.father_name
  or r.birth_date is distinct from p.birth_date and r.birth_date is not null
  or r.insurance_number is distinct from p.insurance_number and r.insurance_number is not null`;

const rowsOf = (columns: string) =>
  [byNationalCode, byAttribution]
    .map((join) => `select ${columns} from employer_list_row r ${join} and r.employer_list_id = $1`)
    .join(' union all ');

/**
 * One statement a list, whatever its length; it looks every person up once. Records are locked in the order of
 * people's ids, so that lists which share people wait for each other instead of deadlocking.
 */
const appendSql = `
with listed as materialized (${rowsOf(`p.id, r.row_number, ${entry} as entry, ${differs} as differs`)}),
appended as (
  insert into insurance_record as record (insured_person_id, version, recent)
  select id, 1, string_agg(entry, '' order by row_number) from listed where id is not null group by id order by id
  on conflict (insured_person_id) do update set
    version = record.version + 1,
    document = null,
    recent = excluded.recent || case when octet_length(record.recent) < ${recentBytes} then record.recent else '' end,
    settled = case when octet_length(record.recent) < ${recentBytes} then record.settled
      else record.recent || record.settled end
)
select id as "personId", row_number as "rowNumber" from listed where id is null or differs order by row_number`;

const differingSql = `
select id as "personId", row_number as "rowNumber"
from (${rowsOf(`p.id, r.row_number, ${differs} as differs`)}) listed where differs order by row_number`;

const removeSql = `
update insurance_record record set
  version = version + 1,
  document = null,
  recent = entries_without_list(recent, $1),
  settled = case when strpos(settled, ',' || $1::bigint || ',') = 0 then settled
    else entries_without_list(settled, $1) end
from (select distinct id from (${rowsOf('p.id')}) listed order by 1) listed
where record.insured_person_id = listed.id`;

/** Adds the rows of a list to the records of their people. */
async function appendList(client: SqlClient, list: StoredList): Promise<Appended> {
  const prefix = `[${jalaliMonthIndex(list.month)},"${list.workshopCode}",${employerListType},${list.id},`;
  const { rows } = await client.query<{ personId: string | null; rowNumber: number }>(appendSql, [
    list.id,
    prefix,
  ]);
  return {
    unknown: rows.flatMap(({ personId, rowNumber }) => (personId === null ? rowNumber : [])),
    differing: rows.flatMap(({ personId, rowNumber }) => (personId === null ? [] : { personId, rowNumber })),
  };
}

/** The rows of a list that say other things of a person than the register does by now. */
async function findDiffering(client: SqlClient, listId: number): Promise<Appended['differing']> {
  const { rows } = await client.query<Appended['differing'][number]>(differingSql, [listId]);
  return rows;
}

const lockSql = `
select from insurance_record where insured_person_id = any(array(${rowsOf('p.id').replaceAll('= $1', '= any($1)')}))
order by insured_person_id for no key update`;

/** Locks the records of everybody on these lists in one order, for a correction looks at them list by list. */
async function lockRecords(client: SqlClient, listIds: readonly number[]): Promise<void> {
  await client.query(lockSql, [listIds]);
}

/** Takes the months of a list that counts no more out of the records again. */
async function removeList(client: SqlClient, listId: number): Promise<void> {
  await client.query(removeSql, [listId]);
}

/** Gives the months of one person to another; what both have of a scheme's month stays an error of PostgreSQL. */
async function moveRecord(client: SqlClient, from: string, to: string): Promise<void> {
  await client.query('update scheme_contribution set insured_person_id = $2 where insured_person_id = $1', [
    from,
    to,
  ]);
  await client.query(
    `with gone as (delete from insurance_record where insured_person_id = $1 returning recent, settled)
     insert into insurance_record as record (insured_person_id, version, settled)
     select $2, 1, recent || settled from gone
     on conflict (insured_person_id) do update set
       version = record.version + 1, document = null, settled = record.settled || excluded.settled`,
    [from, to],
  );
}

/** Months whose rows, or schemes, are said to be the other person's by now. */
const isOthers = `
  exists (select from employer_list_row_person known where known.insured_person_id = $2
    and known.employer_list_id = (entry.value ->> 3)::bigint and known.row_number = (entry.value ->> 4)::integer)
  or entry.value ->> 3 is null and exists (select from scheme_contribution scheme where scheme.insured_person_id = $2
    and scheme.history_type = (entry.value ->> 2)::integer
    and scheme.year * 12 + scheme.month - 1 = (entry.value ->> 0)::integer)`;

/** Gives the months back to a person that are theirs and stand in the record of another. */
async function splitRecord(
  client: SqlClient,
  from: string,
  to: string,
  schemes: readonly (readonly [historyType: number, year: number, month: number])[],
): Promise<void> {
  await client.query(
    `update scheme_contribution scheme set insured_person_id = $2
     from jsonb_array_elements($3) as moved
     where scheme.insured_person_id = $1 and history_type = (moved ->> 0)::smallint
       and year = (moved ->> 1)::smallint and month = (moved ->> 2)::smallint`,
    [from, to, JSON.stringify(schemes)],
  );
  // Also where nothing goes: a list that names somebody is kept waiting by the record.
  await client.query(
    `with entry as (
       select entry.value::text || ',' as text, entry.ordinality as n, (${isOthers}) as goes
       from insurance_record record,
         json_array_elements(('[' || rtrim(record.recent || record.settled, ',') || ']')::json)
           with ordinality as entry
       where record.insured_person_id = $1
     ), kept as (
       update insurance_record set version = version + 1, document = null, recent = '',
         settled = (select coalesce(string_agg(text, '' order by n), '') from entry where not goes)
       where insured_person_id = $1
     )
     insert into insurance_record (insured_person_id, version, settled)
     select $2, 1, coalesce(string_agg(text, '' order by n), '') from entry where goes`,
    [from, to],
  );
}

/** What lists and merges do to records; each is called in the transaction of its cause. */
export const recordWriter = {
  appendList,
  findDiffering,
  lockRecords,
  removeList,
  moveRecord,
  splitRecord,
} as const;
export type RecordWriter = typeof recordWriter;
