import type { Kysely, Transaction } from 'kysely';
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
    .limit(20)
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

/** Decisions hold against all lists; the newest of a field counts. */
export async function insertDecisions(
  trx: Transaction<Database>,
  { id, personId, by, reason }: Readonly<{ id: string; personId: string; by: string; reason: string }>,
  decided: readonly Readonly<{ field: string; value: unknown }>[],
): Promise<void> {
  if (decided.length === 0) return;
  await trx
    .insertInto('insured_person_decision')
    .values(
      decided.map(({ field, value }) => ({
        insured_person_id: personId,
        field,
        value: JSON.stringify(value),
        decided_by: by,
        reason,
        register_change_id: id,
      })),
    )
    .execute();
}

/** Takes the decisions back that a change has made. */
export async function takeDecisionsBack(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.deleteFrom('insured_person_decision').where('register_change_id', '=', id).execute();
}

/** Writes what the register says of a person, decided or not. */
export async function setDetails(
  trx: Transaction<Database>,
  personId: string,
  { nationalCode, insuranceNumber, firstName, lastName, fatherName, birthDate }: Partial<PersonDetails>,
): Promise<void> {
  await trx
    .updateTable('insured_person')
    .set({
      ...(nationalCode !== undefined && { national_code: nationalCode }),
      ...(insuranceNumber !== undefined && { insurance_number: insuranceNumber }),
      ...(firstName !== undefined && { first_name: firstName }),
      ...(lastName !== undefined && { last_name: lastName }),
      ...(fatherName !== undefined && { father_name: fatherName }),
      ...(birthDate !== undefined && { birth_date: birthDate }),
    })
    .where('id', '=', personId)
    .execute();
}
