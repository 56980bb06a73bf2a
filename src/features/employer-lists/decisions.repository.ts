import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { PersonDetails } from './weighing.ts';

/** What people decide of the register's entries, whatever lists say. */

export type Decided = Readonly<{ field: string; value: unknown }>;

/** Decisions hold against all lists; the newest of a field counts. */
export async function insertDecisions(
  trx: Transaction<Database>,
  {
    personId,
    by,
    reason,
    changeId,
  }: Readonly<{ personId: string; by: string; reason: string; changeId: string }>,
  decided: readonly Decided[],
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
        register_change_id: changeId,
      })),
    )
    .execute();
}

/** Takes the decisions back that a change has made. */
export async function takeDecisionsBack(trx: Transaction<Database>, changeId: string): Promise<void> {
  await trx.deleteFrom('insured_person_decision').where('register_change_id', '=', changeId).execute();
}

/** Writes what the register says of a person, decided or not. */
export async function setDetails(
  trx: Transaction<Database>,
  personId: string,
  details: Partial<PersonDetails & Readonly<{ nationalCode: string | null }>>,
): Promise<void> {
  const { nationalCode, insuranceNumber, firstName, lastName, fatherName, birthDate } = details;
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
