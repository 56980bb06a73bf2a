import type pg from 'pg';
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

/** The two ways in which a row names its person: foreign nationals are known by their insurance number. */
const ofNational = 'p.national_code = r.national_code';
const ofForeigner = 'p.national_code is null and p.insurance_number = r.insurance_number';

/** What `month-entry.ts` reads; the prefix, $2, is the same for all rows of a list. */
const listedColumns = `
  select p.id, r.row_number,
    $2 || r.row_number || ',' || r.days || ',' || r.daily_wage || ',' || r.monthly_wage || ','
      || r.benefits || ',' || r.insurable_wage || ',' || r.worker_premium || '],' as entry,
    p.first_name <> r.first_name or p.last_name <> r.last_name
      or r.father_name <> '' and p.father_name is distinct from r.father_name
      or r.birth_date is distinct from p.birth_date and r.birth_date is not null
      or r.insurance_number is distinct from p.insurance_number and r.insurance_number is not null as differs`;

/**
 * One statement a list, whatever its length; it looks every person up once. Records are locked in the order of
 * people's ids, so that lists which share people wait for each other instead of deadlocking.
 */
const appendSql = (rows: string) => `
with listed as materialized (
  ${listedColumns} from ${rows} left join insured_person p on ${ofNational}
  where r.employer_list_id = $1 and r.national_code is not null
  union all
  ${listedColumns} from ${rows} left join insured_person p on ${ofForeigner}
  where r.employer_list_id = $1 and r.national_code is null
),
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

const appendWhole = appendSql('employer_list_row r');
const appendSome = appendSql(
  'unnest($3::integer[]) as only_row (row_number) join employer_list_row r using (row_number)',
);

const removeSql = `
update insurance_record record set
  version = version + 1,
  document = null,
  recent = entries_without_list(recent, $1),
  settled = case when strpos(settled, ',' || $1::bigint || ',') = 0 then settled
    else entries_without_list(settled, $1) end
from (
  select p.id from employer_list_row r join insured_person p on ${ofNational}
  where r.employer_list_id = $1
  union
  select p.id from employer_list_row r join insured_person p on ${ofForeigner}
  where r.employer_list_id = $1 and r.national_code is null
  order by 1
) listed
where record.insured_person_id = listed.id`;

/** Adds the rows of a list, or only these of its rows, to the records of their people. */
export async function appendList(
  client: pg.ClientBase,
  list: StoredList,
  onlyRows?: readonly number[],
): Promise<Appended> {
  const prefix = `[${jalaliMonthIndex(list.month)},"${list.workshopCode}",${employerListType},${list.id},`;
  const { rows } = await client.query<{ personId: string | null; rowNumber: number }>(
    onlyRows ? appendSome : appendWhole,
    onlyRows ? [list.id, prefix, onlyRows] : [list.id, prefix],
  );
  return {
    unknown: rows.flatMap(({ personId, rowNumber }) => (personId === null ? rowNumber : [])),
    differing: rows.flatMap(({ personId, rowNumber }) => (personId === null ? [] : { personId, rowNumber })),
  };
}

/** Takes the months of a list that has been replaced out of the records again. */
export async function removeList(client: pg.ClientBase, listId: number): Promise<void> {
  await client.query(removeSql, [listId]);
}
