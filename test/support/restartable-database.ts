import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/database/connection.ts';
import { migrateToLatest } from '../../src/database/migrator.ts';
import { startEmbeddedPostgres } from '../../src/development/postgres/embedded-postgres.ts';
import { startProxy } from '../messaging/chaos/processes.ts';

/** A migrated PostgreSQL of its own at an address that stays while the server behind it goes and comes. */
export type RestartableDatabase = Readonly<{
  url: string;
  /** Where its data are. */
  directory: string;
  stop(): Promise<void>;
  /** Ends it without a chance to write anything. */
  crash(): Promise<void>;
  start(): Promise<void>;
  drop(): Promise<void>;
}>;

export type RestartableOptions = Readonly<{ settings?: Readonly<Record<string, string>> }>;

export async function startRestartableDatabase({
  settings = {},
}: RestartableOptions = {}): Promise<RestartableDatabase> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'savabegh-restart-'));
  let server = await startEmbeddedPostgres({ dataDirectory, settings });
  const proxy = await startProxy(() => Number(new URL(server.url).port));
  const url = new URL(server.url);
  url.port = String(proxy.port);
  const { db, pool, close } = connect({ url: url.href, poolSize: 2 });
  await migrateToLatest(db, pool);
  await close();
  return {
    url: url.href,
    directory: server.directory,
    stop: () => server.stop(),
    async crash() {
      const lockFile = join(server.directory, 'postgres/data/postmaster.pid');
      process.kill(Number.parseInt(await readFile(lockFile, 'utf8'), 10), 'SIGKILL');
      await server.stop();
    },
    async start() {
      server = await startEmbeddedPostgres({ dataDirectory, settings });
    },
    async drop() {
      await proxy.close();
      await server.stop();
      await rm(server.directory, { recursive: true, force: true });
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
