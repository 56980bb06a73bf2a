import type { SqlClient } from '../../database/sql-client.ts';
import { countIdentityChange } from './identities.repository.ts';

/** Entries of the register that become one person, and are taken apart again. */

export type MoveRecord = (client: SqlClient, from: string, to: string) => Promise<void>;
/** `schemes`: history type, year and month of what goes with it. */
export type SplitRecord = (
  client: SqlClient,
  from: string,
  to: string,
  schemes: readonly (readonly [number, number, number])[],
) => Promise<void>;

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

/** Lists that name one of them already come first, and all others look them up when the change is done. */
async function lockPair(client: SqlClient, people: readonly string[]): Promise<void> {
  await countIdentityChange(client);
  await client.query(
    `select from insurance_record where insured_person_id = any($1) order by insured_person_id for no key update`,
    [people],
  );
  await client.query('select from insured_person where id = any($1) order by id for update', [people]);
}

/** Every number that an entry of the register is known by. */
const numbersOf = (person: string) => `array(
  select insurance_number from insured_person where id = ${person} and insurance_number is not null
  union select insurance_number from insured_person_number where insured_person_id = ${person}
  union select unnest(numbers) from insured_person_merge where insured_person_id = ${person})`;

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
  await lockPair(client, [from, to]);
  await client.query(
    `insert into insured_person_merge (merged_id, insured_person_id, national_code, insurance_number, first_name,
       last_name, father_name, birth_date, merged_by, reason, numbers, moved)
     select id, $2, national_code, insurance_number, first_name, last_name, father_name, birth_date, $3, $4,
       ${numbersOf('$1')} || ${numbersOf('$2')},
       jsonb_build_object(
         'numbers', ${numbersOf('$1')},
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
         'kept', (select coalesce(jsonb_agg(jsonb_build_array(employer_list_id, row_number)), '[]')
           from employer_list_row_person where insured_person_id = $2))
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

/** Whether the trace of a merge, $3, names the row in this part: what the survivor had, or what came to it. */
const isAmong = (part: string) => `exists (
  select from jsonb_array_elements($3::jsonb -> ${part}) as named
  where (named ->> 0)::bigint = known.employer_list_id and (named ->> 1)::integer = known.row_number)`;

/**
 * Takes a merge apart again; call with the register locked. Whatever came from the entry that was gone goes back to it, and
 * so do rows that named it since; both say of the person what they said before. Returns whether there was such a merge; that somebody else has its national code by now
 * stays an error of PostgreSQL.
 */
export async function splitPeople(
  client: SqlClient,
  { from, to }: Readonly<{ from: string; to: string }>,
  splitRecord: SplitRecord,
): Promise<boolean> {
  await lockPair(client, [from, to]);
  const { rows } = await client.query<{ moved: Readonly<{ schemes: Parameters<SplitRecord>[3] }> }>(
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
       and (not ${isAmong("'kept'")}
           and (r.national_code = p.national_code
             or r.national_code is null and $3::jsonb -> 'numbers' ? r.insurance_number
             or r.national_code in (select merged.national_code from insured_person_merge merged
               where merged.merged_id::text in (select jsonb_array_elements_text($3::jsonb -> 'merges'))))
         or ${isAmong("'rows'")})`,
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
  await splitRecord(client, from, to, trace.moved.schemes);
  return true;
}
