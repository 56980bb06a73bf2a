import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import type { Mac } from '../../kernel/keyring.ts';

/** So many uses in so long. Windows end as a whole. */
export type Quota = Readonly<{
  limit: number;
  windowSeconds: number;
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
  /** Whether one more use would be refused; counts nothing. */
  isUsedUp(
    db: Kysely<Database>,
    name: string,
    of: readonly (string | Uint8Array)[],
    quota: Quota,
  ): Promise<boolean>;
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
  { limit, windowSeconds }: Quota,
  from: RawBuilder<unknown> = sql``,
): RawBuilder<ConsumptionRow> {
  const isOver = sql<boolean>`quota.resets_at <= now()`;
  const isUsedUp = (row: string) => sql<boolean>`${sql.ref(`${row}.used`)} >= ${sql.lit(limit)}`;
  return sql`
    insert into quota (key, used, resets_at)
    select ${key}, 1, now() + make_interval(secs => ${sql.lit(windowSeconds)}) ${from}
    on conflict (key) do update set
      used = case when ${isOver} then 1 when ${isUsedUp('quota')} then quota.used else quota.used + 1 end,
      resets_at = case when ${isOver} then excluded.resets_at else quota.resets_at end
    returning new.used, coalesce(old.resets_at > now() and ${isUsedUp('old')}, false) as refused,
      ceil(extract(epoch from new.resets_at - now()))::integer as "resetsIn"`;
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
      update quota set used = greatest(0, used - 1)
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
    async isUsedUp(db, name, of, { limit }) {
      const row = await db
        .selectFrom('quota')
        .where('key', '=', mac(name, ...of))
        .where('used', '>=', limit)
        .where('resets_at', '>', now)
        .select('key')
        .executeTakeFirst();
      return row !== undefined;
    },
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
