import { fileURLToPath } from 'node:url';
import type { Config } from '../composition/config.ts';
import { createFoundation } from '../composition/foundation.ts';
import { createOperatorServices } from '../composition/operator-services.ts';
import { createMigrator, migrateToLatest } from '../database/migrator.ts';
import { importFolder } from '../features/employer-lists/index.ts';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));

/** A line for every so many lists that are imported. */
const listsPerLine = 25;

/**
 * Makes a database ready for trying the service out: schema at the newest version, sample lists imported
 * (at a second start that costs one query), and the newest of their months closed unless one is already.
 * @param progress told before what takes seconds
 */
export async function prepareDevelopment(
  databaseUrl: string,
  config: Config,
  progress: (text: string) => void,
): Promise<void> {
  const foundation = createFoundation(config, {
    url: databaseUrl,
    poolSize: 4,
    applicationName: 'savabegh-prepare',
  });
  const { db, pool } = foundation;
  try {
    const pending = (await createMigrator(db).getMigrations()).filter(({ executedAt }) => !executedAt);
    if (pending.length > 0) progress(`applying ${pending.length} migrations`);
    await migrateToLatest(db, pool);
    const { employerLists, records } = createOperatorServices(foundation);
    let fresh = 0;
    const { newestMonth, counts } = await importFolder(employerLists, [samples], {
      onPair({ report }, _done, total) {
        if (report?.state === 'unchanged') return;
        if (fresh % listsPerLine === 0) progress(`importing sample lists: ${fresh} of ${total}`);
        fresh += 1;
      },
    });
    if (counts.refused > 0) throw new Error(`${counts.refused} sample lists were refused`);
    if (newestMonth && !(await records.closedMonth())) await records.closeMonth(newestMonth);
  } finally {
    await foundation.close();
  }
}
