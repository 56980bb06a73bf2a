import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../src/database/connection.ts';
import { migrateToLatest } from '../../../src/database/migrator.ts';
import { startEmbeddedPostgres } from '../../../src/development/postgres/embedded-postgres.ts';
import { runChaos } from './chaos.ts';

/**
 * `node test/messaging/chaos/full.ts`: 5,000 messages by two worker processes, with providers that fail, hang, break off and
 * answer late at random, workers killed every few seconds and PostgreSQL restarted. Takes about two minutes; exits 0 when nothing was lost and every duplicate is explained. CHAOS_SEED repeats a run.
 */
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);
const folder = await mkdtemp(join(tmpdir(), 'savabegh-chaos-'));
let postgres = await startEmbeddedPostgres({ dataDirectory: folder });
try {
  const { db, pool, close } = connect({ url: postgres.url, poolSize: 2 });
  await migrateToLatest(db, pool);
  await close();
  const started = performance.now();
  const report = await runChaos({
    messages: 5_000,
    databaseUrl: () => postgres.url,
    async restartDatabase() {
      await postgres.stop();
      postgres = await startEmbeddedPostgres({ dataDirectory: folder });
    },
    hangs: true,
    enqueueForMs: 45_000,
    killEveryMs: 5_000,
    cutEveryMs: 12_000,
    giveUpAfterMs: 100_000,
    seed,
    onProgress: (line) => console.log(line),
  });
  console.log({ seed, seconds: Math.round((performance.now() - started) / 1000), ...report });
  const faults = [
    ...report.lost,
    ...report.phantoms,
    ...report.duplicatesUnexplained,
    ...report.sentElsewhere,
    ...report.changedTexts,
    ...report.exitCodes.filter((code) => code !== 0),
  ];
  const duplicates = report.duplicatesByLostAnswer + report.duplicatesByDeath;
  console.log(
    `${report.committed} messages, ${report.lost.length} lost, ${duplicates} sent twice ` +
      `(${report.duplicatesByLostAnswer} after a lost answer, ${report.duplicatesByDeath} by a death), ` +
      `${report.duplicatesUnexplained.length} unexplained`,
  );
  process.exitCode = faults.length > 0 || report.crashes > 0 || report.unfinished > 0 ? 1 : 0;
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
