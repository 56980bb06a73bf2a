import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { connect } from '../../src/database/connection.ts';
import { migrateToLatest } from '../../src/database/migrator.ts';

/** A database of its own for a test file: a clone of the migrated template, dropped by `drop`. */
export type TestDatabase = Readonly<{ url: string; drop(): Promise<void> }>;

const migrationsFolder = new URL('../../migrations/', import.meta.url);
/** Any number, the same in every test process. */
const templateLock = 7_264_001;

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error('TEST_DATABASE_URL is not set; run the tests with `npm test -- FILE`');
  return url;
}

function databaseUrl(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

async function withServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Named after the content of the migrations: a changed one makes a new template. */
async function templateName(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(migrationsFolder)).sort()) {
    hash.update(name).update(await readFile(new URL(name, migrationsFolder)));
  }
  return `template_${hash.digest('hex').slice(0, 16)}`;
}

async function ensureTemplate(client: pg.Client): Promise<string> {
  const name = await templateName();
  await client.query('select pg_advisory_lock($1)', [templateLock]);
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [
      name,
    ]);
    if (rowCount) return name;
    await client.query(`drop database if exists ${name}`);
    await client.query(`create database ${name}`);
    const { db, pool, close } = connect({ url: databaseUrl(name), poolSize: 2 });
    await migrateToLatest(db, pool);
    await close();
    await client.query(`alter database ${name} is_template true`);
    return name;
  } finally {
    await client.query('select pg_advisory_unlock($1)', [templateLock]);
  }
}

/** An empty database with the migrated schema. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await withServer(async (client) => {
    const template = await ensureTemplate(client);
    await client.query(`create database ${name} template ${template}`);
  });
  return { url: databaseUrl(name), drop: () => dropDatabase(name) };
}

/** An empty database without any schema. */
export async function createBlankDatabase(): Promise<TestDatabase> {
  const name = `blank_${process.pid}_${randomBytes(4).toString('hex')}`;
  await withServer((client) => client.query(`create database ${name}`));
  return { url: databaseUrl(name), drop: () => dropDatabase(name) };
}

/** Clients that are closing may linger for a moment: a plain drop, tried again, instead of killing them. */
async function dropDatabase(name: string): Promise<void> {
  const attempts = 50;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withServer(async (client) => {
        await client.query(`drop database if exists ${name}`);
      });
    } catch (error) {
      if (attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
