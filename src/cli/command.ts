import { readFile } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import { connect } from '../database/connection.ts';
import { assertMigrated } from '../database/migrator.ts';
import type { Database } from '../database/schema.ts';
import { explainFailure, startRuntime } from '../runtime.ts';

/** What was typed cannot be done; the usage is shown with it. */
export class UsageError extends Error {}

/** A file that was named to a command. @throws {UsageError} saying why it cannot be read */
export async function readNamedFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Runs a command to its end. Exit code 2, with the usage, for what was typed; 1 for what went wrong. */
export async function runCommand(usage: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isUsage =
      error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    const explained = [(error as Error).message, usage].filter(Boolean).join('\n\n');
    console.error(isUsage ? explained : explainFailure(error));
    process.exitCode = isUsage ? 2 : 1;
  }
}

/**
 * The service's database, past a pooler, under the name that PostgreSQL shows for its connection.
 * @throws {SchemaError} when it is not up to date
 */
export async function withDatabase<T>(name: string, work: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  const runtime = await startRuntime(process.env);
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
