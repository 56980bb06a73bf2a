import type { SqlClient } from '../../database/sql-client.ts';
import { maySamePerson, type PersonDetails } from './weighing.ts';

/**
 * Whom rows mean that name nobody in the register by a national code. A row without one belongs to the person
 * whose insurance number it gives; a person who is known by a number alone gets the national code that a later
 * list gives with it, and keeps the months before.
 */

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

/** Held until the end of the transaction by whoever changes whom codes and numbers mean. */
export const changingIdentities = `hashtextextended('insured-person-identity-change', 0)`;

/**
 * Counts a change of whom codes and numbers mean, before it happens; a list that has looked its people up meanwhile does
 * so again. Call with the register locked.
 */
export async function countIdentityChange(client: SqlClient): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(${changingIdentities})`);
  await client.query(`select nextval('insured_person_identity_change')`);
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
       union select number, insured_person_id from insured_person_merge, unnest(numbers) as number
         where numbers && $1 and number = any($1)
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
  const toPersonId = new Map(merged.map(({ nationalCode, personId }) => [nationalCode, personId]));
  return rows.flatMap(({ rowNumber, nationalCode }) => {
    const personId = toPersonId.get(nationalCode ?? '');
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
