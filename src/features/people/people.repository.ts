import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { PersonDetails } from './person-details.ts';

const details = [
  'national_code as nationalCode',
  'insurance_number as insuranceNumber',
  'first_name as firstName',
  'last_name as lastName',
  'father_name as fatherName',
  'birth_date as birthDate',
] as const;

/** More than share an insurance number, which lists mix up. */
const maxFound = 20;

export type RegisteredPerson = PersonDetails & Readonly<{ id: string }>;

type Identity = Readonly<{ nationalCode: string } | { insuranceNumber: string }>;

/** Whom a code or number means, as lists mean it: also one of an entry that has become part of this one. */
export async function findPeople(db: Kysely<Database>, person: Identity): Promise<RegisteredPerson[]> {
  return db
    .selectFrom('insured_person')
    .where('id', 'in', idsOf(db, person))
    .select(['id', ...details])
    .orderBy('id')
    .limit(maxFound)
    .execute();
}

/** A union, as each part has an index of its own. */
function idsOf(db: Kysely<Database>, person: Identity) {
  const entries = db.selectFrom('insured_person').select('id');
  const merged = db.selectFrom('insured_person_merge').select('insured_person_id as id');
  if ('nationalCode' in person) {
    const { nationalCode } = person;
    return entries
      .where('national_code', '=', nationalCode)
      .union(merged.where('national_code', '=', nationalCode));
  }
  const { insuranceNumber } = person;
  return entries
    .where('insurance_number', '=', insuranceNumber)
    .union(
      db
        .selectFrom('insured_person_number')
        .where('insurance_number', '=', insuranceNumber)
        .select('insured_person_id as id'),
    )
    .union(merged.where(sql<boolean>`numbers @> array[${insuranceNumber}]`));
}

/** The entry that bears the code itself. */
export async function findIdByCode(db: Kysely<Database>, nationalCode: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('insured_person')
    .where('national_code', '=', nationalCode)
    .select('id')
    .executeTakeFirst();
  return row?.id;
}

export async function findPerson(
  db: Kysely<Database>,
  id: string,
): Promise<(RegisteredPerson & { contested: boolean }) | undefined> {
  return db
    .selectFrom('insured_person')
    .where('id', '=', id)
    .select(['id', ...details, 'contested'])
    .executeTakeFirst();
}

/** Accounts of these people, in one order. */
export async function findAccounts(db: Kysely<Database>, personIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('account')
    .where('insured_person_id', 'in', [...personIds])
    .select('id')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Whether the register has this national code, or has it for a foreign national by this number, already. */
export async function isTaken(
  db: Kysely<Database>,
  { nationalCode, insuranceNumber }: Partial<PersonDetails>,
  personId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('insured_person')
    .where('id', '!=', personId)
    .where(({ or, and, eb }) =>
      or([
        eb('national_code', '=', nationalCode ?? ''),
        and([eb('insurance_number', '=', insuranceNumber ?? ''), eb('national_code', 'is', null)]),
      ]),
    )
    .select('id')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
