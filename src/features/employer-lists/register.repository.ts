import type { SqlClient } from '../../database/sql-client.ts';
import { foldText } from '../../kernel/text.ts';
import type { EmployerList } from './employer-list.ts';
import { changingIdentities, findSameByNumber, tryLockRegister } from './identities.repository.ts';
import { type MoveRecord, mergePeople } from './merges.repository.ts';
import { disagrees, type PersonDetails, type Weighed, type Word, weigh } from './weighing.ts';

/**
 * The register of workshops and insured people is what the lists in force say, weighed where they disagree. The
 * rows of the lists are the evidence: nothing else is kept of who said what.
 */

/** Adds the workshop, with what its first list says. */
export async function registerWorkshop(client: SqlClient, list: EmployerList, listId: number): Promise<void> {
  await client.query(
    `insert into workshop (code, name, employer_name, address, employer_list_id) values ($1, $2, $3, $4, $5)
     on conflict (code) do nothing`,
    [list.workshopCode, list.workshopName, list.employerName, list.workshopAddress, listId],
  );
}

const workshopFields = [
  ['name', 'workshop_name'],
  ['employer_name', 'employer_name'],
  ['address', 'address'],
] as const;

/** A workshop is called what the newest of its lists in force calls it; what none says stays. */
export async function updateWorkshop(client: SqlClient, workshopCode: string): Promise<void> {
  const newest = ([, column]: (typeof workshopFields)[number]) => `(
    select l.${column} from employer_list l where l.workshop_code = w.code and l.${column} <> ''
      and l.replaced_by is null and l.withdrawn_at is null order by l.year desc, l.month desc, l.id desc limit 1)`;
  const { rows } = await client.query<Record<string, string | null>>(
    `select ${workshopFields.map((field) => `w.${field[0]} as known_${field[0]}, ${newest(field)} as said_${field[0]}`).join(', ')}
     from workshop w where w.code = $1`,
    [workshopCode],
  );
  for (const [field] of workshopFields) {
    const { [`known_${field}`]: known, [`said_${field}`]: said } = rows[0] ?? {};
    if (!said || foldText(said) === foldText(known ?? '')) continue;
    await client.query(`update workshop set ${field} = $2 where code = $1`, [workshopCode, said]);
  }
}

type Differing = readonly Readonly<{ personId: string; rowNumber: number }>[];

/** People looked at in one go, so that memory stays flat when a whole list disagrees. */
const comparedAtOnce = 5_000;
const weighedAtOnce = 200;

const detailsOf = (table: string) => `
  ${table}.first_name as "firstName", ${table}.last_name as "lastName", ${table}.father_name as "fatherName",
  ${table}.birth_date::text as "birthDate", ${table}.insurance_number as "insuranceNumber"`;

/** Of the rows that differ from the register those that do so beyond spelling: whom they are about. */
export async function findDisagreeing(
  client: SqlClient,
  listId: number,
  differing: Differing,
): Promise<string[]> {
  const people = new Set<string>();
  for (let start = 0; start < differing.length; start += comparedAtOnce) {
    const part = differing.slice(start, start + comparedAtOnce);
    const values = [listId, part.map(({ personId }) => personId), part.map(({ rowNumber }) => rowNumber)];
    const from = `from unnest($2::uuid[], $3::integer[]) with ordinality as d (person_id, row_number, n)`;
    const [said, known] = [
      await client.query<PersonDetails>(
        `select ${detailsOf('r')} ${from} join employer_list_row r
           on r.employer_list_id = $1 and r.row_number = d.row_number order by d.n`,
        values,
      ),
      await client.query<PersonDetails>(
        `select ${detailsOf('p')} ${from} join insured_person p on p.id = d.person_id and $1::bigint is not null
         order by d.n`,
        values,
      ),
    ];
    part.forEach(({ personId }, index) => {
      const [word, person] = [said.rows[index], known.rows[index]];
      if (word && person && disagrees(word, person)) people.add(personId);
    });
  }
  return [...people];
}

/** People on a list of whom lists say different things. */
export async function findContested(client: SqlClient, listId: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select p.id from employer_list_row r join insured_person p on p.national_code = r.national_code
     where r.employer_list_id = $1 and p.contested
     union
     select p.id from employer_list_row_person r join insured_person p on p.id = r.insured_person_id
     where r.employer_list_id = $1 and p.contested`,
    [listId],
  );
  return rows.map(({ id }) => id);
}

/** Held shared, until the end of the transaction, by whoever changes people's details. */
const changing = `hashtextextended('insured-person-change', 0)`;

/** Counts a change of people's details; a list that was read meanwhile looks at its people again. */
export async function countChange(client: SqlClient): Promise<void> {
  await client.query(`select pg_advisory_xact_lock_shared(${changing})`);
  await client.query(`select nextval('insured_person_change')`);
}

/** How often people's details, and whom codes and numbers mean, have been changed; uncommitted changes counted. */
export type RegisterCounts = Readonly<{ changes: number; identityChanges: number }>;

export async function countChangesSoFar(client: SqlClient): Promise<RegisterCounts> {
  const { rows } = await client.query<RegisterCounts>(
    `select change.last_value as changes, identity.last_value as "identityChanges"
     from insured_person_change change, insured_person_identity_change identity`,
  );
  return rows[0] as RegisterCounts;
}

/**
 * Whether changes that `countChangesSoFar` has counted may be uncommitted still, so that what is read next is the
 * state before them. Ask afterwards: what was uncommitted then is so still, or will be seen.
 */
export async function areChangesPending(
  client: SqlClient,
): Promise<Readonly<{ changes: boolean; identityChanges: boolean }>> {
  // Given back at once. Of two who ask in the same moment one may be told without need that details change.
  const { rows } = await client.query<{ changes: boolean; identityChanges: boolean }>(
    `select not (pg_try_advisory_lock(${changing}) and pg_advisory_unlock(${changing})) as changes,
       not (pg_try_advisory_lock_shared(${changingIdentities})
         and pg_advisory_unlock_shared(${changingIdentities})) as "identityChanges"`,
  );
  return rows[0] ?? { changes: true, identityChanges: true };
}

type Known = PersonDetails &
  Readonly<{ id: string; nationalCode: string | null; decided: Record<string, unknown> }>;

async function findKnown(client: SqlClient, ids: readonly string[]): Promise<Known[]> {
  const { rows } = await client.query<Known>(
    `select p.id, p.national_code as "nationalCode", ${detailsOf('p')}, coalesce((
       select json_object_agg(newest.field, newest.value) from (
         select distinct on (field) field, value from insured_person_decision
         where insured_person_id = p.id order by field, id desc
       ) newest), '{}') as decided
     from insured_person p where p.id = any($1) order by p.id for no key update`,
    [ids],
  );
  return rows;
}

/** Every row of the lists in force about these people, which their records name. */
export async function findWords(client: SqlClient, ids: readonly string[]): Promise<Map<string, Word[]>> {
  const { rows } = await client.query<Word & { personId: string }>(
    `select record.insured_person_id as "personId", (entry.value ->> 0)::integer as month,
       entry.value ->> 1 as "workshopCode", r.employer_list_id as "listId", r.row_number as row, ${detailsOf('r')}
     from insurance_record record,
       json_array_elements(('[' || rtrim(record.recent || record.settled, ',') || ']')::json) as entry
       join employer_list_row r on r.employer_list_id = (entry.value ->> 3)::bigint
         and r.row_number = (entry.value ->> 4)::integer
     where record.insured_person_id = any($1)`,
    [ids],
  );
  return Map.groupBy(rows, ({ personId }) => personId);
}

/** Thrown by who needs the register locked and cannot wait for it without risking a deadlock. */
export class RegisterBusyError extends Error {
  override readonly name = 'RegisterBusyError';
}

/**
 * Weighs anew what lists say of these people; returns of how many something changed. Call when the records of
 * their lists are written, which keeps other lists that name them waiting.
 * @param moveRecord `null`: entries that prove to be one person stay apart
 * @throws {RegisterBusyError} when two entries prove to be one person, and the register is locked by another
 */
export async function reweigh(
  client: SqlClient,
  ids: readonly string[],
  moveRecord: MoveRecord | null,
): Promise<number> {
  const ordered = [...new Set(ids)].sort();
  let changed = 0;
  for (let start = 0; start < ordered.length; start += weighedAtOnce) {
    const part = ordered.slice(start, start + weighedAtOnce);
    const words = await findWords(client, part);
    for (const known of await findKnown(client, part)) {
      const weighed = weigh(words.get(known.id) ?? [], known);
      if (await settle(client, known, weighed)) changed += 1;
      if (moveRecord) await absorb(client, known, weighed, moveRecord);
    }
  }
  if (changed > 0) await countChange(client);
  return changed;
}

/** Writes down what holds; an operator's decision holds against all lists. */
async function settle(client: SqlClient, known: Known, weighed: Weighed): Promise<boolean> {
  const { decided } = known;
  const [firstName, lastName] = (decided.name as string[] | undefined) ?? [
    weighed.details.firstName,
    weighed.details.lastName,
  ];
  const holds = { ...weighed.details, firstName: firstName ?? '', lastName: lastName ?? '' };
  const details = {
    ...holds,
    fatherName: 'father_name' in decided ? (decided.father_name as string) : holds.fatherName,
    birthDate: 'birth_date' in decided ? (decided.birth_date as string) : holds.birthDate,
    // Who is known by the number alone is somebody else under another one.
    insuranceNumber:
      'insurance_number' in decided
        ? (decided.insurance_number as string)
        : known.nationalCode === null
          ? known.insuranceNumber
          : holds.insuranceNumber,
  };
  await client.query(
    'delete from insured_person_number where insured_person_id = $1 and insurance_number <> all($2)',
    [known.id, weighed.insuranceNumbers],
  );
  await client.query(
    `insert into insured_person_number (insurance_number, insured_person_id)
     select number, $1 from unnest($2::text[]) as number where number <> $3 on conflict do nothing`,
    [known.id, weighed.insuranceNumbers, details.insuranceNumber ?? ''],
  );
  const { rowCount } = await client.query(
    `update insured_person set first_name = $2, last_name = $3, father_name = $4, birth_date = $5,
       insurance_number = $6, contested = $7
     where id = $1 and (first_name, last_name, father_name, birth_date, insurance_number, contested)
       is distinct from ($2, $3, $4, $5::date, $6, $7)`,
    [
      known.id,
      details.firstName,
      details.lastName,
      details.fatherName,
      details.birthDate,
      details.insuranceNumber,
      weighed.contested,
    ],
  );
  return rowCount === 1;
}

/** Months under a number alone come to the person of that name who proves to bear it. */
async function absorb(
  client: SqlClient,
  known: Known,
  { details, insuranceNumbers }: Weighed,
  moveRecord: MoveRecord,
): Promise<void> {
  if (known.nationalCode === null || insuranceNumbers.length === 0) return;
  const same = await findSameByNumber(client, { ...details, id: known.id }, insuranceNumbers);
  if (same.length === 0) return;
  if (!(await tryLockRegister(client))) throw new RegisterBusyError();
  for (const from of same) {
    const reason = 'a list gives the number together with the national code';
    await mergePeople(client, { from, to: known.id, by: 'lists', reason }, moveRecord);
  }
}
