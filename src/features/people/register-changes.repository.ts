import { type Kysely, type SqlBool, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import { disputeSeconds } from '../accounts/index.ts';
import type { ChangeKind, ChangeOutcome, Previous } from './people.table.ts';
import type { PersonDetails } from './person-details.ts';

const hour = 60 * 60;
/** For the second word. */
const approvableSeconds = 24 * hour;
/** For notices to leave, which everybody waits for: that there was somebody to tell is not to be seen. */
const noticeSeconds = 5 * 60;
/** A change whose notices have not left by then does not happen: events are kept for 14 days. */
const ripeSeconds = 10 * 24 * hour;

const seconds = (count: number) => sql`make_interval(secs => ${sql.lit(count)})`;

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

export type NewChange = Readonly<{
  kind: ChangeKind;
  personId: string;
  otherId: string | null;
  details: Partial<PersonDetails>;
  reason: string;
  branch: string | null;
  requestedBy: string;
  reverses?: string;
}>;

const columns = [
  'id',
  'kind',
  'insured_person_id as personId',
  'other_id as otherId',
  'details',
  'previous',
  'reason',
  'branch',
  'requested_by as requestedBy',
  'approved_by as approvedBy',
  'approved_at as approvedAt',
  'event_ids as eventIds',
  'reverses',
  'outcome',
  'created_at as createdAt',
] as const;

const approvableUntil = sql<Date>`created_at + ${seconds(approvableSeconds)}`;
const effectiveFrom = sql<Date | null>`approved_at + ${seconds(disputeSeconds + noticeSeconds)}`;
const isApprovable = sql<boolean>`outcome is null and approved_at is null and ${approvableUntil} > now()`;
const isWaiting = sql<boolean>`outcome is null and approved_at + ${seconds(ripeSeconds)} > now()`;

export type ChangeState = 'approval-needed' | 'waiting' | 'expired' | ChangeOutcome;

const state = sql<ChangeState>`coalesce(outcome,
  case when ${isApprovable} then 'approval-needed' when ${isWaiting} then 'waiting' else 'expired' end)`;

const viewed = [
  ...columns,
  state.as('state'),
  approvableUntil.as('approvableUntil'),
  effectiveFrom.as('effectiveFrom'),
] as const;

export async function insertChange(trx: Transaction<Database>, change: NewChange) {
  return trx
    .insertInto('register_change')
    .values({
      kind: change.kind,
      insured_person_id: change.personId,
      other_id: change.otherId,
      details: JSON.stringify(change.details),
      reason: change.reason,
      branch: change.branch,
      requested_by: change.requestedBy,
      reverses: change.reverses ?? null,
    })
    .returning(viewed)
    .executeTakeFirstOrThrow();
}

export type RegisterChange = Awaited<ReturnType<typeof insertChange>>;

/** Whoever spoke for a change at a desk is an officer of that branch still. */
const isByOfficers = sql<boolean>`not exists (
  select from unnest(array_remove(array[requested_by, approved_by], null)) as giver
  where branch is not null and not exists (
    select from officer join account as own on own.id = officer.account_id and own.state = 'open'
    where 'officer:' || officer.account_id = giver and officer.branch = register_change.branch))`;

/**
 * Approves what somebody else of the same branch has asked for, and not for the own person: one guarded update, of which
 * any number at once get one row. `accountId`: of the officer; `null`: an operator approves what one asked for.
 */
export async function approveChange(
  trx: Transaction<Database>,
  { id, branch, by, accountId }: { id: string; branch: string | null; by: string; accountId: string | null },
): Promise<RegisterChange | undefined> {
  return trx
    .updateTable('register_change')
    .set({ approved_by: by, approved_at: now })
    .where('id', '=', id)
    .where(sql<SqlBool>`branch is not distinct from ${branch}`)
    .where('requested_by', '!=', by)
    .where(isApprovable)
    .where(isByOfficers)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('account')
            .where('account.id', '=', accountId)
            .where(
              sql<SqlBool>`account.insured_person_id in (register_change.insured_person_id, register_change.other_id)`,
            )
            .select('account.id'),
        ),
      ),
    )
    .returning(viewed)
    .executeTakeFirst();
}

/** `branch`: changes asked for at another one are not seen; without it, by operators, all are. */
export async function findChange(
  db: Kysely<Database>,
  id: string,
  branch?: string,
): Promise<RegisterChange | undefined> {
  return db
    .selectFrom('register_change')
    .where('id', '=', id)
    .$if(branch !== undefined, (query) => query.where('branch', '=', branch ?? ''))
    .select(viewed)
    .executeTakeFirst();
}

/** Newest first; the trace of a person. */
export async function findChangesOf(db: Kysely<Database>, personId: string): Promise<RegisterChange[]> {
  return db
    .selectFrom('register_change')
    .where(({ or, eb }) => or([eb('insured_person_id', '=', personId), eb('other_id', '=', personId)]))
    .select(viewed)
    .orderBy('created_at', 'desc')
    .limit(50)
    .execute();
}

export async function addEvents(
  trx: Transaction<Database>,
  id: string,
  eventIds: readonly string[],
): Promise<void> {
  await trx
    .updateTable('register_change')
    .set({ event_ids: sql`event_ids || ${[...eventIds]}::uuid[]` })
    .where('id', '=', id)
    .execute();
}

/** Somebody has an account and no notice of the change reached them: who signed up meanwhile, or has no address left. */
const isUntold = sql<boolean>`exists (
  select from account where account.insured_person_id in (register_change.insured_person_id, register_change.other_id)
    and not exists (select from account_event join message on message.account_id = account_event.account_id
        and message.challenge_id = account_event.id and message.handed_over_at is not null
      where account_event.account_id = account.id and account_event.id = any (register_change.event_ids)))`;

const noticesOf = sql`from account_event join message on message.account_id = account_event.account_id
  and message.challenge_id = account_event.id where account_event.id = any (register_change.event_ids)`;

/** The owner of an account has spoken: it waits for nothing. */
export const byOwner = 'owner';
const isByOwner = sql<boolean>`requested_by = ${sql.lit(byOwner)}`;

/** The wait is over for every notice, none is still on its way, and nobody whom it concerns is locked. */
const isRipe = sql<boolean>`(${isByOwner} or ${isWaiting} and ${effectiveFrom} <= now()
  and not exists (select ${noticesOf}
    and (handed_over_at is null and coalesce(failure, '') not like 'recipient-refused%'
      or handed_over_at + ${seconds(disputeSeconds)} > now()))
  and not exists (select from account
    where account.insured_person_id in (register_change.insured_person_id, register_change.other_id)
      and account.state <> 'open'))`;

/** Changes looked at in one round; the next one goes on. */
const batch = 50;

export async function findRipe(db: Kysely<Database>): Promise<{ id: string; people: string[] }[]> {
  const rows = await db
    .selectFrom('register_change')
    .where('outcome', 'is', null)
    .where(isRipe)
    .select(['id', 'insured_person_id as personId', 'other_id as otherId'])
    .orderBy('approved_at')
    .limit(batch)
    .execute();
  return rows.map(({ id, personId, otherId }) => ({
    id,
    people: otherId ? [personId, otherId] : [personId],
  }));
}

/**
 * Uses a ripe change up; the caller has locked accounts and people. It does not happen where somebody was not told, or a
 * giver is no officer any more.
 */
export async function consumeRipe(
  trx: Transaction<Database>,
  id: string,
): Promise<RegisterChange | undefined> {
  return trx
    .updateTable('register_change')
    .set({
      outcome: sql<ChangeOutcome>`case when not ${isByOwner} and (${isUntold} or not ${isByOfficers}) then 'not-possible' else 'applied' end`,
      settled_at: now,
    })
    .where('id', '=', id)
    .where('outcome', 'is', null)
    .where(isRipe)
    .returning(viewed)
    .executeTakeFirst();
}

/** From one outcome to the next; `undefined`: it has another one by now. */
export async function settleChange(
  trx: Transaction<Database>,
  id: string,
  from: ChangeOutcome | null,
  to: ChangeOutcome,
): Promise<RegisterChange | undefined> {
  return trx
    .updateTable('register_change')
    .set({ outcome: to, settled_at: now })
    .where('id', '=', id)
    .where(sql<SqlBool>`outcome is not distinct from ${from}`)
    .returning(viewed)
    .executeTakeFirst();
}

export async function setPrevious(trx: Transaction<Database>, id: string, previous: Previous): Promise<void> {
  await trx
    .updateTable('register_change')
    .set({ previous: JSON.stringify(previous) })
    .where('id', '=', id)
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

/** Requests that nobody approved, after a week. */
export async function cleanUpRequests(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('register_change')
    .where('outcome', 'is', null)
    .where('approved_at', 'is', null)
    .where('requested_by', '!=', byOwner)
    .where('created_at', '<', sql<Date>`now() - interval '7 days'`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** What an event's link disputes, if it is a change of the register. */
export async function findByEvent(
  trx: Transaction<Database>,
  eventId: string,
): Promise<RegisterChange | undefined> {
  return trx
    .selectFrom('register_change')
    .where(sql<SqlBool>`event_ids @> array[${eventId}::uuid]`)
    .select(viewed)
    .executeTakeFirst();
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
