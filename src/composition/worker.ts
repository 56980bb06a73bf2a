import { assertMigrated } from '../database/migrator.ts';
import { byChannel } from '../messaging/index.ts';
import type { Config } from './config.ts';
import { createDaemon } from './daemon.ts';
import { createFoundation } from './foundation.ts';
import { createLogger } from './logger.ts';

/** The claims of messages go through pools of their own. */
const poolSize = 2;

/**
 * A process that only dispatches messages, beside any number of others.
 * @param opened told how to close each part as soon as it is open
 * @throws {SchemaError} when the database is not up to date
 */
export async function startWorker(
  config: Config,
  opened: (close: () => Promise<unknown>) => void,
): Promise<void> {
  const log = createLogger({ level: config.logLevel, pretty: !config.production });
  const foundation = createFoundation(config, { poolSize, applicationName: 'savabegh-worker', log });
  opened(foundation.close);
  await assertMigrated(foundation.db);
  const daemon = await createDaemon(foundation, { log, dispatchesHere: true, hashing: null });
  opened(daemon.close);
  const worker = await daemon.startDispatch();
  await daemon.operations?.listen();
  const { providers: chains } = worker.health();
  const providers = byChannel((channel) => chains[channel].map(({ name }) => name));
  log.info({ providers }, 'dispatching messages');
}
