import { Logger as QueueLogger, type Runner, run } from 'graphile-worker';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Deliver } from './delivery.ts';
import { deliverMessageTask } from './outbox.ts';

/** How soon messages whose pause has ended are seen; new ones are announced by the database at once. */
const pollIntervalMs = 1_000;
const restartPauseMs = 1_000;

export type QueueOptions = Readonly<{
  pool: pg.Pool;
  concurrency: number;
  log: Logger;
  deliver: Deliver;
}>;

export type Queue = Readonly<{ isRunning(): boolean; stop(): Promise<void> }>;

/** Takes jobs from the queue until stopped; a queue that ends by itself is started again. */
export async function startQueue({ pool, concurrency, log, deliver }: QueueOptions): Promise<Queue> {
  let stopping = false;
  const start = () =>
    run(
      {
        pgPool: pool,
        concurrency,
        noHandleSignals: true,
        pollInterval: pollIntervalMs,
        logger: queueLogger(log),
        taskList: { [deliverMessageTask]: (payload) => deliver(messageIdOf(payload)) },
      },
      undefined,
      [],
    );
  let runner: Runner | null = await start();

  const restart = async (): Promise<void> => {
    runner = null;
    while (!stopping && runner === null) {
      await new Promise((resolve) => setTimeout(resolve, restartPauseMs));
      if (!stopping) runner = await start().catch(() => null);
    }
    if (runner !== null) watch(runner);
  };
  const watch = (watched: Runner): void => {
    watched.promise
      .catch((error: Error) => log.error({ reason: error.message }, 'the message queue stopped'))
      .then(restart);
  };
  watch(runner);

  return {
    isRunning: () => runner !== null,
    async stop() {
      stopping = true;
      await runner?.stop();
    },
  };
}

function messageIdOf(payload: unknown): string {
  return (payload as { messageId: string }).messageId;
}

/** The queue's own messages, one line each. Its details stay out: they hold whole jobs and errors. */
function queueLogger(log: Logger): QueueLogger {
  const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;
  return new QueueLogger(() => (level, message) => log[levels[level]](message.split('\n', 1)[0]));
}
