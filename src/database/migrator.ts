import { readdir, readFile } from 'node:fs/promises';
import { Logger, runMigrations } from 'graphile-worker';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import type pg from 'pg';
import type { Database } from './schema.ts';

const silent = new Logger(() => () => {});
const folder = new URL('../../migrations/', import.meta.url);

/** Plain SQL files in order of name, forward only. */
export const migrations: MigrationProvider = {
  async getMigrations() {
    const names = (await readdir(folder)).filter((name) => /^\d{4}_[a-z_]+\.sql$/.test(name)).sort();
    const entries = names.map(async (name): Promise<[string, Migration]> => {
      const text = await readFile(new URL(name, folder), 'utf8');
      return [
        name.replace(/\.sql$/, ''),
        {
          up: async (db) => {
            await sql.raw(text).execute(db);
          },
        },
      ];
    });
    return Object.fromEntries(await Promise.all(entries));
  },
};

const knownMigrations = migrations.getMigrations();

export function createMigrator(db: Kysely<Database>): Migrator {
  return new Migrator({ db, provider: migrations });
}

/**
 * Brings the schema to the newest version and returns the names of what was applied. Two processes may
 * call it at once: Kysely holds an advisory lock, and the second one finds nothing left to do.
 * The queue's own tables follow, by its own migrations.
 */
export async function migrateToLatest(db: Kysely<Database>, pool: pg.Pool): Promise<string[]> {
  const { error, results = [] } = await createMigrator(db).migrateToLatest();
  if (error) throw error;
  await runMigrations({ pgPool: pool, logger: silent });
  return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
}

/** @throws when the newest migration has not been applied (or the database cannot be reached) */
export async function assertMigrated(db: Kysely<Database>): Promise<void> {
  const expected = Object.keys(await knownMigrations).at(-1) ?? '';
  const { rows } = await sql<{
    name: string;
  }>`select name from kysely_migration order by name desc limit 1`.execute(db);
  // A newer one is fine: the next version's migrations run before its processes replace these.
  if ((rows[0]?.name ?? '') < expected)
    throw new Error(`the schema is at ${rows[0]?.name}, not at ${expected}`);
}
