import { sql } from 'kysely';
import t from 'tap';
import { connect } from '../src/database/connection.ts';
import { assertMigrated, createMigrator, migrateToLatest } from '../src/database/migrator.ts';
import { createBlankDatabase } from './support/database.ts';

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
