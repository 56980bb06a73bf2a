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
  let running: Promise<void> | undefined;
  let stopped = false;
  async function sweepAll(): Promise<void> {
    for (const [name, sweep] of Object.entries(sweeps)) {
      if (stopped) return;
      try {
        const rows = await sweep(db);
        if (rows > 0) log.info({ sweep: name, rows }, 'swept');
      } catch (err) {
        log.warn({ err, sweep: name }, 'sweep failed');
      }
    }
  }
  const timer = setInterval(() => {
    // A database that hangs makes a round longer than the interval: the next one waits for a free tick.
    running ??= sweepAll().finally(() => {
      running = undefined;
    });
  }, intervalSeconds * 1000);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
