import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from './database/schema.ts';

export type Sweep = (db: Kysely<Database>) => Promise<number>;

/**
 * Removes what has expired, again and again, so that no table grows without bound. Every replica does it:
 * the statements may run at the same time. Returns how to end it.
 */
export function startUpkeep(
  db: Kysely<Database>,
  sweeps: Readonly<Record<string, Sweep>>,
  log: Logger,
  intervalSeconds: number,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  async function sweepAll(): Promise<void> {
    for (const [name, sweep] of Object.entries(sweeps)) {
      try {
        const rows = await sweep(db);
        if (rows > 0) log.info({ sweep: name, rows }, 'swept');
      } catch (err) {
        log.warn({ err, sweep: name }, 'sweep failed');
      }
    }
  }
  const timer = setInterval(() => {
    running = running.then(sweepAll);
  }, intervalSeconds * 1000);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
