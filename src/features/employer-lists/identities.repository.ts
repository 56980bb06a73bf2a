import type { SqlClient } from '../../database/sql-client.ts';
import { maySamePerson, type PersonDetails } from './weighing.ts';

/**
 * Whom rows mean that name nobody in the register by a national code. A row without one belongs to the person
 * whose insurance number it gives; a person who is known by a number alone gets the national code that a later
 * list gives with it, and keeps the months before.
 */

export type MoveRecord = (client: SqlClient, from: string, to: string) => Promise<void>;

type Row = PersonDetails & Readonly<{ rowNumber: number; nationalCode: string | null }>;
type Candidate = PersonDetails & Readonly<{ id: string; nationalCode: string | null }>;

const detailsOf = (table: string) => `
  ${table}.first_name as "firstName", ${table}.last_name as "lastName", ${table}.father_name as "fatherName",
  ${table}.birth_date::text as "birthDate", ${table}.insurance_number as "insuranceNumber",
  ${table}.national_code as "nationalCode"`;

/** Rows looked at in one go, so that memory stays flat. */
const rowsAtOnce = 5_000;

/** Lists that bring somebody new go one after the other from here on: two would bring one person twice. */
export async function lockRegister(client: SqlClient): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtextextended('insured-person', 0))`);
}

/** The same without waiting, for who holds other locks already; whether it is there. */
export async function tryLockRegister(client: SqlClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('insured-person', 0)) as locked`,
  );
  return rows[0]?.locked === true;
}

/** Runs `work` on the rows that nobody in the register is known for, some at a time, in their order. */
async function eachUnknown(
  client: SqlClient,
  listId: number,
  condition: string,
  work: (rows: readonly Row[]) => Promise<void>,
): Promise<void> {
  for (let after = 0; ; ) {
    const { rows } = await client.query<Row>(
      `select r.row_number as "rowNumber", ${detailsOf('r')} from employer_list_row r
       where r.employer_list_id = $1 and r.row_number > $2 and ${condition} and not exists (
         select from employer_list_row_person known
         where known.employer_list_id = r.employer_list_id and known.row_number = r.row_number
       ) order by r.row_number limit ${rowsAtOnce}`,
      [listId, after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    await work(rows);
    after = last.rowNumber;
  }
}

/** Everybody who is known by one of these insurance numbers, by number. */
async function findByNumber(
  client: SqlClient,
  rows: readonly Row[],
): Promise<Map<string, Map<string, Candidate>>> {
  const numbers = [...new Set(rows.flatMap(({ insuranceNumber }) => insuranceNumber ?? []))];
  const { rows: found } = await client.query<Candidate & { number: string }>(
    `select known.number, p.id, ${detailsOf('p')} from (
       select insurance_number as number, id from insured_person where insurance_number = any($1)
       union select insurance_number, insured_person_id from insured_person_number where insurance_number = any($1)
       union select insurance_number, insured_person_id from insured_person_merge where insurance_number = any($1)
     ) known join insured_person p on p.id = known.id order by p.id`,
    [numbers],
  );
  const candidates = new Map<string, Map<string, Candidate>>();
  for (const { number, ...person } of found) {
    const ofNumber = candidates.get(number) ?? new Map<string, Candidate>();
    candidates.set(number, ofNumber.set(person.id, person));
  }
  return candidates;
}

/** Of several who bear one number it is the one of that name; else the one who is known by the number alone. */
function choose(row: Row, candidates: readonly Candidate[]): Candidate | undefined {
  if (candidates.length <= 1) return candidates[0];
  const sameName = candidates.filter((candidate) => maySamePerson(row, candidate));
  if (sameName.length === 1) return sameName[0];
  return candidates.find(({ nationalCode }) => nationalCode === null);
}

async function attribute(
  client: SqlClient,
  listId: number,
  found: readonly Readonly<{ rowNumber: number; personId: string }>[],
): Promise<void> {
  if (found.length === 0) return;
  await client.query(
    `insert into employer_list_row_person (employer_list_id, row_number, insured_person_id)
     select $1, row_number, id from unnest($2::integer[], $3::uuid[]) as d (row_number, id)`,
    [listId, found.map(({ rowNumber }) => rowNumber), found.map(({ personId }) => personId)],
  );
}

/** Says of rows without a national code whom they mean; returns whether somebody is not in the register yet. */
export async function resolveNumbers(client: SqlClient, listId: number): Promise<boolean> {
  let missing = false;
  await eachUnknown(client, listId, 'r.national_code is null', async (rows) => {
    const candidates = await findByNumber(client, rows);
    const found = rows.flatMap((row) => {
      const ofNumber = candidates.get(row.insuranceNumber ?? '')?.values() ?? [];
      const person = choose(row, [...ofNumber]);
      return person ? [{ rowNumber: row.rowNumber, personId: person.id }] : [];
    });
    if (found.length < rows.length) missing = true;
    await attribute(client, listId, found);
  });
  return missing;
}

/** Adds those whose number nobody is known for; returns how many. Call with the register locked. */
export async function registerNumbers(client: SqlClient, listId: number): Promise<number> {
  const { rowCount } = await client.query(
    `insert into insured_person
       (insurance_number, first_name, last_name, father_name, birth_date, employer_list_id)
     select distinct on (r.insurance_number)
       r.insurance_number, r.first_name, r.last_name, nullif(r.father_name, ''), r.birth_date, r.employer_list_id
     from employer_list_row r
     where r.employer_list_id = $1 and r.national_code is null and not exists (
       select from employer_list_row_person known
       where known.employer_list_id = r.employer_list_id and known.row_number = r.row_number
     )
     order by r.insurance_number, r.row_number
     on conflict (insurance_number) where national_code is null do nothing`,
    [listId],
  );
  return rowCount ?? 0;
}

const unknownCode = `r.national_code is not null
  and not exists (select from insured_person p where p.national_code = r.national_code)`;

/** Adds everybody with a national code who is new; returns how many. Call with the register locked. */
export async function registerCodes(client: SqlClient, listId: number): Promise<number> {
  await eachUnknown(client, listId, unknownCode, async (rows) => {
    await attribute(client, listId, await findMerged(client, rows));
    await completeForeigners(client, rows);
  });
  const { rowCount } = await client.query(
    `insert into insured_person
       (national_code, insurance_number, first_name, last_name, father_name, birth_date, employer_list_id)
     select distinct on (r.national_code)
       r.national_code, r.insurance_number, r.first_name, r.last_name, nullif(r.father_name, ''), r.birth_date,
       r.employer_list_id
     from employer_list_row r
     where r.employer_list_id = $1 and ${unknownCode} and not exists (
       select from employer_list_row_person known
       where known.employer_list_id = r.employer_list_id and known.row_number = r.row_number
     )
     order by r.national_code, r.row_number
     on conflict (national_code) do nothing`,
    [listId],
  );
  return rowCount ?? 0;
}

/** Rows of a correction that name somebody by a code which meant another person in the corrected list mean them still. */
export async function inheritAttributions(
  client: SqlClient,
  listId: number,
  correctedId: number,
): Promise<void> {
  await client.query(
    `insert into employer_list_row_person (employer_list_id, row_number, insured_person_id)
     select distinct on (row.row_number) $1::bigint, row.row_number, known.insured_person_id
     from employer_list_row row
       join employer_list_row earlier on earlier.employer_list_id = $2 and earlier.national_code = row.national_code
       join employer_list_row_person known
         on known.employer_list_id = $2 and known.row_number = earlier.row_number
     where row.employer_list_id = $1 order by row.row_number, earlier.row_number
     on conflict do nothing`,
    [listId, correctedId],
  );
}

async function findMerged(client: SqlClient, rows: readonly Row[]) {
  const { rows: merged } = await client.query<{ nationalCode: string; personId: string }>(
    `select national_code as "nationalCode", insured_person_id as "personId"
     from insured_person_merge where national_code = any($1)`,
    [rows.map(({ nationalCode }) => nationalCode)],
  );
  const personOf = new Map(merged.map(({ nationalCode, personId }) => [nationalCode, personId]));
  return rows.flatMap(({ rowNumber, nationalCode }) => {
    const personId = personOf.get(nationalCode ?? '');
    return personId === undefined ? [] : [{ rowNumber, personId }];
  });
}

/**
 * Gives people who are known by a number alone the national code that comes with it, if the name says that it is
 * they. Whose account it is, an employer's list does not decide.
 */
async function completeForeigners(client: SqlClient, rows: readonly Row[]): Promise<void> {
  const candidates = await findByNumber(client, rows);
  const given = new Map<string, string>();
  for (const row of rows) {
    const foreigner = [...(candidates.get(row.insuranceNumber ?? '')?.values() ?? [])].find(
      (candidate) => candidate.nationalCode === null && maySamePerson(row, candidate),
    );
    if (row.nationalCode === null || foreigner === undefined || given.has(foreigner.id)) continue;
    if (![...given.values()].includes(row.nationalCode)) given.set(foreigner.id, row.nationalCode);
  }
  if (given.size === 0) return;
  await client.query(
    `update insured_person p set national_code = d.code
     from unnest($1::uuid[], $2::text[]) as d (id, code)
     where p.id = d.id and p.national_code is null and ${isNobodysAccount}`,
    [[...given.keys()], [...given.values()]],
  );
}

const isNobodysAccount = `not exists (select from account where account.insured_person_id = p.id)
  and not exists (select from registration where registration.insured_person_id = p.id)`;

/** Entries known by one of a person's numbers alone that are the same person, and may be merged by a list. */
export async function findSameByNumber(
  client: SqlClient,
  person: PersonDetails & Readonly<{ id: string }>,
  numbers: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<Candidate>(
    `select p.id, ${detailsOf('p')} from insured_person p
     where p.insurance_number = any($1) and p.national_code is null and p.id <> $2 and ${isNobodysAccount}
       and not exists (select from scheme_contribution where insured_person_id = p.id)
     order by p.id`,
    [numbers, person.id],
  );
  return rows.filter((candidate) => maySamePerson(person, candidate)).map(({ id }) => id);
}

/** The rows of lists that a record names, whoever they name themselves. */
const rowsOfRecord = `
  select (entry.value ->> 3)::bigint as employer_list_id, (entry.value ->> 4)::integer as row_number
  from insurance_record record,
    json_array_elements(('[' || rtrim(record.recent || record.settled, ',') || ']')::json) as entry
  where record.insured_person_id = $1 and entry.value ->> 3 is not null`;

/** Writes down that the rows of one person's record mean another, or still the same whose code is about to change. */
export async function attributeRecord(client: SqlClient, from: string, to: string): Promise<void> {
  await client.query(
    `insert into employer_list_row_person (employer_list_id, row_number, insured_person_id)
     select employer_list_id, row_number, $2 from (${rowsOfRecord}) named
     on conflict (employer_list_id, row_number) do update set insured_person_id = excluded.insured_person_id`,
    [from, to],
  );
}

export type Merge = Readonly<{ from: string; to: string; by: string; reason: string }>;

/**
 * Makes two entries one person; call with the register locked. The trace keeps what stood in the one that goes, and what
 * came from there.
 */
export async function mergePeople(
  client: SqlClient,
  { from, to, by, reason }: Merge,
  moveRecord: MoveRecord,
): Promise<void> {
  await client.query(
    `insert into insured_person_merge (merged_id, insured_person_id, national_code, insurance_number, first_name,
       last_name, father_name, birth_date, merged_by, reason, moved)
     select id, $2, national_code, insurance_number, first_name, last_name, father_name, birth_date, $3, $4,
       jsonb_build_object(
         'rows', (select coalesce(jsonb_agg(jsonb_build_array(employer_list_id, row_number)), '[]') from (
           ${rowsOfRecord} union
           select employer_list_id, row_number from employer_list_row_person where insured_person_id = $1) moved_row),
         'schemes', (select coalesce(jsonb_agg(jsonb_build_array(history_type, year, month)), '[]')
           from scheme_contribution where insured_person_id = $1),
         'decisions', (select coalesce(jsonb_agg(to_jsonb(decision) - 'id' order by id), '[]')
           from insured_person_decision decision where insured_person_id = $1),
         'merges', (select coalesce(jsonb_agg(merged_id), '[]')
           from insured_person_merge where insured_person_id = $1),
         'entry', to_jsonb(insured_person),
         'survivor', (select to_jsonb(survivor) from insured_person survivor where survivor.id = $2),
         'lastList', (select coalesce(max(id), 0) from employer_list))
     from insured_person where id = $1`,
    [from, to, by, reason],
  );
  // Rows that named the one who goes by a national code have to name the other from now on.
  await attributeRecord(client, from, to);
  for (const table of ['employer_list_row_person', 'insured_person_merge']) {
    await client.query(`update ${table} set insured_person_id = $2 where insured_person_id = $1`, [from, to]);
  }
  await moveRecord(client, from, to);
  await client.query('delete from insured_person where id = $1', [from]);
}

/**
 * Takes a merge apart again; call with the register locked. Whatever came from the entry that was gone goes back to it, and
 * so do rows that named it since; both say of the person what they said before. Returns whether there was such a merge; that somebody else has its national code by now
 * stays an error of PostgreSQL.
 */
export async function splitPeople(
  client: SqlClient,
  { from, to }: Readonly<{ from: string; to: string }>,
  splitRecord: MoveRecord,
): Promise<boolean> {
  const { rows } = await client.query<{ moved: unknown }>(
    `with trace as (
       delete from insured_person_merge where merged_id = $1 and insured_person_id = $2 returning *
     ), survivor as (
       update insured_person p set (insurance_number, first_name, last_name, father_name, birth_date) =
         (was.insurance_number, was.first_name, was.last_name, was.father_name, was.birth_date)
       from trace, jsonb_populate_record(null::insured_person, moved -> 'survivor') as was
       where p.id = $2 and was.id = p.id and p.national_code is not distinct from was.national_code
     ), back as (
       insert into insured_person select entry.*
       from trace, jsonb_populate_record(null::insured_person, moved -> 'entry') as entry
     )
     select moved from trace`,
    [to, from],
  );
  const [trace] = rows;
  if (trace === undefined) return false;
  const moved = JSON.stringify(trace.moved);
  await client.query(
    `update employer_list_row_person known set insured_person_id = p.id
     from insured_person p, employer_list_row r
     where p.id = $1 and known.insured_person_id = $2
       and r.employer_list_id = known.employer_list_id and r.row_number = known.row_number
       and (known.employer_list_id > ($3::jsonb ->> 'lastList')::bigint
           and (r.national_code = p.national_code
             or r.national_code is null and r.insurance_number = p.insurance_number
             or r.national_code in (select merged.national_code from insured_person_merge merged
               where merged.merged_id::text in (select jsonb_array_elements_text($3::jsonb -> 'merges'))))
         or exists (select from jsonb_array_elements($3::jsonb -> 'rows') as moved
           where (moved ->> 0)::bigint = known.employer_list_id and (moved ->> 1)::integer = known.row_number))`,
    [to, from, moved],
  );
  await client.query(
    `update scheme_contribution scheme set insured_person_id = $1
     from jsonb_array_elements($3::jsonb -> 'schemes') as moved
     where scheme.insured_person_id = $2 and history_type = (moved ->> 0)::smallint
       and year = (moved ->> 1)::smallint and month = (moved ->> 2)::smallint`,
    [to, from, moved],
  );
  await client.query(
    `insert into insured_person_decision
       (insured_person_id, field, value, decided_by, reason, register_change_id, decided_at)
     select $1, field, value, decided_by, reason, register_change_id, decided_at
     from jsonb_to_recordset($2::jsonb -> 'decisions') as decision (
       field text, value jsonb, decided_by text, reason text, register_change_id uuid, decided_at timestamptz)`,
    [to, moved],
  );
  await client.query(
    `update insured_person_merge set insured_person_id = $1
     where insured_person_id = $2 and merged_id::text in (select jsonb_array_elements_text($3::jsonb -> 'merges'))`,
    [to, from, moved],
  );
  await splitRecord(client, from, to);
  return true;
}
