import { type Kysely, sql, type Transaction } from 'kysely';
import { liveSession } from '../../database/live-session.ts';
import { getPersonIdColumn, rowToPersonId } from '../../database/person-id.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Principal } from '../../kernel/caller.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import type { AccountState, Lock } from './accounts.table.ts';
import { rememberPassword } from './password-hashes.repository.ts';

export type NewAccount = Readonly<{
  insuredPersonId: string;
  person: PersonId;
  mobile: string;
  locale: Locale;
  passwordHash: string;
  securityQuestions: readonly string[];
  securityAnswersHash: string;
}>;

/** Where accounts keep a user name of this kind. */
export function userNameColumn(kind: PersonId['kind']) {
  return `account.${getPersonIdColumn(kind)}` as const;
}

export async function findAccountId(db: Kysely<Database>, person: PersonId): Promise<string | undefined> {
  const row = await db
    .selectFrom('account')
    .where(userNameColumn(person.kind), '=', person.value)
    .select('id')
    .executeTakeFirst();
  return row?.id;
}

/** What the owner of an account is known by. */
export async function findPersonId(db: Kysely<Database>, accountId: string): Promise<PersonId | undefined> {
  const row = await db
    .selectFrom('account')
    .where('id', '=', accountId)
    .select(['national_code as nationalCode', 'insurance_number as insuranceNumber'])
    .executeTakeFirst();
  return row && rowToPersonId(row);
}

/** The account of a live session with what proving its password, and changing it, needs. */
export async function findOwner(db: Kysely<Database>, principal: Principal) {
  return liveSession(db, principal)
    .innerJoin('insured_person', 'insured_person.id', 'account.insured_person_id')
    .select([
      'account.id',
      'account.insured_person_id as insuredPersonId',
      'account.national_code as nationalCode',
      'insured_person.insurance_number as insuranceNumber',
      'account.password_hash as passwordHash',
      'account.mobile',
      'account.email',
      'account.security_answers_hash as securityAnswersHash',
      'account.barred_kinds as barredKinds',
    ])
    .executeTakeFirst();
}

/** The new account's id; `null` when the person has one already. */
export async function insertAccount(trx: Transaction<Database>, account: NewAccount): Promise<string | null> {
  const row = await trx
    .insertInto('account')
    .values({
      insured_person_id: account.insuredPersonId,
      [getPersonIdColumn(account.person.kind)]: account.person.value,
      mobile: account.mobile,
      locale: account.locale,
      password_hash: account.passwordHash,
      security_questions: [...account.securityQuestions],
      security_answers_hash: account.securityAnswersHash,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row) return null;
  await rememberPassword(trx, row.id, account.passwordHash);
  return row.id;
}

/**
 * Whoever changes a password locks the account before sessions and flows: one order for all, so that two
 * changes at once wait for each other instead of deadlocking.
 */
export async function lockAccount(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .select('id')
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** With sessions, devices, hashes and pending changes. */
export async function deleteAccount(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx.deleteFrom('account').where('id', '=', accountId).execute();
}

export async function findState(
  trx: Transaction<Database>,
  accountId: string,
): Promise<AccountState | undefined> {
  const row = await trx.selectFrom('account').where('id', '=', accountId).select('state').executeTakeFirst();
  return row?.state;
}

/** Whether somebody disputes what was done to the account, disabled or not. */
export async function isLocked(trx: Transaction<Database>, accountId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .where('lock', '!=', 'open')
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** For how long the word of the first operator holds. */
const erasureRequestSeconds = 7 * 24 * 60 * 60;

export async function isErasureAskedForByAnother(
  trx: Transaction<Database>,
  accountId: string,
  actor: string,
): Promise<boolean> {
  const row = await trx
    .selectFrom('activity')
    .where('account_id', '=', accountId)
    .where('kind', '=', 'account-erasure-requested')
    .where('actor', '!=', actor)
    .where('occurred_at', '>', inSeconds(-erasureRequestSeconds))
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** What a new password of an account must have nothing to do with. */
export async function findPersonalData(db: Kysely<Database>, accountId: string) {
  const row = await db
    .selectFrom('account')
    .innerJoin('insured_person', 'insured_person.id', 'account.insured_person_id')
    .where('account.id', '=', accountId)
    .select([
      'account.national_code',
      'insured_person.insurance_number',
      'account.mobile',
      'account.email',
      'birth_date',
      'first_name',
      'last_name',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    ...(row.national_code !== null && { nationalCode: row.national_code }),
    ...(row.insurance_number !== null && { insuranceNumber: row.insurance_number }),
    ...(row.mobile !== null && { mobile: row.mobile }),
    names: [row.first_name, row.last_name],
    ...(row.email !== null && { email: row.email }),
    ...(row.birth_date !== null && { birthDate: row.birth_date }),
  };
}

/** Disables an account, or opens it to whatever its lock says. `false`: it is in that state, or there is none. */
export async function setDisabled(
  trx: Transaction<Database>,
  accountId: string,
  isDisabled: boolean,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('account')
    .set({ disabled_at: isDisabled ? now : null })
    .where('id', '=', accountId)
    .where('disabled_at', isDisabled ? 'is' : 'is not', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Locks an account until a recovery; one that needs two kinds already goes on needing them. */
export async function lockOut(trx: Transaction<Database>, accountId: string, lock: Lock): Promise<void> {
  await trx
    .updateTable('account')
    .set({ lock: sql<Lock>`case when lock = 'locked-two' then lock else ${lock} end` })
    .where('id', '=', accountId)
    .execute();
}
