import { CompiledQuery, type Transaction } from 'kysely';
import type pg from 'pg';
import type { Database } from './schema.ts';

/** Whatever runs statements written as text, in one transaction. */
export type SqlClient = Readonly<{
  query<Row extends pg.QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}>;

/** The same transaction for statements that the import of lists runs on a connection of its own. */
export function toSqlClient(trx: Transaction<Database>): SqlClient {
  return {
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      const { rows, numAffectedRows } = await trx.executeQuery<Row>(CompiledQuery.raw(text, values));
      return { rows, rowCount: numAffectedRows === undefined ? null : Number(numAffectedRows) };
    },
  };
}
