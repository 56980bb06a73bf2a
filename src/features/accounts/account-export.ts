import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';

/** Years of a busy account; more than that is an attack that the newest entries tell of as well. */
const maxEntries = 10_000;

export type AccountExport = NonNullable<Awaited<ReturnType<typeof exportAccount>>>;

/**
 * Everything that is kept about an account beside its secrets, as of one moment. The insurance record has
 * addresses of its own. Instants are RFC 3339, dates Gregorian.
 */
export async function exportAccount(db: Kysely<Database>, accountId: string) {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const account = await readAccount(trx, accountId);
      if (!account) return undefined;
      const { insuredPersonId, exportedAt, ...own } = account;
      return {
        exportedAt,
        account: own,
        person: await readPerson(trx, insuredPersonId),
        ...(await readAccess(trx, accountId)),
        ...(await readHistory(trx, accountId)),
      };
    });
}

const readAccount = (trx: Transaction<Database>, accountId: string) =>
  trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .select([
      'insured_person_id as insuredPersonId',
      'id',
      'national_code as nationalCode',
      'insurance_number as insuranceNumber',
      'mobile',
      'email',
      'barred_kinds as barredKinds',
      'locale',
      'state',
      'security_questions as securityQuestions',
      'password_changed_at as passwordChangedAt',
      'created_at as createdAt',
      now.as('exportedAt'),
    ])
    .executeTakeFirst();

const readPerson = (trx: Transaction<Database>, insuredPersonId: string) =>
  trx
    .selectFrom('insured_person')
    .where('id', '=', insuredPersonId)
    .select([
      'first_name as firstName',
      'last_name as lastName',
      'father_name as fatherName',
      'birth_date as birthDate',
      'insurance_number as insuranceNumber',
    ])
    .executeTakeFirstOrThrow();

async function readAccess(trx: Transaction<Database>, accountId: string) {
  const sessions = await trx
    .selectFrom('session')
    .where('account_id', '=', accountId)
    .select([
      'id',
      'user_agent as userAgent',
      'network',
      'created_at as createdAt',
      'last_used_at as lastUsedAt',
    ])
    .execute();
  const devices = await trx
    .selectFrom('device')
    .where('account_id', '=', accountId)
    .select(['created_at as createdAt', 'last_used_at as lastUsedAt'])
    .execute();
  const pendingChanges = await trx
    .selectFrom('pending_change')
    .where('account_id', '=', accountId)
    .select(['kind', 'address', 'created_at as createdAt'])
    .execute();
  return { sessions, devices, pendingChanges };
}

async function readHistory(trx: Transaction<Database>, accountId: string) {
  const messages = await trx
    .selectFrom('message')
    .where('account_id', '=', accountId)
    .select(['channel', 'purpose', 'destination', 'state', 'created_at as createdAt'])
    .orderBy('id', 'desc')
    .limit(maxEntries)
    .execute();
  const activity = await trx
    .selectFrom('activity')
    .where('account_id', '=', accountId)
    .select(['kind', 'outcome', 'network', 'user_agent as userAgent', 'occurred_at as occurredAt'])
    .orderBy('id', 'desc')
    .limit(maxEntries)
    .execute();
  return { messages, activity };
}
