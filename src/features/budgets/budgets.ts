import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import type { Mac } from '../../kernel/keyring.ts';

/** So many uses in so long. Windows end as a whole. */
export type Allowance = Readonly<{
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

export type Spent = Readonly<{
  /** Whether this use was still within the allowance. Uses that are not are not counted. */
  allowed: boolean;
  used: number;
  left: number;
  /** Seconds until the next use is allowed, or the whole allowance is back. */
  resetsInSeconds: number;
}>;

export type Budgets = Readonly<{
  /**
   * Counts one use and says whether it was still allowed: one atomic statement, so that any number of
   * requests at once, on any number of replicas, get no more than `limit` between them.
   */
  spend(
    db: Kysely<Database>,
    name: string,
    of: readonly (string | Uint8Array)[],
    allowance: Allowance,
  ): Promise<Spent>;
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
  sweep(db: Kysely<Database>): Promise<number>;
}>;

export type SpentRow = Readonly<{ used: number; refused: boolean; resetsIn: number }>;

/**
 * The statement that `spend` runs, to be a part of a larger one, so that what it allows is one round trip with
 * the asking.
 * @param key of each row of `from`, a clause like `from flow`; without one of a single row
 */
export function spending(
  key: RawBuilder<unknown>,
  { limit, windowSeconds, sinceLastUse, pauses }: Allowance,
  from: RawBuilder<unknown> = sql``,
): RawBuilder<SpentRow> {
  const after = (seconds: number) => sql<Date>`now() + make_interval(secs => ${sql.lit(seconds)})`;
  const over = sql<boolean>`budget.resets_at <= now()`;
  const blocked = sql<boolean>`budget.blocked_until > now()`;
  const most = sql.lit(limit);
  const isLast = sql<boolean>`budget.used + 1 >= ${most}`;
  const pauseEnd = pauses
    ? sql<Date>`now() + make_interval(secs => least(
        ${sql.lit(pauses.longestSeconds)}, ${sql.lit(pauses.firstSeconds)} * 2.0 ^ (budget.used + 1 - ${most})))`
    : sql<Date>`budget.resets_at`;
  const memory = sql`make_interval(secs => ${sql.lit(pauses ? windowSeconds : 0)})`;
  return sql`
    insert into budget (key, used, resets_at, blocked_until)
    select ${key}, 1, ${after(windowSeconds)},
      ${limit === 1 ? after(pauses?.firstSeconds ?? windowSeconds) : sql`null::timestamptz`} ${from}
    on conflict (key) do update set
      used = case when ${over} then 1 when ${blocked} then budget.used else budget.used + 1 end,
      blocked_until = case when ${over} then excluded.blocked_until when ${blocked} then budget.blocked_until
        when ${isLast} then ${pauseEnd} end,
      resets_at = case when ${over} then excluded.resets_at when ${blocked} then budget.resets_at
        when ${isLast} then ${pauseEnd} + ${memory}
        else ${sinceLastUse ? sql`excluded.resets_at` : sql`budget.resets_at`} end
    returning new.used, coalesce(old.resets_at > now() and old.blocked_until > now(), false) as refused,
      ceil(extract(epoch from coalesce(new.blocked_until, new.resets_at) - now()))::integer as "resetsIn"`;
}

export function spentOf({ used, refused, resetsIn }: SpentRow, { limit }: Allowance): Spent {
  return {
    allowed: !refused,
    used,
    left: Math.max(0, limit - used),
    resetsInSeconds: Math.max(1, resetsIn),
  };
}

/** @param mac keyed, so that the table does not say whose counters it holds */
export function createBudgets(mac: Mac): Budgets {
  const refundAll: Budgets['refundAll'] = async (db, counters) => {
    const keys = counters.map(({ name, of }) => mac(name, ...of));
    // Locked in one order, so that two at once wait instead of deadlocking.
    await sql`
      with counter as (select key from budget where key = any(${keys}::bytea[]) order by key for update)
      update budget set used = greatest(0, used - 1), blocked_until = null
      from counter where budget.key = counter.key`.execute(db);
  };
  return {
    keyOf: (name, of) => mac(name, ...of),
    async spend(db, name, of, allowance) {
      const { rows } = await sql<SpentRow>`${spending(sql`${mac(name, ...of)}::bytea`, allowance)}`.execute(
        db,
      );
      const [row] = rows;
      if (!row) throw new Error('a counter came back without its row');
      return spentOf(row, allowance);
    },
    refund: (db, name, of) => refundAll(db, [{ name, of }]),
    refundAll,
    async clear(db, name, of) {
      await db
        .deleteFrom('budget')
        .where('key', '=', mac(name, ...of))
        .execute();
    },
    async sweep(db) {
      // What is in use is left for the next time: a sweep waits for nobody, and nobody for it in another order.
      const { numDeletedRows } = await db
        .deleteFrom('budget')
        .where('key', 'in', (eb) =>
          eb.selectFrom('budget').where('resets_at', '<', now).select('key').forUpdate().skipLocked(),
        )
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}
