import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';

export type Connection = Readonly<{ db: Kysely<Database>; pool: pg.Pool; close(): Promise<void> }>;

const int8 = pg.types.builtins.INT8;
const date = pg.types.builtins.DATE;

/** int8 as number, refusing what a double cannot hold; `date` as the text it is, free of time zones. */
function getParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === int8) {
    return (text) => {
      const value = Number(text);
      if (!Number.isSafeInteger(value)) throw new RangeError('int8 beyond 2^53');
      return value;
    };
  }
  if (oid === date) return (text) => text;
  return pg.types.getTypeParser(oid, format as 'text');
}

export type ConnectionOptions = Readonly<{
  url: string;
  poolSize: number;
  applicationName?: string;
  /** On unless told otherwise; off behind a transaction pooler that knows none (PgBouncer before 1.21). */
  prepareStatements?: boolean;
  /** 0 for none. */
  statementTimeoutMs?: number;
  /**
   * Told of connections that broke while idle (a database restart); the pool replaces them by itself. The
   * error holds the whole client: only its message is for the log.
   */
  onIdleError?: (error: Error) => void;
}>;

/** Statements that a connection keeps parsed and planned; the commands' one-off ones beyond them are just sent. */
const maxPrepared = 500;

/**
 * Makes a client prepare every statement with parameters: parsing and planning the same few texts again and
 * again takes longer than running them.
 */
function prepareStatements(client: pg.PoolClient, names: Map<string, string>): void {
  const nameOf = (text: string): string | undefined => {
    if (!names.has(text) && names.size < maxPrepared) names.set(text, `s${names.size}`);
    return names.get(text);
  };
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const prepared = (first: unknown, values: unknown, ...rest: unknown[]) => {
    const name = typeof first === 'string' && Array.isArray(values) && values.length > 0 && nameOf(first);
    return name ? query({ name, text: first, values }, ...rest) : query(first, values, ...rest);
  };
  client.query = prepared as typeof client.query;
}

export function connect({
  url,
  poolSize,
  applicationName = 'savabegh',
  prepareStatements: prepares = true,
  statementTimeoutMs = 15_000,
  onIdleError,
}: ConnectionOptions): Connection {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    // A statement that takes longer than this is a defect or an attack; commands raise it for themselves.
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 15_000,
    types: { getTypeParser: getParser as typeof pg.types.getTypeParser },
  });
  let closing = false;
  // Clients linger for a moment after the end of their pool; what happens to them then is of no interest.
  pool.on('error', (error) => closing || onIdleError?.(error));
  // A connection that breaks in use fails its query, which is where it is dealt with; its event must have a
  // listener all the same, or it ends the process.
  const statementNames = new Map<string, string>();
  pool.on('connect', (client) => {
    client.on('error', () => {});
    if (prepares) prepareStatements(client, statementNames);
  });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    pool,
    async close() {
      closing = true;
      // Ends the pool only if Kysely has ever used it.
      await db.destroy();
      if (!pool.ended) await pool.end();
    },
  };
}
