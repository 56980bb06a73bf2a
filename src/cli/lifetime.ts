import { explainFailure } from '../composition/runtime.ts';

/** After this long a drain is over, finished or not. */
const drainLimitMs = 20_000;

/** npm passes on signals that the process has got already: only a later one means that somebody will not wait. */
const impatienceMs = 1_000;

/**
 * Runs what lasts until a signal ends it. `start` hands in how to close each part as soon as it is open; the last
 * is closed first, also when the start fails. Ends the process: libraries may still be waiting for a database that
 * has gone away.
 */
export async function runUntilSignalled(
  start: (opened: (close: () => Promise<unknown>) => void) => Promise<void>,
): Promise<never> {
  const parts: (() => Promise<unknown>)[] = [];
  const ended = Promise.withResolvers<never>();
  let signalledAt: number | undefined;

  async function close(exitCode: number): Promise<void> {
    setTimeout(() => process.exit(exitCode || 1), drainLimitMs).unref();
    let code = exitCode;
    for (const part of parts.splice(0).reverse()) {
      try {
        await part();
      } catch (error) {
        console.error(explainFailure(error));
        code = 1;
      }
    }
    process.exit(code);
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (signalledAt === undefined) {
        signalledAt = performance.now();
        void close(0);
      } else if (performance.now() - signalledAt > impatienceMs) process.exit(1);
    });
  }
  try {
    await start((part) => parts.push(part));
  } catch (error) {
    console.error(explainFailure(error));
    await close(1);
  }
  return ended.promise;
}
