import pg from 'pg';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.ts';

const databaseName = 'savabegh';

export type EmbeddedDatabase = Readonly<{ url: string; stop(): Promise<void> }>;

/** The embedded server with the service's own database in it. `mayJoin`: another process's will do, while it runs. */
export async function startEmbeddedDatabase(
  dataDirectory: string,
  { mayJoin, progress }: { mayJoin: boolean; progress?: ((text: string) => void) | undefined },
): Promise<EmbeddedDatabase> {
  const server = await startEmbeddedPostgres({ dataDirectory, mayJoin, progress });
  try {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
    await client.end();
  } catch (error) {
    await server.stop();
    throw error;
  }
  const url = new URL(server.url);
  url.pathname = `/${databaseName}`;
  return { url: url.href, stop: server.stop };
}
