import { type Kysely, sql, type Transaction } from 'kysely';
import { getPersonIdColumn, rowToPersonId } from '../../database/person-id.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import {
  type CodeRow,
  completedTtlSeconds,
  countGuess,
  type FlowKey,
  flowTtlSeconds,
  newChallenge,
  permissionTtlSeconds,
} from '../one-time-codes/index.ts';

export type NewRegistration = Readonly<{
  tokenDigest: Buffer;
  person: PersonId;
  /** Gregorian, `YYYY-MM-DD`. */
  birthDate: string;
  mobile: string;
  locale: Locale;
}>;

export async function insertRegistration(trx: Transaction<Database>, registration: NewRegistration) {
  return trx
    .insertInto('registration')
    .values({
      token_digest: registration.tokenDigest,
      [getPersonIdColumn(registration.person.kind)]: registration.person.value,
      birth_date: registration.birthDate,
      mobile: registration.mobile,
      locale: registration.locale,
      ...newChallenge(),
      expires_at: inSeconds(flowTtlSeconds),
    })
    .returning([
      'id',
      'expires_at as expiresAt',
      'challenge_id as challengeId',
      'challenge_expires_at as codeExpiresAt',
      'sends',
      'attempts',
    ])
    .executeTakeFirstOrThrow();
}

const isOpen = (key: FlowKey) => sql<boolean>`
  registration.id = ${key.id} and registration.token_digest = ${key.tokenDigest} and registration.expires_at > now()
  and registration.completed_at is null`;

/** An open registration whose mobile has not been proved. */
export function toCodeRow(key: FlowKey): CodeRow {
  return { table: 'registration', isOpen: sql<boolean>`${isOpen(key)} and verified_at is null` };
}

/** How far a registration has come; `undefined`: there is none. */
export async function findProgress(
  db: Kysely<Database>,
  key: FlowKey,
): Promise<'started' | 'verified' | 'completed' | undefined> {
  const row = await db
    .selectFrom('registration')
    .where('id', '=', key.id)
    .where('token_digest', '=', key.tokenDigest)
    .where('expires_at', '>', now)
    .select(['verified_at', 'completed_at'])
    .executeTakeFirst();
  if (!row?.verified_at) return row && 'started';
  return row.completed_at ? 'completed' : 'verified';
}

/** Whether nothing has been done in an open registration: its token, as far as one can see, has not arrived. */
export async function isUntouched(db: Kysely<Database>, key: FlowKey): Promise<boolean> {
  const row = await db
    .selectFrom('registration')
    .where(isOpen(key))
    .where('verified_at', 'is', null)
    .where('attempts', '=', 0)
    .where('sends', '=', 1)
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whom a code goes to, and who says to be that. */
export const recipientColumns = sql<{
  id: string;
  nationalCode: string | null;
  insuranceNumber: string | null;
  mobile: string;
  locale: Locale;
}>`id, national_code as "nationalCode", insurance_number as "insuranceNumber", mobile, locale`;

/** Who says to own the mobile of a registration. `undefined`: it has ended. */
export async function findClaim(db: Kysely<Database>, id: string): Promise<PersonId | undefined> {
  const row = await db
    .selectFrom('registration')
    .where('id', '=', id)
    .select(['national_code as nationalCode', 'insurance_number as insuranceNumber'])
    .executeTakeFirst();
  return row && rowToPersonId(row);
}

/** Counts a guess before it is judged. `undefined` when there is no unverified open registration. */
export async function countRegistrationGuess(db: Kysely<Database>, key: FlowKey) {
  const columns = sql<{
    nationalCode: string | null;
    insuranceNumber: string | null;
    birthDate: string;
    mobile: string;
  }>`national_code as "nationalCode", insurance_number as "insuranceNumber", birth_date as "birthDate", mobile`;
  const guess = await countGuess(db, toCodeRow(key), columns);
  return guess && { ...guess, person: rowToPersonId(guess) };
}

/**
 * Uses the proof up: of any number of requests at once one gets the new end of the flow. Whom the register says it is may
 * have changed while the owner of the mobile was asked for.
 */
export async function markVerified(
  db: Kysely<Database>,
  key: FlowKey,
  challengeId: string,
  insuredPersonId: string,
): Promise<Date | undefined> {
  const row = await db
    .updateTable('registration')
    .set({
      verified_at: now,
      insured_person_id: insuredPersonId,
      expires_at: inSeconds(permissionTtlSeconds),
    })
    .where(isOpen(key))
    .where('challenge_id', '=', challengeId)
    .where('verified_at', 'is', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('insured_person as person')
          .where('person.id', '=', insuredPersonId)
          .whereRef('person.birth_date', '=', 'registration.birth_date')
          .where(
            sql<boolean>`case when registration.national_code is null then person.insurance_number = registration.insurance_number
              else person.national_code = registration.national_code end`,
          )
          .select('person.id')
          .forKeyShare(),
      ),
    )
    .returning('expires_at')
    .executeTakeFirst();
  return row?.expires_at;
}

/** Ends a registration whose details turned out not to hold. `false`: another request was first. */
export async function endRegistration(
  trx: Transaction<Database>,
  key: FlowKey,
  challengeId: string,
): Promise<boolean> {
  const row = await trx
    .deleteFrom('registration')
    .where(isOpen(key))
    .where('challenge_id', '=', challengeId)
    .where('verified_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** A verified registration with what the password is checked against; uses nothing up. */
export async function findVerified(db: Kysely<Database>, key: FlowKey) {
  return db
    .selectFrom('registration')
    .innerJoin('insured_person', 'insured_person.id', 'registration.insured_person_id')
    .where(isOpen(key))
    .where('verified_at', 'is not', null)
    .select([
      'registration.national_code as nationalCode',
      'insured_person.insurance_number as insuranceNumber',
      'registration.mobile',
      'registration.birth_date as birthDate',
      'insured_person.first_name as firstName',
      'insured_person.last_name as lastName',
    ])
    .executeTakeFirst();
}

/** Uses a verified registration up: the account is created in the same transaction or not at all. */
export async function consumeVerified(trx: Transaction<Database>, key: FlowKey) {
  const row = await trx
    .updateTable('registration')
    .set({ completed_at: now, expires_at: inSeconds(completedTtlSeconds) })
    .where(isOpen(key))
    .where('verified_at', 'is not', null)
    .returning([
      'insured_person_id as insuredPersonId',
      'national_code as nationalCode',
      'insurance_number as insuranceNumber',
      'mobile',
      'locale',
    ])
    .executeTakeFirst();
  return row && { ...row, person: rowToPersonId(row) };
}

/**
 * The person of the register, by user name and birth date (Gregorian), and their account if there is one. By
 * insurance number only who has no national code: nobody has two user names.
 */
export async function findRegistrant(db: Kysely<Database>, person: PersonId, birthDate: string) {
  return db
    .selectFrom('insured_person')
    .leftJoin('account', 'account.insured_person_id', 'insured_person.id')
    .where(`insured_person.${getPersonIdColumn(person.kind)}`, '=', person.value)
    .$if(person.kind === 'insurance-number', (query) =>
      query.where('insured_person.national_code', 'is', null),
    )
    .where('insured_person.birth_date', '=', birthDate)
    .select(['insured_person.id', 'account.id as accountId'])
    .executeTakeFirst();
}

export async function cleanUpRegistrations(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('registration')
    .where('expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Ends sign-ups that have been proved as these people: what they matched may not hold any more. */
export async function endRegistrations(
  trx: Transaction<Database>,
  insuredPersonIds: readonly string[],
): Promise<void> {
  await trx
    .deleteFrom('registration')
    .where('insured_person_id', 'in', [...insuredPersonIds])
    .execute();
}
