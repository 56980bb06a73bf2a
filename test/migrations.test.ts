import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import t, { type Test } from 'tap';
import { connect } from '../src/database/connection.ts';
import { assertMigrated, createMigrator, migrateToLatest } from '../src/database/migrator.ts';
import { createBlankDatabase, createTestDatabase } from './support/database.ts';
import { dangersOf } from './support/migration-rules.ts';

const folder = new URL('../migrations/', import.meta.url);
/** Until the first release nobody runs a version before: from this name on, somebody does. */
const heldFrom = '0100_';

t.test('two processes that migrate at once bring the schema to the newest version once', async (t) => {
  const database = await createBlankDatabase();
  t.teardown(() => database.drop());
  const processes = [1, 2].map(() => connect({ url: database.url, poolSize: 3 }));
  for (const { close } of processes) t.teardown(close);
  const applied = await Promise.all(processes.map(({ db, pool }) => migrateToLatest(db, pool)));
  const [first] = processes;
  if (!first) throw new Error('no process');
  const known = (await createMigrator(first.db).getMigrations()).map(({ name }) => name);
  t.same(applied.flat().sort(), known, 'each was applied by one of the two');
  await assertMigrated(first.db);
  t.same(await migrateToLatest(first.db, first.pool), [], 'again: nothing to do');
});

t.test('a schema that is behind is not ready', async (t) => {
  const database = await createBlankDatabase();
  t.teardown(() => database.drop());
  const { db, pool, close } = connect({ url: database.url, poolSize: 2 });
  t.teardown(close);
  await t.rejects(assertMigrated(db));
  await migrateToLatest(db, pool);
  await sql`delete from kysely_migration where name = (select max(name) from kysely_migration)`.execute(db);
  await t.rejects(assertMigrated(db), /the schema is at/);
});

/** A database that is up to date, and a folder with one more migration. */
async function withOneMore(t: Test, text: string) {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')]),
  );
  const path = t.testdir({ ...Object.fromEntries(files), '9000_one_more.sql': text });
  const database = await createTestDatabase();
  const { db, pool, close } = connect({ url: database.url, poolSize: 3 });
  t.teardown(async () => {
    await close();
    await database.drop();
  });
  const migrate = () => migrateToLatest(db, pool, pathToFileURL(`${path}/`));
  return { db, pool, url: database.url, migrate };
}

t.test('a migration gives way to a long transaction instead of stopping everybody behind it', async (t) => {
  const { pool, url, migrate } = await withOneMore(t, 'alter table account add column remark text;');
  const long = new pg.Client({ connectionString: url });
  await long.connect();
  await long.query('begin; select count(*) from account');
  const migrated = migrate();
  let slowestMs = 0;
  for (const end = performance.now() + 2_500; performance.now() < end; await sleep(20)) {
    const started = performance.now();
    await pool.query('select count(*) from account');
    slowestMs = Math.max(slowestMs, performance.now() - started);
  }
  t.ok(slowestMs > 500 && slowestMs < 2_000, `nobody waited longer than ${Math.round(slowestMs)} ms`);
  await long.query('commit');
  await long.end();
  t.same(await migrated, ['9000_one_more'], 'and is applied once the way is clear');
});

t.test('an index is built beside running writes, and again when that broke off before', async (t) => {
  const statement = 'create unique index concurrently activity_probe on activity ((1))';
  const { pool, migrate } = await withOneMore(t, `-- For the test.\n${statement.replace('unique ', '')};\n`);
  await pool.query(`insert into activity (kind, outcome, network, user_agent)
    select 'signed-in', 'refused', '203.0.113.1', '' from generate_series(1, 2)`);
  await t.rejects(pool.query(statement), 'a duplicate ends it and leaves an invalid index');
  t.same(await migrate(), ['9000_one_more']);
  const index = await pool.query(`select indisvalid from pg_index
    where indexrelid = 'activity_probe'::regclass`);
  t.same(index.rows, [{ indisvalid: true }]);
  t.same(await migrate(), [], 'again: nothing to do');
});

t.test('a file that is not named like a migration is refused, not passed over', async (t) => {
  const path = t.testdir({ '0001_first.sql': 'select 1;', '0100-second.sql': 'select 1;' });
  const database = await createBlankDatabase();
  const { db, close } = connect({ url: database.url, poolSize: 1 });
  t.teardown(async () => {
    await close();
    await database.drop();
  });
  await t.rejects(createMigrator(db, pathToFileURL(`${path}/`)).getMigrations(), /0100-second\.sql/);
});

t.test('migrations stay safe beside the version before', async (t) => {
  for (const name of (await readdir(folder)).filter((file) => file >= heldFrom)) {
    t.same(dangersOf(await readFile(new URL(name, folder), 'utf8')), [], name);
  }
});

t.test('what is dangerous in a migration is recognised', async (t) => {
  const dangerous = [
    'create index a_key on account (id)',
    'create unique index on account (id)',
    'alter table account alter column state type integer',
    'alter table account alter state set data type integer',
    'ALTER TABLE account\n  ALTER COLUMN state SET NOT NULL',
    'alter table account drop column state',
    'alter table account rename column state to condition',
    'alter table account rename to person',
    'alter table account add column remark text not null',
    'alter table account add constraint account_x check (state is not null)',
    'alter table account add unique (mobile)',
    'alter table account add check (length(mobile) > 0)',
    'alter table account add foreign key (id) references person (id)',
    'alter table account add primary key (id)',
    'alter table account add column tag uuid default gen_random_uuid()',
    'alter table account add column size integer generated always as (length(mobile)) stored',
    'alter table account add column tag text unique',
    'alter table account add column number bigserial',
    'create table note as select * from account',
    'alter table account drop constraint account_x',
    "update account set state = 'active'",
    'delete from activity',
    'insert into note select id from account',
    'create or replace view recovery_address as select 1',
    'drop index account_x',
    'do $$ begin delete from account; end $$',
    'drop table account',
    'truncate account',
    'create table note (id uuid);\nalter table account drop column state',
    '-- safe: no\nalter table account drop column state',
    'create index concurrently a on account (id);\nselect 1',
  ];
  for (const text of dangerous) t.equal(dangersOf(`${text};\n`).length, 1, text);
  const harmless = [
    'create index concurrently a_key on account (id)',
    'create table note (id uuid, text text not null);\ncreate index note_id on note (id)',
    'alter table account add column remark text',
    "alter table account add column remark text not null default 'drop column x'",
    'alter table account add constraint account_x check (state is not null) not valid',
    'alter table account add column a integer default 1, alter column b set default gen_random_uuid()',
    'alter table account validate constraint account_x',
    '-- safe: nothing has read or written it since 1.4\nalter table account drop column remark',
    'create function f() returns void language sql as $$ drop table account; $$',
  ];
  for (const text of harmless) t.same(dangersOf(`${text};\n`), [], text);
});
