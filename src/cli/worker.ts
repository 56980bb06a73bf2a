import { connect } from '../database/connection.ts';
import { assertMigrated } from '../database/migrator.ts';
import { createBudgets } from '../features/budgets/budgets.ts';
import { createKeyring, createMac } from '../kernel/keyring.ts';
import { createLogger } from '../logger.ts';
import { createMessaging } from '../messaging/index.ts';
import { createOperations, createReadiness } from '../operations/index.ts';
import { createMobileCheck, createOwnership } from '../ownership.ts';
import { explainFailure, startRuntime } from '../runtime.ts';
import { version } from '../version.ts';

/**
 * `npm run worker`: hands messages over in a process of its own, beside services that run with
 * MESSAGE_DELIVERY=worker (or without it: any number may do it at once). Takes the same settings.
 */
const openParts: (() => Promise<void>)[] = [];
/** After this long a drain is over, finished or not. */
const drainLimitMilliseconds = 20_000;

/** Ends the process: libraries may still be waiting for a database that has gone away. */
async function close(exitCode: number): Promise<void> {
  setTimeout(() => process.exit(1), drainLimitMilliseconds).unref();
  try {
    for (const part of openParts.splice(0).reverse()) await part();
  } catch (error) {
    console.error(explainFailure(error));
    process.exit(1);
  }
  process.exit(exitCode);
}

try {
  const { config, stop } = await startRuntime(process.env);
  openParts.push(stop);
  if (!config.databaseUrl) throw new Error('a database URL is needed');
  const log = createLogger({ level: config.logLevel, pretty: !config.production });
  const {
    db,
    pool,
    close: disconnect,
  } = connect({
    url: config.databaseUrl.expose(),
    poolSize: 2,
    applicationName: 'savabegh-worker',
    prepareStatements: config.databasePreparedStatements,
    onIdleError: ({ message }) => log.warn({ reason: message }, 'idle database connection lost'),
  });
  openParts.push(disconnect);
  await assertMigrated(db);
  const readiness = createReadiness({ db, deliversHere: true, worker: () => worker });
  const operations = await createOperations(config, { version, readiness, pool, hashing: null, log });
  const messaging = await createMessaging({
    config,
    db,
    keyring: createKeyring(config.secretKeys),
    budgets: createBudgets(createMac(config.identifierKey, 'budget')),
    mayReceiveSecrets: createMobileCheck(config, db, createOwnership(config, log)),
    log,
    ...(operations && { onDelivery: operations.countDelivery }),
  });
  const worker = await messaging.startWorker();
  openParts.push(worker.stop);
  if (operations) {
    openParts.push(operations.close);
    await operations.listen();
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => close(0));
  log.info({ providers: worker.health().sms.map(({ name }) => name) }, 'handing messages over');
} catch (error) {
  console.error(explainFailure(error));
  await close(1);
}
