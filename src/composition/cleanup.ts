import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../database/schema.ts';

export type Cleanup = (db: Kysely<Database>) => Promise<number>;

/**
 * Removes what has expired, again and again, so that no table grows without bound. Every replica does it:
 * the statements may run at the same time. Returns how to end it.
 */
export function startCleanup(
  db: Kysely<Database>,
  cleanups: Readonly<Record<string, Cleanup>>,
  log: Logger,
  intervalSeconds: number,
): () => Promise<void> {
  let running: Promise<void> | undefined;
  let stopped = false;
  async function cleanUpAll(): Promise<void> {
    for (const [name, cleanup] of Object.entries(cleanups)) {
      if (stopped) return;
      try {
        const rows = await cleanup(db);
        if (rows > 0) log.info({ cleanup: name, rows }, 'cleaned up');
      } catch (err) {
        log.warn({ err, cleanup: name }, 'cleanup failed');
      }
    }
  }
  const timer = setInterval(() => {
    // A database that hangs makes a round longer than the interval: the next one waits for a free tick.
    running ??= cleanUpAll().finally(() => {
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
