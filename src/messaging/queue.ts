import { setTimeout } from 'node:timers/promises';
import { Logger as QueueLogger, type Runner, run } from 'graphile-worker';
import type pg from 'pg';
import type { Logger } from 'pino';
import { toCause } from '../kernel/cause.ts';
import type { Dispatch } from './dispatch.ts';
import { dispatchMessageTask } from './outbox.ts';

/** How soon messages whose pause has ended are seen; new ones are announced by the database at once. */
const pollIntervalMs = 1_000;
const restartPauseMs = 500;
/** For ticking off jobs, once the deliveries themselves have ended. */
const stopLimitMs = 3_000;

export type QueueOptions = Readonly<{
  pool: pg.Pool;
  concurrency: number;
  log: Logger;
  dispatch: Dispatch;
}>;

export type Queue = Readonly<{ isRunning(): boolean; stop(): Promise<void> }>;

/**
 * Takes jobs from the queue until stopped. When the database goes away while a job is ticked off, the runner
 * of that time gives up, and may never say that it has ended; another one takes over at once, and what is
 * in delivery is kept account of here.
 */
export async function startQueue({ pool, concurrency, log, dispatch }: QueueOptions): Promise<Queue> {
  let stopping = false;
  let current: Runner | null = null;
  const inDispatch = new Set<Promise<void>>();

  const task = (payload: unknown): Promise<void> => {
    const dispatched = dispatch(getMessageId(payload)).finally(() => inDispatch.delete(dispatched));
    inDispatch.add(dispatched);
    return dispatched;
  };
  const start = async (): Promise<void> => {
    const runner = await run(
      {
        pgPool: pool,
        noHandleSignals: true,
        logger: queueLogger(log),
        taskList: { [dispatchMessageTask]: task },
        preset: {
          worker: {
            concurrentJobs: concurrency,
            pollInterval: pollIntervalMs,
            // Without batches a job that cannot be ticked off is a rejection that nobody handles: it would
            // end the whole process when the database restarts.
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
      },
      undefined,
      [],
    );
    current = runner;
    runner.promise.catch((error: Error) => log.warn({ reason: error.message }, 'the message queue ended'));
    runner.events.once('pool:gracefulShutdown', () => {
      if (current === runner) current = null;
      if (!stopping) restart().catch(onError);
    });
  };
  const onError = (error: unknown) =>
    log.warn({ cause: toCause(error) }, 'the message queue could not be started or stopped');
  const restart = async (): Promise<void> => {
    log.warn('the message queue was interrupted');
    while (!stopping && current === null) {
      await setTimeout(restartPauseMs);
      if (!stopping) await start().catch(onError);
    }
    // Stopped in the meantime.
    if (stopping) await stopRunner();
  };
  const stopRunner = async (): Promise<void> => {
    const stopped = current?.stop().catch(onError);
    while (inDispatch.size > 0) await Promise.allSettled(inDispatch);
    await Promise.race([stopped, setTimeout(stopLimitMs, undefined, { ref: false })]);
    while (inDispatch.size > 0) await Promise.allSettled(inDispatch);
  };
  await start();

  return {
    isRunning: () => current !== null,
    stop() {
      stopping = true;
      return stopRunner();
    },
  };
}

function getMessageId(payload: unknown): string {
  return (payload as { messageId: string }).messageId;
}

/** The queue's own messages, one line each. Its details stay out: they hold whole jobs and errors. */
function queueLogger(log: Logger): QueueLogger {
  const levels = { error: 'warn', warning: 'debug', info: 'debug', debug: 'trace' } as const;
  return new QueueLogger(() => (level, message) => log[levels[level]](message.split('\n', 1)[0]));
}
