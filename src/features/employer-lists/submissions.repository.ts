import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Database } from '../../database/schema.ts';
import type { IntakeReport } from './intake-report.ts';

/** Keeps the report; in the transaction of the list, so that one is never there without the other. */
export async function finish(
  client: pg.ClientBase | pg.Pool,
  id: string,
  report: IntakeReport,
): Promise<void> {
  await client.query('update employer_list_submission set state = $2, report = $3 where id = $1', [
    id,
    report.state,
    JSON.stringify(report),
  ]);
}

export async function find(db: Kysely<Database>, id: string, clientId: string) {
  return db
    .selectFrom('employer_list_submission')
    .where('id', '=', id)
    .where('client_id', '=', clientId)
    .select(['id', 'state', 'received_at as receivedAt', 'report'])
    .executeTakeFirst();
}
