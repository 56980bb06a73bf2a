import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { disputeSeconds } from '../accounts/index.ts';

/** Whose event it is: the account is locked before the event is looked at. */
export async function findEventAccount(db: Kysely<Database>, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('account_event')
    .where('id', '=', id)
    .select('account_id')
    .executeTakeFirst();
  return row?.account_id;
}

/** An event with the addresses that its account trusts, and those that it has barred. */
export async function findEvent(trx: Transaction<Database>, id: string) {
  return trx
    .selectFrom('account_event')
    .innerJoin('account', 'account.id', 'account_event.account_id')
    .where('account_event.id', '=', id)
    .select([
      'account_event.id',
      'account.id as accountId',
      'cause',
      'kinds',
      'barred_kind as barredKind',
      'disputed_at as disputedAt',
      'account.mobile',
      'account.email',
      'account.barred_kinds as barredKinds',
    ])
    .executeTakeFirst();
}

export type DisputableEvent = NonNullable<Awaited<ReturnType<typeof findEvent>>>;

/** Whether the notice of an event left for an address so recently that it can still be disputed from there. */
export async function isInTime(
  trx: Transaction<Database>,
  eventId: string,
  address: string,
): Promise<boolean> {
  const notice = await trx
    .selectFrom('message')
    .innerJoin('account_event', 'account_event.account_id', 'message.account_id')
    .where('account_event.id', '=', eventId)
    .where('challenge_id', '=', eventId)
    .where('destination', '=', address)
    .where(
      sql<boolean>`coalesce(handed_over_at, case when state in ('queued', 'sending') then now() else message.updated_at end)
        > now() - make_interval(secs => ${sql.lit(disputeSeconds)})`,
    )
    .select('message.id')
    .executeTakeFirst();
  return notice !== undefined;
}
