import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '../../src/database/schema.ts';

/**
 * Changes many counters at once. The dispatch of messages holds several in an order of its own: the whole table is
 * taken first, so that neither waits for a row of the other's.
 */
export async function changeQuotas(
  db: Kysely<Database>,
  change: (trx: Transaction<Database>) => Promise<unknown>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`lock table quota, sliding_quota in share row exclusive mode`.execute(trx);
    await change(trx);
  });
}

/** As if so much time had passed for every counter. */
export const ageQuotas = (db: Kysely<Database>, seconds: number) =>
  changeQuotas(db, async (trx) => {
    const by = sql`make_interval(secs => ${seconds})`;
    await sql`update quota set resets_at = resets_at - ${by}`.execute(trx);
    await sql`update sliding_quota set expires_at = expires_at - ${by},
      uses = array(select at - ${by} from unnest(uses) as use (at) order by at)`.execute(trx);
  });

export const forgetQuotas = (db: Kysely<Database>) =>
  changeQuotas(db, async (trx) => {
    await trx.deleteFrom('quota').execute();
    await trx.deleteFrom('sliding_quota').execute();
  });
