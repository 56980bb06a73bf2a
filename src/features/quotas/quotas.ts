import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import type { Mac } from '../../kernel/keyring.ts';

/** So many uses in so long. Windows end as a whole. */
export type Quota = Readonly<{
  limit: number;
  windowSeconds: number;
  /**
   * Whether the window starts anew with each use, instead of with the first: then nobody gets further by staying
   * just below the limit. Not where uses are everyday's and given back, as the right ones move the window too.
   */
  sinceLastUse?: boolean;
  /**
   * Instead of waiting for the end of the window: a pause after the use that reaches the limit, twice as long
   * after each further one, and all forgotten when nothing happens for as long as a window after a pause.
   */
  pauses?: Readonly<{ firstSeconds: number; longestSeconds: number }>;
}>;

export type Consumption = Readonly<{
  /** Whether this use was still within the quota. Uses that are not are not counted. */
  allowed: boolean;
  used: number;
  left: number;
  /** Seconds until the next use is allowed, or the whole quota is back. */
  resetsInSeconds: number;
}>;

export type Quotas = Readonly<{
  /**
   * Counts one use and says whether it was still allowed: one atomic statement, so that any number of
   * requests at once, on any number of replicas, get no more than `limit` between them.
   */
  consume(
    db: Kysely<Database>,
    name: string,
    of: readonly (string | Uint8Array)[],
    quota: Quota,
  ): Promise<Consumption>;
  /** What a counter is kept under. */
  keyOf(name: string, of: readonly (string | Uint8Array)[]): Buffer;
  /** Takes one use back: the guess that it paid for was right. */
  refund(db: Kysely<Database>, name: string, of: readonly (string | Uint8Array)[]): Promise<void>;
  /** The same for several counters at once. */
  refundAll(
    db: Kysely<Database>,
    counters: readonly Readonly<{ name: string; of: readonly (string | Uint8Array)[] }>[],
  ): Promise<void>;
  /** Forgets all uses. */
  clear(db: Kysely<Database>, name: string, of: readonly (string | Uint8Array)[]): Promise<void>;
  /** Removes counters whose window has ended. Returns how many. */
  cleanUp(db: Kysely<Database>): Promise<number>;
}>;

export type ConsumptionRow = Readonly<{ used: number; refused: boolean; resetsIn: number }>;

/**
 * The statement that `consume` runs, to be a part of a larger one, so that what it allows is one round trip with
 * the asking.
 * @param key of each row of `from`, a clause like `from flow`; without one of a single row
 */
export function consumption(
  key: RawBuilder<unknown>,
  { limit, windowSeconds, sinceLastUse, pauses }: Quota,
  from: RawBuilder<unknown> = sql``,
): RawBuilder<ConsumptionRow> {
  const after = (seconds: number) => sql<Date>`now() + make_interval(secs => ${sql.lit(seconds)})`;
  const over = sql<boolean>`quota.resets_at <= now()`;
  const blocked = sql<boolean>`quota.blocked_until > now()`;
  const most = sql.lit(limit);
  const isLast = sql<boolean>`quota.used + 1 >= ${most}`;
  const pauseEnd = pauses
    ? sql<Date>`now() + make_interval(secs => least(
        ${sql.lit(pauses.longestSeconds)}, ${sql.lit(pauses.firstSeconds)} * 2.0 ^ (quota.used + 1 - ${most})))`
    : sql<Date>`quota.resets_at`;
  const memory = sql`make_interval(secs => ${sql.lit(pauses ? windowSeconds : 0)})`;
  return sql`
    insert into quota (key, used, resets_at, blocked_until)
    select ${key}, 1, ${after(windowSeconds)},
      ${limit === 1 ? after(pauses?.firstSeconds ?? windowSeconds) : sql`null::timestamptz`} ${from}
    on conflict (key) do update set
      used = case when ${over} then 1 when ${blocked} then quota.used else quota.used + 1 end,
      blocked_until = case when ${over} then excluded.blocked_until when ${blocked} then quota.blocked_until
        when ${isLast} then ${pauseEnd} end,
      resets_at = case when ${over} then excluded.resets_at when ${blocked} then quota.resets_at
        when ${isLast} then ${pauseEnd} + ${memory}
        else ${sinceLastUse ? sql`excluded.resets_at` : sql`quota.resets_at`} end
    returning new.used, coalesce(old.resets_at > now() and old.blocked_until > now(), false) as refused,
      ceil(extract(epoch from coalesce(new.blocked_until, new.resets_at) - now()))::integer as "resetsIn"`;
}

export function toConsumption({ used, refused, resetsIn }: ConsumptionRow, { limit }: Quota): Consumption {
  return {
    allowed: !refused,
    used,
    left: Math.max(0, limit - used),
    resetsInSeconds: Math.max(1, resetsIn),
  };
}

/** @param mac keyed, so that the table does not say whose counters it holds */
export function createQuotas(mac: Mac): Quotas {
  const refundAll: Quotas['refundAll'] = async (db, counters) => {
    const keys = counters.map(({ name, of }) => mac(name, ...of));
    // Locked in one order, so that two at once wait instead of deadlocking.
    await sql`
      with counter as (select key from quota where key = any(${keys}::bytea[]) order by key for update)
      update quota set used = greatest(0, used - 1), blocked_until = null
      from counter where quota.key = counter.key`.execute(db);
  };
  return {
    keyOf: (name, of) => mac(name, ...of),
    async consume(db, name, of, quota) {
      const { rows } =
        await sql<ConsumptionRow>`${consumption(sql`${mac(name, ...of)}::bytea`, quota)}`.execute(db);
      const [row] = rows;
      if (!row) throw new Error('a counter came back without its row');
      return toConsumption(row, quota);
    },
    refund: (db, name, of) => refundAll(db, [{ name, of }]),
    refundAll,
    async clear(db, name, of) {
      await db
        .deleteFrom('quota')
        .where('key', '=', mac(name, ...of))
        .execute();
    },
    async cleanUp(db) {
      // What is in use is left for the next time: cleaning up waits for nobody, and nobody for it in another order.
      const { numDeletedRows } = await db
        .deleteFrom('quota')
        .where('key', 'in', (eb) =>
          eb.selectFrom('quota').where('resets_at', '<', now).select('key').forUpdate().skipLocked(),
        )
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}
