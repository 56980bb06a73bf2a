import { type Kysely, type SqlBool, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import { disputeSeconds } from '../accounts/index.ts';
import type { ChangeKind, ChangeOutcome, Previous } from './people.table.ts';
import { maxChangesShown, type PersonDetails } from './person-details.ts';

const hour = 60 * 60;
/** For the approval. */
const approvableSeconds = 24 * hour;
/** For notices to leave, which everybody waits for: that there was somebody to tell is not to be seen. */
const noticeSeconds = 5 * 60;
/** A change whose notices have not left by then does not happen: events are kept for 14 days. */
const ripeSeconds = 10 * 24 * hour;

const seconds = (count: number) => sql`make_interval(secs => ${sql.lit(count)})`;

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
    .limit(maxChangesShown)
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

export async function findRipe(db: Kysely<Database>): Promise<string[]> {
  const rows = await db
    .selectFrom('register_change')
    .where('outcome', 'is', null)
    .where(isRipe)
    .select('id')
    .orderBy('approved_at')
    .limit(batch)
    .execute();
  return rows.map(({ id }) => id);
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
