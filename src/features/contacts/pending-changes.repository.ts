import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { disputeSeconds, type Kind, type TrustedValue } from '../accounts/index.ts';

const dispute = sql`make_interval(secs => ${sql.lit(disputeSeconds)})`;

/** Puts a change in the place of the one of its kind that is pending. `id`: of its event. */
export async function replacePending(
  trx: Transaction<Database>,
  change: Readonly<{ id: string; accountId: string; value: TrustedValue; isTold: boolean }>,
): Promise<void> {
  const { id, accountId, value, isTold } = change;
  await trx
    .deleteFrom('pending_change')
    .where('account_id', '=', accountId)
    .where('kind', '=', value.kind)
    .execute();
  await trx
    .insertInto('pending_change')
    .values({
      id,
      account_id: accountId,
      kind: value.kind,
      address: value.kind === 'answers' ? null : value.address,
      security_questions: value.kind === 'answers' ? [...value.questions] : null,
      security_answers_hash: value.kind === 'answers' ? value.hash : null,
      is_told: isTold,
    })
    .execute();
}

/** A notice that left, of the change with this id, and one that has not come to an end. */
const notices = sql`from message where message.account_id = pending_change.account_id
  and message.challenge_id = pending_change.id`;
const leftAt = sql<Date | null>`(select max(handed_over_at) ${notices})`;
/** One that has not left, for whatever reason but that its address does not exist any more. */
const isOwed = sql<boolean>`exists (select ${notices} and handed_over_at is null
  and coalesce(failure, '') not like 'recipient-refused%')`;

/**
 * From when a change is trusted: 72 hours after the last of its notices left. Null while one is on its way or did not
 * leave, and where none arrived; a change that nobody was there to be told of counts from when it was made.
 */
const trustedFrom = sql<Date | null>`
  case when not is_told then pending_change.created_at + ${dispute}
    when ${isOwed} then null else ${leftAt} + ${dispute} end`;

export type PendingChange = Readonly<{
  id: string;
  kind: Kind;
  address: string | null;
  trustedFrom: Date | null;
}>;

export async function findPending(db: Kysely<Database>, accountId: string): Promise<PendingChange[]> {
  return db
    .selectFrom('pending_change')
    .where('account_id', '=', accountId)
    .select(['id', 'kind', 'address', trustedFrom.as('trustedFrom')])
    .orderBy('id')
    .execute();
}

/** Changes looked at in one round; the next one goes on. */
const batch = 200;

/** Changes whose time has come, of accounts that nobody has locked. */
export async function findRipe(db: Kysely<Database>): Promise<{ id: string; accountId: string }[]> {
  return (
    db
      .selectFrom('pending_change')
      .innerJoin('account', 'account.id', 'pending_change.account_id')
      .where('account.state', '=', 'open')
      // For the look-up; the rule is the next one.
      .where('pending_change.created_at', '<=', sql<Date>`now() - ${dispute}`)
      .where(sql<boolean>`${trustedFrom} <= now()`)
      .select(['pending_change.id', 'pending_change.account_id as accountId'])
      .orderBy('pending_change.id')
      .limit(batch)
      .execute()
  );
}

/** Uses a change up, provided that its account is open; the caller has locked it. */
export async function consumeRipe(trx: Transaction<Database>, id: string): Promise<TrustedValue | undefined> {
  const row = await trx
    .deleteFrom('pending_change')
    .using('account')
    .whereRef('account.id', '=', 'pending_change.account_id')
    .where('account.state', '=', 'open')
    .where('pending_change.id', '=', id)
    .returning([
      'kind',
      'address',
      'pending_change.security_questions as questions',
      'pending_change.security_answers_hash as hash',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { kind, address, questions, hash } = row;
  if (kind === 'answers') return { kind, questions: questions ?? [], hash: hash ?? '' };
  return kind === 'email' ? { kind, address } : { kind, address: address ?? '' };
}

/** Takes a change back; `undefined` when there is none, or it is somebody else's. */
export async function deletePending(
  trx: Transaction<Database>,
  accountId: string,
  id: string,
): Promise<Kind | undefined> {
  const row = await trx
    .deleteFrom('pending_change')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returning('kind')
    .executeTakeFirst();
  return row?.kind;
}

/** Takes every change of an account back; returns of which kinds. */
export async function deleteAllPending(trx: Transaction<Database>, accountId: string): Promise<Kind[]> {
  const rows = await trx
    .deleteFrom('pending_change')
    .where('account_id', '=', accountId)
    .returning('kind')
    .execute();
  return rows.map(({ kind }) => kind).sort();
}

/** What other accounts were to trust of a mobile whose holder has just proved that it is theirs. */
export async function deletePendingMobile(
  trx: Transaction<Database>,
  mobile: string,
  ownerInsuredPersonId: string,
): Promise<void> {
  await trx
    .deleteFrom('pending_change')
    .using('account')
    .whereRef('account.id', '=', 'pending_change.account_id')
    .where('pending_change.kind', '=', 'mobile')
    .where('pending_change.address', '=', mobile)
    .where('account.insured_person_id', '!=', ownerInsuredPersonId)
    .execute();
}

/** Whether an address is left that can be told of what is done to the account. */
export async function hasTrustedAddress(trx: Transaction<Database>, accountId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .where(
      sql<boolean>`((mobile is not null and not 'mobile' = any (barred_kinds))
        or (email is not null and not 'email' = any (barred_kinds)))`,
    )
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}
