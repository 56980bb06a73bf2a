import { sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';

/** What accounts take from the register of people when it changes. Called with accounts and people locked. */

/** The user name of a person's account, if there is one, is what the register knows them by. */
export async function followRegister(trx: Transaction<Database>, insuredPersonId: string): Promise<void> {
  await trx
    .updateTable('account')
    .from('insured_person')
    .whereRef('insured_person.id', '=', 'account.insured_person_id')
    .where('insured_person.id', '=', insuredPersonId)
    .set({
      national_code: sql`insured_person.national_code`,
      insurance_number: sql`case when insured_person.national_code is null then insured_person.insurance_number end`,
    })
    .execute();
}

/**
 * Gives one person's account to another. Returns its id; `undefined`: there was none. That both have one stays an error of
 * PostgreSQL. `only`: no other account than this one.
 */
export async function moveAccount(
  trx: Transaction<Database>,
  from: string,
  to: string,
  only?: string,
): Promise<string | undefined> {
  const row = await trx
    .updateTable('account')
    .set({ insured_person_id: to })
    .where('insured_person_id', '=', from)
    .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}
