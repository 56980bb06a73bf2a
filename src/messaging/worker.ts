import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Database } from '../database/schema.ts';
import { toCause } from '../kernel/cause.ts';
import { byChannel, type Channel } from './channels.ts';
import { createDispatch, type DispatchDeps, type DispatchEvent } from './dispatch.ts';
import { createDispatchCounters, type DispatchCounts } from './dispatch-counters.ts';
import { rescueMessages } from './messages.repository.ts';
import type { Senders } from './ports.ts';
import { createProviderChains, type ProviderHealth } from './providers.ts';
import { startQueue } from './queue.ts';
import { createReceiptListener, pollReceipts } from './receipts.ts';
import type { RenderMessage } from './render.ts';
import { repeat } from './repeat.ts';

const rescueIntervalMs = 5_000;
const receiptIntervalMs = 10_000;

export type DispatchWorkerOptions = Readonly<{
  db: Kysely<Database>;
  /** The same database; the worker keeps one connection of it for listening. */
  pool: pg.Pool;
  render: RenderMessage;
  senders: Senders;
  exceededLimit: DispatchDeps['exceededLimit'];
  mayReceiveSecrets: DispatchDeps['mayReceiveSecrets'];
  log: Logger;
  /** Messages in delivery at once in this process; they mostly wait for providers. */
  concurrency: number;
  /** Told what became of each attempt. */
  onDispatch?: (event: DispatchEvent) => void;
  /** After this long a provider's answer is not awaited any more. */
  answerTimeoutMs?: number;
}>;

export type DispatchHealth = DispatchCounts &
  Readonly<{
    running: boolean;
    providers: Readonly<Record<Channel, readonly ProviderHealth[]>>;
  }>;

export type DispatchWorker = Readonly<{
  health(): DispatchHealth;
  /** Takes no more messages, lets those in delivery end, and then closes the providers. */
  stop(): Promise<void>;
}>;

/**
 * Hands messages over as soon as their cause is committed, and learns what became of them. Any number of
 * these may run on one database, in the service or in processes of their own.
 */
export async function startDispatchWorker(options: DispatchWorkerOptions): Promise<DispatchWorker> {
  const { db, pool, log, senders, concurrency, answerTimeoutMs } = options;
  const chaining = {
    ...(answerTimeoutMs !== undefined && { timeoutMs: answerTimeoutMs }),
    onError: (provider: string, error: unknown) =>
      log.error({ provider, cause: toCause(error) }, 'an adapter failed in itself'),
  };
  const chains = createProviderChains(senders, chaining);
  const counters = createDispatchCounters();
  const dispatch = createDispatch({
    ...options,
    chains,
    onNotRenderable: (messageId, error) =>
      log.error({ messageId, cause: toCause(error) }, 'no text can be made of a message'),
    onOutcome(event) {
      counters.count(event);
      options.onDispatch?.(event);
      logOutcome(log, event);
    },
  });
  const queue = await startQueue({ pool, concurrency, log, dispatch });

  const everySender = Object.values(senders).flat();
  for (const sender of everySender) sender.open?.(createReceiptListener(db, sender.name));
  const stopRescue = repeat(
    rescueIntervalMs,
    async () => {
      const rescued = await rescueMessages(db);
      if (rescued > 0) log.warn({ rescued }, 'messages whose worker died are taken up again');
    },
    (error) => log.warn({ cause: toCause(error) }, 'messages of dead workers could not be looked for'),
  );
  const onPollError = (provider: string) => (error: unknown) =>
    log.warn({ provider, cause: toCause(error) }, 'a provider could not be asked for receipts');
  // Each by itself: one that fails keeps no other from being asked.
  const stopsPolling = everySender.map((sender) =>
    repeat(receiptIntervalMs, async () => void (await pollReceipts(db, sender)), onPollError(sender.name)),
  );

  let stopped: Promise<void> | null = null;
  return {
    health: () => ({
      running: queue.isRunning(),
      ...counters.read(),
      providers: byChannel((channel) => chains[channel].health()),
    }),
    stop() {
      stopped ??= (async () => {
        await Promise.all([stopRescue(), ...stopsPolling.map((stop) => stop()), queue.stop()]);
        await Promise.all(Object.values(chains).map((chain) => chain.close()));
      })();
      return stopped;
    },
  };
}

/** Says which message and what became of it; never to whom, and nothing of the text. */
function logOutcome(log: Logger, event: DispatchEvent): void {
  const isTrouble = event.outcome === 'failed' || event.outcome === 'requeued';
  log[isTrouble ? 'warn' : 'info'](event, `message ${event.outcome}`);
}
