import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { ActivityKind } from './activity-kinds.ts';

export { type ActivityKind, activityKinds } from './activity-kinds.ts';

/** Where something came from, as its owner may see it. */
export type Origin = Readonly<{ coarseNetwork: string; userAgent: string }>;

export type ActivityEntry = Readonly<{
  /** `null`: nobody's; written all the same, so that unknown people take as long as known ones. */
  accountId: string | null;
  kind: ActivityKind;
  outcome: 'succeeded' | 'refused';
  origin: Origin;
  flowId?: string;
  /** Who did it, where it was not the person: `operator:NAME`, `officer:ACCOUNT`. */
  actor?: string;
}>;

/**
 * Writes an entry. Inside the transaction of what it tells of: if the entry cannot be written, the thing
 * does not happen.
 */
export async function recordActivity(db: Kysely<Database>, entry: ActivityEntry): Promise<void> {
  await recording(entry, sql`${entry.accountId}::uuid`).execute(db);
}

/** The statement that `recordActivity` runs, to be a part of a larger one: for each row of `from`, a clause. */
export function recording(
  {
    kind,
    outcome,
    origin,
    flowId,
    actor,
  }: Omit<ActivityEntry, 'accountId' | 'flowId'> & {
    flowId?: string | RawBuilder<string>;
  },
  accountId: RawBuilder<unknown>,
  from: RawBuilder<unknown> = sql``,
): RawBuilder<{ id: string }> {
  return sql`
    insert into activity (account_id, kind, outcome, network, user_agent, flow_id, actor)
    select ${accountId}, ${kind}, ${outcome}, ${origin.coarseNetwork}, ${origin.userAgent},
      ${flowId ?? null}::uuid, ${actor ?? null} ${from}
    returning id`;
}

/**
 * Makes an entry one of what succeeded, as a part of a larger statement: where `from`, a clause, has a row and `when`
 * holds. The row is written again either way, so that both take as long.
 */
export function amending(
  { entryId, kind, when = true }: Readonly<{ entryId: string; kind: ActivityKind; when?: boolean }>,
  from: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`
    update activity set kind = case when ${when}::boolean then ${kind} else kind end,
      outcome = case when ${when}::boolean then 'succeeded' else outcome end
    ${from} where activity.id = ${entryId}`;
}

/** Takes an entry back of what has not happened after all, as a part of a larger statement. */
export function withdrawing(entryId: string): RawBuilder<unknown> {
  return sql`delete from activity where id = ${entryId}`;
}

/** Entries of guesses at accounts that do not exist are only there to cost the same time. */
export async function cleanUpDecoyActivity(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('activity')
    .where('account_id', 'is', null)
    .where('occurred_at', '<', sql<Date>`now() - interval '1 minute'`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

const cleanupBatch = 5_000;

/** Nothing of an account grows without bound. */
export async function cleanUpOldActivity(db: Kysely<Database>, retentionDays: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from activity where id in (
      select id from activity where id < uuidv7(make_interval(days => -${retentionDays}::integer))
      order by id limit ${cleanupBatch}
    )`.execute(db);
  return Number(numAffectedRows);
}

/** What is written about an account beside it; its row goes by itself. */
export async function deleteActivity(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx.deleteFrom('activity').where('account_id', '=', accountId).execute();
}
