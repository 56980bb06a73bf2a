import { withFoundation } from '../composition/runtime.ts';
import { createMigrator, migrateToLatest } from '../database/migrator.ts';
import { type Command, defineAction } from './command.ts';

/** One runner waits for another, and filling a column may take its time; what waits for locks has limits. */
const connection = { applicationName: 'savabegh-migrate', statementTimeoutMs: 0 } as const;

const migrate = defineAction({
  summary: 'brings the schema to the newest version; there is no way back',
  options: { 'dry-run': { describe: 'says what would be applied, and applies nothing' } },
  run: ({ options, environment }) =>
    withFoundation(environment, connection, async ({ db, pool }) => {
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
    withFoundation(environment, connection, async ({ db }) => {
      for (const { name, executedAt } of await createMigrator(db).getMigrations()) {
        console.log(`${executedAt ? executedAt.toISOString() : 'not applied             '}  ${name}`);
      }
    }),
});

export const command: Command = { actions: { '': migrate, status } };
