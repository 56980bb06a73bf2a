import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { Database } from '../../database/schema.ts';
import type { IntakeReport } from './intake-report.ts';

export async function insert(
  db: Kysely<Database>,
  clientId: string,
): Promise<{ id: string; receivedAt: Date }> {
  return db
    .insertInto('employer_list_submission')
    .values({ client_id: clientId })
    .returning(['id', 'received_at as receivedAt'])
    .executeTakeFirstOrThrow();
}

export async function finish(db: Kysely<Database>, id: string, report: IntakeReport): Promise<void> {
  await db
    .updateTable('employer_list_submission')
    .set({ state: report.state, report: JSON.stringify(report) })
    .where('id', '=', id)
    .execute();
}

/** The same in the transaction of the list, so that one is never there without the other. */
export async function finishInside(client: pg.ClientBase, id: string, report: IntakeReport): Promise<void> {
  await client.query('update employer_list_submission set state = $2, report = $3 where id = $1', [
    id,
    report.state,
    JSON.stringify(report),
  ]);
}

export async function remove(db: Kysely<Database>, id: string): Promise<void> {
  await db.deleteFrom('employer_list_submission').where('id', '=', id).execute();
}

/** A list still under way after this long went down with its process; if not, it is found again when it is done. */
const longestMinutes = 10;

export async function find(db: Kysely<Database>, id: string, clientId: string) {
  return db
    .selectFrom('employer_list_submission')
    .where('id', '=', id)
    .where('client_id', '=', clientId)
    .where((eb) =>
      eb.or([
        eb('state', '<>', 'received'),
        eb('received_at', '>', sql<Date>`now() - make_interval(mins => ${longestMinutes})`),
      ]),
    )
    .select(['id', 'state', 'received_at as receivedAt', 'report'])
    .executeTakeFirst();
}
