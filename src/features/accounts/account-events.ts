import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { EventCause } from './accounts.table.ts';
import { disputeSeconds, type Kind } from './kinds.ts';

export type AccountEvent = Readonly<{
  accountId: string;
  cause: EventCause;
  /** What is to change, what a recovery rested on, or what a bar was proved by. */
  kinds: readonly Kind[];
  barredKind?: Kind;
}>;

/** Longer than a notice may be on its way and then be disputed. */
const retentionSeconds = 14 * 24 * 60 * 60;

/** Writes down what can be disputed; returns the id that the links in its notices are derived from. */
export async function insertEvent(trx: Transaction<Database>, event: AccountEvent): Promise<string> {
  const { id } = await trx
    .insertInto('account_event')
    .values({
      account_id: event.accountId,
      cause: event.cause,
      kinds: [...event.kinds],
      barred_kind: event.barredKind ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The same for somebody who may have no account, by the same statement: `null`, and nothing is written. */
export async function insertEventOfAnybody(
  trx: Transaction<Database>,
  { accountId, cause }: Pick<AccountEvent, 'cause'> & Readonly<{ accountId: string | null }>,
): Promise<string | null> {
  const row = await trx
    .insertInto('account_event')
    .columns(['account_id', 'cause'])
    .expression((eb) =>
      eb
        .selectFrom('account')
        .where('id', '=', accountId)
        .select(['id', sql<EventCause>`${cause}`.as('cause')]),
    )
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/**
 * Nothing that happened to the account before can be disputed any more, and what is pending is gone. What is to happen
 * in the register still can.
 */
export async function forgetEvents(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx
    .deleteFrom('account_event')
    .where('account_id', '=', accountId)
    .where('cause', '!=', 'register-change')
    .execute();
}

/** Whether a recovery rested on this kind so recently that it may have been a thief's. */
export async function restedRecently(
  trx: Transaction<Database>,
  accountId: string,
  kind: Kind,
): Promise<boolean> {
  const event = await trx
    .selectFrom('account_event')
    .where('account_id', '=', accountId)
    .where('cause', '=', 'recovery')
    .where(sql<boolean>`${kind} = any (kinds)`)
    .where('occurred_at', '>', inSeconds(-disputeSeconds))
    .select('id')
    .limit(1)
    .executeTakeFirst();
  return event !== undefined;
}

/** Forgets what nobody can dispute any more; what is pending is still to be disputed. */
export async function cleanUpEvents(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('account_event')
    .where('occurred_at', '<=', sql<Date>`${now} - make_interval(secs => ${sql.lit(retentionSeconds)})`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('pending_change').whereRef('pending_change.id', '=', 'account_event.id').select('id'),
        ),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

export async function markDisputed(trx: Transaction<Database>, eventId: string): Promise<void> {
  await trx.updateTable('account_event').set({ disputed_at: now }).where('id', '=', eventId).execute();
}
