import type { Kysely } from 'kysely';
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

export async function findPeople(
  db: Kysely<Database>,
  person: Readonly<{ nationalCode: string } | { insuranceNumber: string }>,
): Promise<RegisteredPerson[]> {
  const query = db.selectFrom('insured_person').select(['id', ...details]);
  if ('nationalCode' in person) return query.where('national_code', '=', person.nationalCode).execute();
  const { insuranceNumber } = person;
  return query
    .where(({ or, eb, exists, selectFrom }) =>
      or([
        eb('insurance_number', '=', insuranceNumber),
        exists(
          selectFrom('insured_person_number as other')
            .whereRef('other.insured_person_id', '=', 'insured_person.id')
            .where('other.insurance_number', '=', insuranceNumber)
            .select('other.insurance_number'),
        ),
      ]),
    )
    .orderBy('id')
    .limit(maxFound)
    .execute();
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
