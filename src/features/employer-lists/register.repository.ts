import type pg from 'pg';
import { foldText } from '../../kernel/text.ts';
import type { EmployerList } from './employer-list.ts';

/**
 * The register of workshops and insured people grows from the lists. Who is in it stays as first said: what a
 * later list says otherwise is kept beside it with its source, and only what was missing is filled in.
 */

type PersonField = 'first_name' | 'last_name' | 'father_name' | 'birth_date' | 'insurance_number';
const personFields: readonly PersonField[] = [
  'first_name',
  'last_name',
  'father_name',
  'birth_date',
  'insurance_number',
];

/** Adds the workshop, or fills its gaps and notes where the list says otherwise of it. */
export async function registerWorkshop(
  client: pg.ClientBase,
  list: EmployerList,
  listId: number,
): Promise<void> {
  const values = [list.workshopCode, list.workshopName, list.employerName, list.workshopAddress];
  const { rowCount } = await client.query(
    `insert into workshop (code, name, employer_name, address, employer_list_id) values ($1, $2, $3, $4, $5)
     on conflict (code) do nothing`,
    [...values, listId],
  );
  if (rowCount === 1) return;
  const { rows } = await client.query<{ field: string; known: string; said: string }>(
    `select field, known, said from workshop,
       lateral (values ('name', name, $2), ('employer_name', employer_name, $3), ('address', address, $4))
         as compared (field, known, said)
     where code = $1 and said <> '' and said <> known`,
    values,
  );
  for (const { field, known, said } of rows) {
    if (foldText(known) === foldText(said)) continue;
    if (known === '') {
      await client.query(`update workshop set ${field} = $2 where code = $1 and ${field} = ''`, [
        list.workshopCode,
        said,
      ]);
    }
    await client.query(
      `insert into workshop_claim (workshop_code, field, value, employer_list_id) values ($1, $2, $3, $4)
       on conflict do nothing`,
      [list.workshopCode, field, said, listId],
    );
  }
}

/** Adds everybody in the list who is not in the register yet; returns how many of them this list was first with. */
export async function registerPeople(client: pg.ClientBase, listId: number): Promise<number> {
  let added = 0;
  // In the order of the unique keys: two lists that bring the same people wait for each other, no deadlock.
  for (const [key, target, condition] of [
    ['national_code', '(national_code)', 'r.national_code is not null'],
    ['insurance_number', '(insurance_number) where national_code is null', 'r.national_code is null'],
  ] as const) {
    const { rowCount } = await client.query(
      `insert into insured_person
         (national_code, insurance_number, first_name, last_name, father_name, birth_date, employer_list_id)
       select distinct on (r.${key})
         r.national_code, r.insurance_number, r.first_name, r.last_name, nullif(r.father_name, ''), r.birth_date,
         r.employer_list_id
       from employer_list_row r
       where r.employer_list_id = $1 and ${condition} and not exists (
         select from insured_person p
         where p.${key} = r.${key} ${key === 'insurance_number' ? 'and p.national_code is null' : ''}
       )
       order by r.${key}, r.row_number
       on conflict ${target} do nothing`,
      [listId],
    );
    added += rowCount ?? 0;
  }
  return added;
}

type Compared = Record<`known_${PersonField}` | `said_${PersonField}`, string | null> & {
  personId: string;
  rowNumber: number;
};

/** Rows looked at in one go, so that memory stays flat when a whole list disagrees. */
const comparedAtOnce = 5_000;

/** Notes what the rows say and the register does not, and fills its gaps; returns how many notes are new. */
export async function noteClaims(
  client: pg.ClientBase,
  list: Readonly<{ id: number; workshopCode: string }>,
  differing: readonly Readonly<{ personId: string; rowNumber: number }>[],
): Promise<number> {
  let noted = 0;
  for (let start = 0; start < differing.length; start += comparedAtOnce) {
    const part = differing.slice(start, start + comparedAtOnce);
    const { rows } = await client.query<Compared>(
      `select p.id as "personId", r.row_number as "rowNumber",
         ${personFields.map((field) => `p.${field}::text as known_${field}, r.${field}::text as said_${field}`).join(', ')}
       from unnest($2::uuid[], $3::integer[]) as d (person_id, row_number)
       join employer_list_row r on r.employer_list_id = $1 and r.row_number = d.row_number
       join insured_person p on p.id = d.person_id
       order by p.id, r.row_number`,
      [list.id, part.map(({ personId }) => personId), part.map(({ rowNumber }) => rowNumber)],
    );
    const claims = rows.flatMap(claimsOf);
    await fillIn(client, claims);
    noted += await insertClaims(client, list, claims);
  }
  return noted;
}

type Claim = Readonly<{
  personId: string;
  rowNumber: number;
  field: PersonField;
  value: string;
  fills: boolean;
}>;

/** What a row says that the register does not, spelling aside. */
function claimsOf(row: Compared): Claim[] {
  const { personId, rowNumber } = row;
  return personFields.flatMap((field) => {
    const known = row[`known_${field}`];
    const value = row[`said_${field}`];
    if (value === null || value === '' || value === known) return [];
    if (known !== null && foldText(known) === foldText(value)) return [];
    return [{ personId, rowNumber, field, value, fills: known === null }];
  });
}

/** Of two rows that fill the same gap the first one does. */
async function fillIn(client: pg.ClientBase, claims: readonly Claim[]): Promise<void> {
  for (const field of personFields) {
    const found = claims.filter((claim) => claim.fills && claim.field === field);
    if (found.length === 0) continue;
    await client.query(
      `update insured_person p set ${field} = d.value::${field === 'birth_date' ? 'date' : 'text'}
       from (
         select distinct on (id) id, value from unnest($1::uuid[], $2::text[]) with ordinality as u (id, value, n)
         order by id, n
       ) d
       where p.id = d.id and p.${field} is null`,
      [found.map(({ personId }) => personId), found.map(({ value }) => value)],
    );
  }
}

async function insertClaims(
  client: pg.ClientBase,
  list: Readonly<{ id: number; workshopCode: string }>,
  claims: readonly Claim[],
): Promise<number> {
  if (claims.length === 0) return 0;
  const { rowCount } = await client.query(
    `insert into insured_person_claim
       (insured_person_id, field, value, workshop_code, employer_list_id, row_number)
     select id, field, value, $1, $2, row_number
     from unnest($3::uuid[], $4::text[], $5::text[], $6::integer[]) as d (id, field, value, row_number)
     on conflict do nothing`,
    [
      list.workshopCode,
      list.id,
      claims.map(({ personId }) => personId),
      claims.map(({ field }) => field),
      claims.map(({ value }) => value),
      claims.map(({ rowNumber }) => rowNumber),
    ],
  );
  return rowCount ?? 0;
}
