import type { Logger } from 'pino';
import { createMobileOwnership, type MobileOwnership } from '../features/mobile-ownership/index.ts';
import type { PasswordMetrics } from '../features/passwords/index.ts';
import { version } from '../kernel/version.ts';
import { createMessaging, type DispatchWorker } from '../messaging/index.ts';
import { createOperations, createReadiness } from '../operations/index.ts';
import type { Foundation } from './foundation.ts';
import { createMobileCheck } from './mobile-check.ts';

/** What tests put in place of the real thing. */
export type DaemonOverrides = Readonly<{
  mobileOwnership?: MobileOwnership;
  senders?: Parameters<typeof createMessaging>[0]['senders'];
}>;

export type DaemonOptions = DaemonOverrides &
  Readonly<{
    log: Logger;
    /** Whether this process is to dispatch messages. */
    dispatchesHere: boolean;
    /** `null` where no passwords are hashed. */
    hashing: (() => PasswordMetrics) | null;
  }>;

export type Daemon = Awaited<ReturnType<typeof createDaemon>>;

/**
 * What every process that runs for long has, be it a service or a worker: messages, and what operators see of it.
 * Nothing runs yet.
 */
export async function createDaemon(
  { config, db, pool, keyring, quotas }: Foundation,
  { log, dispatchesHere, hashing, senders, ...overrides }: DaemonOptions,
) {
  let worker: DispatchWorker | null = null;
  const readiness = createReadiness({
    db,
    dispatchesHere: dispatchesHere,
    worker: () => worker,
    onFailure: (cause) =>
      log.warn({ cause }, 'the database could not be asked whether this process is ready'),
  });
  const operations = await createOperations(config.operations, { version, readiness, pool, hashing, log });
  const mobileOwnership =
    overrides.mobileOwnership ??
    (await createMobileOwnership(config, (reason) =>
      log.warn({ reason }, 'mobile ownership is not available'),
    ));
  const messaging = await createMessaging({
    settings: config,
    db,
    keyring,
    quotas,
    mayReceiveSecrets: createMobileCheck(config, db, mobileOwnership),
    log,
    ...(operations && { onDispatch: operations.countDispatch }),
    ...(senders && { senders }),
  });
  return {
    readiness,
    operations,
    mobileOwnership,
    messaging,
    /** Dispatches messages from now on, until closed. */
    async startDispatch(): Promise<DispatchWorker> {
      worker = await messaging.startWorker();
      return worker;
    },
    async close(): Promise<void> {
      await worker?.stop();
      await operations?.close();
    },
  };
}
