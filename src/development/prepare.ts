import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { connect } from '../database/connection.ts';
import { migrateToLatest } from '../database/migrator.ts';
import { createEmployerListService, importFolder } from '../features/employer-lists/index.ts';
import { createRecordOperatorService, recordWriter } from '../features/records/index.ts';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));

/**
 * Makes a database ready for trying the service out: schema at the newest version, sample lists taken in
 * (at a second start that costs one query), and the newest of their months closed unless one is already.
 */
export async function prepareDevelopment(databaseUrl: string, { centuryPivot }: Config): Promise<void> {
  const { db, pool, close } = connect({ url: databaseUrl, poolSize: 4, applicationName: 'savabegh-prepare' });
  try {
    await migrateToLatest(db, pool);
    const lists = createEmployerListService({ pool, records: recordWriter, centuryPivot });
    const { newestMonth, counts } = await importFolder(lists, [samples]);
    if (counts.refused > 0) throw new Error(`${counts.refused} sample lists were refused`);
    const records = createRecordOperatorService({ db });
    if (newestMonth && !(await records.closedMonth())) await records.closeMonth(newestMonth);
  } finally {
    await close();
  }
}
