import { readFile } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Foundation } from '../composition/foundation.ts';
import type { OperatorServices } from '../composition/operator-services.ts';
import { withFoundation } from '../composition/runtime.ts';
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

function withMigrated<T>(
  environment: Environment,
  name: string,
  work: (foundation: Foundation) => Promise<T>,
): Promise<T> {
  return withFoundation(environment, { applicationName: `savabegh-${name}` }, async (foundation) => {
    await assertMigrated(foundation.db);
    return work(foundation);
  });
}

/**
 * The service's database, past a pooler, under the name that PostgreSQL shows for its connection.
 * @throws {SchemaError} when it is not up to date
 */
export const withDatabase = <T>(
  environment: Environment,
  name: string,
  work: (db: Kysely<Database>) => Promise<T>,
): Promise<T> => withMigrated(environment, name, ({ db }) => work(db));

/** What operators do, on that database. @throws {SchemaError} when it is not up to date */
export const withServices = <T>(
  environment: Environment,
  name: string,
  work: (services: OperatorServices) => Promise<T>,
): Promise<T> =>
  withMigrated(environment, name, async (foundation) => {
    const { createOperatorServices } = await import('../composition/operator-services.ts');
    return work(createOperatorServices(foundation));
  });
