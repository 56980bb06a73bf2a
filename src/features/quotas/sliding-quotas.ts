import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import type { Mac } from '../../kernel/keyring.ts';

/** At most `limit` uses in any `windowSeconds`. */
export type Window = Readonly<{ limit: number; windowSeconds: number }>;

/** All of them at once. The longest one first: its uses are what is kept. */
export type SlidingQuota = readonly [Window, ...Window[]];

/** `used`: within the longest window, this use included if it was allowed. */
export type SlidingConsumption = Readonly<{ allowed: boolean; used: number }>;

type Counted = readonly (string | Uint8Array)[];

export type SlidingQuotas = Readonly<{
  /**
   * Counts one use, if every window still has one: one atomic statement, so that any number of requests at once, on any
   * number of replicas, get no more than `limit` between them. What is not allowed is not counted, so that each use is
   * back as soon as it is as old as its window; nothing but time and `refund` gives any back.
   */
  consume(db: Kysely<Database>, name: string, of: Counted, quota: SlidingQuota): Promise<SlidingConsumption>;
  /** Takes one use back that was allowed: it was right, or has not been judged. */
  refund(db: Kysely<Database>, name: string, of: Counted): Promise<void>;
}>;

const isWithin = (uses: string, { limit, windowSeconds }: Window) => sql<boolean>`
  (select count(*) from unnest(${sql.raw(uses)}) as use (at)
    where at > now() - make_interval(secs => ${sql.lit(windowSeconds)})) < ${sql.lit(limit)}`;
const isAllowed = (uses: string, quota: SlidingQuota) =>
  sql<boolean>`(${sql.join(
    quota.map((window) => isWithin(uses, window)),
    sql` and `,
  )})`;

/** @param mac keyed, so that the table does not say whose counters it holds */
export function createSlidingQuotas(mac: Mac): SlidingQuotas {
  return {
    async consume(db, name, of, quota) {
      const lifetime = sql`make_interval(secs => ${sql.lit(quota[0].windowSeconds)})`;
      const { rows } = await sql<SlidingConsumption>`
        insert into sliding_quota (key, uses, expires_at)
        values (${mac(name, ...of)}::bytea, array[now()], now() + ${lifetime})
        on conflict (key) do update set
          uses = case when ${isAllowed('sliding_quota.uses', quota)}
            then array(select at from unnest(sliding_quota.uses) as use (at) where at > now() - ${lifetime} order by at)
              || excluded.uses
            else sliding_quota.uses end,
          expires_at = case when ${isAllowed('sliding_quota.uses', quota)}
            then excluded.expires_at else sliding_quota.expires_at end
        returning ${isAllowed('old.uses', quota)} as allowed,
          (select count(*)::integer from unnest(new.uses) as use (at) where at > now() - ${lifetime}) as used`.execute(
        db,
      );
      const [row] = rows;
      if (!row) throw new Error('a counter came back without its row');
      return row;
    },
    async refund(db, name, of) {
      await sql`
        update sliding_quota set uses = trim_array(uses, 1)
        where key = ${mac(name, ...of)}::bytea and cardinality(uses) > 0`.execute(db);
    },
  };
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
