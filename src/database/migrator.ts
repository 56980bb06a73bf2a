import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, runMigrations } from 'graphile-worker';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import type pg from 'pg';
import type { Database } from './schema.ts';

const silent = new Logger(() => () => {});
const ownFolder = new URL('../../migrations/', import.meta.url);

/**
 * A migration that waits for a lock makes everybody who comes after it wait too, so behind a long transaction
 * it gives way after this time and tries again a little later.
 */
const lockTimeoutMs = 1_000;
const lockRetryPausesMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
const lockNotAvailable = '55P03';
/** Any number, the same for every runner. */
const runnerLock = 4_850_117;

/** Builds an index beside running writes, which PostgreSQL does outside a transaction only. */
const concurrentIndex = /\bcreate\s+(?:unique\s+)?index\s+concurrently\s+(\w+)/i;

/** Plain SQL files in order of name, forward only. */
function toMigrations(folder: URL): MigrationProvider {
  return {
    async getMigrations() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
      const odd = names.find((name) => !/^\d{4}_[a-z0-9_]+\.sql$/.test(name));
      if (odd) throw new Error(`${odd} is not named like a migration: 0100_what_it_does.sql`);
      const entries = names.map(async (name): Promise<[string, Migration]> => {
        const text = await readFile(new URL(name, folder), 'utf8');
        return [name.replace(/\.sql$/, ''), { up: (db) => apply(db, text) }];
      });
      return Object.fromEntries(await Promise.all(entries));
    },
  };
}

export const migrations = toMigrations(ownFolder);

const knownMigrations = migrations.getMigrations();

export function createMigrator(db: Kysely<Database>, folder = ownFolder): Migrator {
  return new Migrator({ db, provider: toMigrations(folder) });
}

async function apply(db: Kysely<unknown>, text: string): Promise<void> {
  const index = concurrentIndex.exec(text)?.[1];
  if (index === undefined) await sql`set local lock_timeout = ${sql.lit(lockTimeoutMs)}`.execute(db);
  else await dropInvalidIndex(db, index);
  await sql.raw(text).execute(db);
}

/** What an attempt that broke off has left: an index that is kept up to date and never used. */
async function dropInvalidIndex(db: Kysely<unknown>, name: string): Promise<void> {
  const { rows } = await sql`
    select from pg_index
    where indexrelid = to_regclass(quote_ident(${name})) and not indisvalid
  `.execute(db);
  if (rows.length > 0) await sql`drop index concurrently ${sql.id(name)}`.execute(db);
}

/**
 * Brings the schema to the newest version and returns the names of what was applied, each in a transaction of
 * its own; the queue's own tables follow, by its own migrations. Two processes may call it at once: the second
 * one waits, and finds nothing left to do. Needs two connections.
 *
 * @throws when a table stays locked through all retries; what was applied before stays applied
 */
export async function migrateToLatest(
  db: Kysely<Database>,
  pool: pg.Pool,
  folder = ownFolder,
): Promise<string[]> {
  const holder = await pool.connect();
  try {
    // Around everything: the queue's migrations take away views that Kysely's look at the schema would trip over.
    await holder.query('select pg_advisory_lock($1)', [runnerLock]);
    const applied = await applyPending(db, folder);
    await runMigrations({ pgPool: pool, logger: silent });
    return applied;
  } finally {
    await holder.query('select pg_advisory_unlock($1)', [runnerLock]).then(
      () => holder.release(),
      (error: Error) => holder.release(error),
    );
  }
}

async function applyPending(db: Kysely<Database>, folder: URL): Promise<string[]> {
  const migrator = createMigrator(db, folder);
  const pending = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined);
  const pausesMs = [...lockRetryPausesMs];
  for (const { name } of pending) {
    const text = await readFile(new URL(`${name}.sql`, folder), 'utf8');
    for (;;) {
      const { error } = await migrator.migrateUp({ disableTransactions: concurrentIndex.test(text) });
      if (!error) break;
      const isLocked = (error as { code?: unknown }).code === lockNotAvailable;
      const pauseMs = isLocked ? pausesMs.shift() : undefined;
      if (pauseMs === undefined) throw error;
      await sleep(pauseMs);
    }
  }
  return pending.map(({ name }) => name);
}

/** The newest migration that was applied, and the newest that this version knows. */
export type SchemaVersion = Readonly<{ found: string | null; expected: string }>;

/** @throws when the database cannot be reached or holds no schema of this service */
export async function readSchemaVersion(db: Kysely<Database>): Promise<SchemaVersion> {
  const expected = Object.keys(await knownMigrations).at(-1) ?? '';
  const { rows } = await sql<{
    name: string;
  }>`select name from kysely_migration order by name desc limit 1`.execute(db);
  return { found: rows[0]?.name ?? null, expected };
}

/** A newer one is fine: the next version's migrations run before its processes replace these. */
export function isMigrated({ found, expected }: SchemaVersion): boolean {
  return (found ?? '') >= expected;
}

/** @throws when the newest migration has not been applied (or the database cannot be reached) */
export async function assertMigrated(db: Kysely<Database>): Promise<void> {
  const version = await readSchemaVersion(db);
  if (!isMigrated(version)) throw new SchemaError(version);
}

/** What the schema lacks, or has that this version does not know. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  constructor({ found, expected }: Readonly<{ found: string | null; expected: string | null }>) {
    super(`the schema is at ${found}, not at ${expected}: run \`savabegh migrate\``);
  }
}
