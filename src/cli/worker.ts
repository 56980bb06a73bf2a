import { createNetworkCheck, createNetworks } from '../composition/known-networks.ts';
import { createLogger } from '../composition/logger.ts';
import { createMobileCheck, createOwnership } from '../composition/ownership.ts';
import { startRuntime } from '../composition/runtime.ts';
import { connect } from '../database/connection.ts';
import { assertMigrated } from '../database/migrator.ts';
import { createQuotas } from '../features/quotas/quotas.ts';
import { createKeyring, createMac } from '../kernel/keyring.ts';
import { version } from '../kernel/version.ts';
import { createMessaging } from '../messaging/index.ts';
import { createOperations, createReadiness } from '../operations/index.ts';
import type { Environment } from '../settings/reader.ts';
import { type Command, defineAction } from './command.ts';
import { runUntilSignalled } from './lifetime.ts';

async function startWorker(
  environment: Environment,
  opened: (close: () => Promise<unknown>) => void,
): Promise<void> {
  const { config, stop } = await startRuntime(environment);
  opened(stop);
  if (!config.databaseUrl) throw new Error('a database URL is needed');
  const log = createLogger({ level: config.logLevel, pretty: !config.production });
  const { db, pool, close } = connect({
    url: config.databaseUrl.expose(),
    poolSize: 2,
    applicationName: 'savabegh-worker',
    prepareStatements: config.databasePreparedStatements,
    onIdleError: ({ message }) => log.warn({ reason: message }, 'idle database connection lost'),
  });
  opened(close);
  await assertMigrated(db);
  const readiness = createReadiness({
    db,
    deliversHere: true,
    worker: () => worker,
    onFailure: (cause) => log.warn({ cause }, 'the database could not be asked whether the worker is ready'),
  });
  const operations = await createOperations(config, { version, readiness, pool, hashing: null, log });
  const messaging = await createMessaging({
    config,
    db,
    keyring: createKeyring(config.secretKeys),
    quotas: createQuotas(createMac(config.identifierKey, 'quota')),
    isKnownNetwork: createNetworkCheck(createNetworks(config.identifierKey)),
    mayReceiveSecrets: createMobileCheck(config, db, createOwnership(config, log)),
    log,
    ...(operations && { onDelivery: operations.countDelivery }),
  });
  const worker = await messaging.startWorker();
  opened(worker.stop);
  if (operations) {
    opened(operations.close);
    await operations.listen();
  }
  log.info({ providers: worker.health().sms.map(({ name }) => name) }, 'handing messages over');
}

const worker = defineAction({
  summary:
    'dispatches messages beside services that run with MESSAGE_DELIVERY=worker (or without it: any number may do it at once), with the same settings',
  run: ({ environment }) => runUntilSignalled((opened) => startWorker(environment, opened)),
});

export const command: Command = { actions: { '': worker } };
