import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { startRuntime } from '../composition/runtime.ts';
import { connect } from '../database/connection.ts';
import { createMigrator, migrateToLatest } from '../database/migrator.ts';
import type { Database } from '../database/schema.ts';
import type { Environment } from '../settings/reader.ts';
import { type Command, defineAction } from './command.ts';

async function withSchema(
  environment: Environment,
  work: (db: Kysely<Database>, pool: Pool) => Promise<void>,
): Promise<void> {
  const runtime = await startRuntime(environment);
  const { db, pool, close } = connect({
    url: runtime.databaseUrl,
    poolSize: 2,
    applicationName: 'savabegh-migrate',
    // One runner waits for another, and filling a column may take its time; what waits for locks has limits.
    statementTimeoutMs: 0,
  });
  try {
    await work(db, pool);
  } finally {
    await close();
    await runtime.stop();
  }
}

const migrate = defineAction({
  summary: 'brings the schema to the newest version; there is no way back',
  options: { 'dry-run': { describe: 'says what would be applied, and applies nothing' } },
  run: ({ options, environment }) =>
    withSchema(environment, async (db, pool) => {
      const names = options['dry-run']
        ? (await createMigrator(db).getMigrations())
            .filter((each) => !each.executedAt)
            .map(({ name }) => name)
        : await migrateToLatest(db, pool);
      const verb = options['dry-run'] ? 'would be applied' : 'applied';
      console.log(names.length > 0 ? `${verb}: ${names.join(', ')}` : 'nothing to apply');
    }),
});

const status = defineAction({
  summary: 'what has been applied, and when',
  run: ({ environment }) =>
    withSchema(environment, async (db) => {
      for (const { name, executedAt } of await createMigrator(db).getMigrations()) {
        console.log(`${executedAt ? executedAt.toISOString() : 'not applied             '}  ${name}`);
      }
    }),
});

export const command: Command = { actions: { '': migrate, status } };
