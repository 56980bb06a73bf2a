import { connect } from '../database/connection.ts';
import { createMigrator, migrateToLatest } from '../database/migrator.ts';
import { explainFailure, startRuntime } from '../runtime.ts';

/** `npm run migrate [-- status]`: brings the schema to the newest version, or shows what has been applied. */
try {
  const runtime = await startRuntime(process.env);
  const { db, pool, close } = connect({
    url: runtime.databaseUrl,
    poolSize: 2,
    applicationName: 'savabegh-migrate',
    // One runner waits for another, and filling a column may take its time; what waits for locks has limits.
    statementTimeoutMs: 0,
  });
  try {
    if (process.argv[2] === 'status') {
      for (const { name, executedAt } of await createMigrator(db).getMigrations()) {
        console.log(`${executedAt ? executedAt.toISOString() : 'not applied             '}  ${name}`);
      }
    } else {
      const applied = await migrateToLatest(db, pool);
      console.log(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
    }
  } finally {
    await close();
    await runtime.stop();
  }
} catch (error) {
  console.error(explainFailure(error));
  process.exitCode = 1;
}
