import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';

/** At most `limit` uses in any `windowSeconds`. */
export type Window = Readonly<{ limit: number; windowSeconds: number }>;

/** All of them at once. The longest one first: its uses are what is kept. */
export type SlidingQuota = readonly [Window, ...Window[]];

/** One counter: `key` is a keyed digest, so that the table does not say whose it is. */
export type Counter = Readonly<{ key: RawBuilder<unknown> | Buffer; quota: SlidingQuota }>;

/** `used`: within the longest window, this use included if it was allowed. */
export type CounterRow = Readonly<{ key: Buffer; allowed: boolean; used: number; resetsIn: number }>;

export type SlidingConsumption = Readonly<{
  /** Whether every counter still had a use. */
  allowed: boolean;
  /** Of the counter that has most. */
  used: number;
  /** What was counted: to be refunded if the use was right, or has not been judged. */
  charged: readonly Buffer[];
  /** Seconds until the counter that is used up has a use again. */
  resetsInSeconds: number;
}>;

/** When every window has a use again; null where nothing stands in the way. `uses`: a column, oldest first. */
const usableAt = (uses: string, quota: SlidingQuota) =>
  sql`greatest(${sql.join(
    quota.map(({ limit, windowSeconds }) => {
      const nthNewest = sql.raw(`(${uses})[cardinality(${uses}) - ${limit - 1}]`);
      return sql`${nthNewest} + make_interval(secs => ${sql.lit(windowSeconds)})`;
    }),
  )})`;
const isAllowed = (uses: string, quota: SlidingQuota) =>
  sql<boolean>`coalesce(${usableAt(uses, quota)} <= now(), true)`;

/**
 * The statement that counts one use, to be a part of a larger one.
 * @param key of each row of `from`, a clause like `from flow where …`; without one of a single row
 */
export function slidingConsumption(
  key: Counter['key'],
  quota: SlidingQuota,
  from: RawBuilder<unknown> = sql``,
): RawBuilder<CounterRow> {
  const lifetime = sql`make_interval(secs => ${sql.lit(quota[0].windowSeconds)})`;
  const allowed = isAllowed('sliding_quota.uses', quota);
  return sql`
    insert into sliding_quota (key, uses, expires_at)
    select ${key}::bytea, array[now()], now() + ${lifetime} ${from}
    on conflict (key) do update set
      uses = case when ${allowed}
        then array(select at from unnest(sliding_quota.uses) as use (at) where at > now() - ${lifetime} order by at)
          || excluded.uses
        else sliding_quota.uses end,
      expires_at = case when ${allowed} then excluded.expires_at else sliding_quota.expires_at end
    returning key, ${isAllowed('old.uses', quota)} as allowed,
      (select count(*)::integer from unnest(new.uses) as use (at) where at > now() - ${lifetime}) as used,
      coalesce(ceil(extract(epoch from ${usableAt('old.uses', quota)} - now())), 0)::integer as "resetsIn"`;
}

/** Whether one more use would be refused: a condition within a statement, which counts nothing. */
export const usedUp = ({ key, quota }: Counter) => sql<boolean>`
  exists (select from sliding_quota where sliding_quota.key = ${key}::bytea and not ${isAllowed('uses', quota)})`;

/** Whether half of the longest window's uses are gone: the same. */
export const halfUsedUp = ({ key, quota: [{ limit, windowSeconds }] }: Counter) =>
  usedUp({ key, quota: [{ limit: Math.ceil(limit / 2), windowSeconds }] });

/** What the rows of counters say together that were counted one after the other, each if the one before was allowed. */
export function toSlidingConsumption(rows: readonly CounterRow[]): SlidingConsumption {
  const last = rows.at(-1);
  return {
    allowed: rows.every(({ allowed }) => allowed),
    used: Math.max(0, ...rows.map(({ used }) => used)),
    charged: rows.filter(({ allowed }) => allowed).map(({ key }) => key),
    resetsInSeconds: Math.max(1, last?.resetsIn ?? 0),
  };
}

/**
 * Takes one use back of each counter, if `condition` holds: to be a part of a larger statement. Locked in the order in
 * which they were counted, so that two at once wait instead of deadlocking.
 */
export const slidingRefund = (
  charged: readonly Buffer[],
  condition: RawBuilder<boolean> = sql`true`,
): RawBuilder<unknown> => sql`
  update sliding_quota set uses = trim_array(uses, 1),
    expires_at = case when cardinality(uses) = 1 then now() else expires_at end
  from (
    select key from sliding_quota where key = any(${charged}::bytea[]) and ${condition}
    order by array_position(${charged}::bytea[], key) for update
  ) as counter
  where sliding_quota.key = counter.key and cardinality(uses) > 0`;

/**
 * Counts one use in every counter, or in none: each by one atomic statement, so that any number of requests at once, on any
 * number of replicas, get no more than `limit` between them. What is not allowed is not counted, so that each use is back
 * as soon as it is as old as its window; nothing but time and `refundUses` gives any back.
 */
export async function consumeAll(
  db: Kysely<Database>,
  counters: readonly [Counter, ...Counter[]],
): Promise<SlidingConsumption> {
  const nameOf = (index: number) => sql.table(`counter_${index}`);
  const steps = counters.map(({ key, quota }, index) => {
    const before = nameOf(index - 1);
    const from = index === 0 ? sql`` : sql`from ${before} where ${before}.allowed`;
    return sql`${nameOf(index)} as (${slidingConsumption(key, quota, from)})`;
  });
  const all = counters.map((_, index) => sql`select * from ${nameOf(index)}`);
  const { rows } = await sql<CounterRow>`
    with ${sql.join(steps)} ${sql.join(all, sql` union all `)}`.execute(db);
  return allOrNothing(db, toSlidingConsumption(rows));
}

/** What was counted before a counter that is used up is taken back. */
export async function allOrNothing(
  db: Kysely<Database>,
  consumption: SlidingConsumption,
): Promise<SlidingConsumption> {
  if (consumption.allowed) return consumption;
  await refundUses(db, consumption.charged);
  return { ...consumption, charged: [] };
}

/** Takes one use of each back: it was right, or has not been judged. */
export async function refundUses(db: Kysely<Database>, charged: readonly Buffer[]): Promise<void> {
  if (charged.length > 0) await slidingRefund(charged).execute(db);
}

export async function holds(db: Kysely<Database>, condition: RawBuilder<boolean>): Promise<boolean> {
  const { rows } = await sql<{ holds: boolean }>`select ${condition} as holds`.execute(db);
  return rows[0]?.holds ?? false;
}

/** Removes counters whose uses are all back. Returns how many. */
export async function cleanUpSlidingQuotas(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('sliding_quota')
    .where('key', 'in', (eb) =>
      eb.selectFrom('sliding_quota').where('expires_at', '<', now).select('key').forUpdate().skipLocked(),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
