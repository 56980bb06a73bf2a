import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Mac } from '../../kernel/keyring.ts';

/** So many uses in so long. Windows start with the first use and end as a whole. */
export type Allowance = Readonly<{ limit: number; windowSeconds: number }>;

export type Spent = Readonly<{
  /** Whether this use was still within the allowance. */
  allowed: boolean;
  left: number;
  /** Seconds until the whole allowance is back. */
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
  /** Takes one use back: the guess that it paid for was right. */
  refund(db: Kysely<Database>, name: string, of: readonly (string | Uint8Array)[]): Promise<void>;
  /** Removes counters whose window has ended. Returns how many. */
  sweep(db: Kysely<Database>): Promise<number>;
}>;

/** @param mac keyed, so that the table does not say whose counters it holds */
export function createBudgets(mac: Mac): Budgets {
  return {
    async spend(db, name, of, { limit, windowSeconds }) {
      const resetsAt = sql<Date>`now() + make_interval(secs => ${windowSeconds})`;
      const row = await db
        .insertInto('budget')
        .values({ key: mac(name, ...of), used: 1, resets_at: resetsAt })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet({
            used: sql`case when budget.resets_at <= now() then 1 else budget.used + 1 end`,
            resets_at: sql`case when budget.resets_at <= now() then excluded.resets_at else budget.resets_at end`,
          }),
        )
        .returning([
          'used',
          sql<number>`ceil(extract(epoch from resets_at - now()))::integer`.as('resets_in'),
        ])
        .executeTakeFirstOrThrow();
      return {
        allowed: row.used <= limit,
        left: Math.max(0, limit - row.used),
        resetsInSeconds: Math.max(1, row.resets_in),
      };
    },
    async refund(db, name, of) {
      await db
        .updateTable('budget')
        .set({ used: sql`greatest(0, used - 1)` })
        .where('key', '=', mac(name, ...of))
        .execute();
    },
    async sweep(db) {
      const { numDeletedRows } = await db
        .deleteFrom('budget')
        .where('resets_at', '<', sql<Date>`now()`)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}
