import { readFile } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import { startRuntime } from '../composition/runtime.ts';
import { connect } from '../database/connection.ts';
import { assertMigrated } from '../database/migrator.ts';
import type { Database } from '../database/schema.ts';
import type { Environment } from '../settings/reader.ts';
import { CommandError } from './command.ts';

/** A file that was named to a command. @throws {CommandError} saying why it cannot be read */
export async function readNamedFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

/**
 * The service's database, past a pooler, under the name that PostgreSQL shows for its connection.
 * @throws {SchemaError} when it is not up to date
 */
export async function withDatabase<T>(
  environment: Environment,
  name: string,
  work: (db: Kysely<Database>) => Promise<T>,
): Promise<T> {
  const runtime = await startRuntime(environment);
  const { db, close } = connect({
    url: runtime.databaseUrl,
    poolSize: 2,
    applicationName: `savabegh-${name}`,
  });
  try {
    await assertMigrated(db);
    return await work(db);
  } finally {
    await close();
    await runtime.stop();
  }
}
