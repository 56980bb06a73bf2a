import type { FastifyPluginAsync } from 'fastify';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Config } from '../composition/config.ts';
import { connect } from '../database/connection.ts';
import type { Database } from '../database/schema.ts';
import type { Keyring } from '../kernel/keyring.ts';
import { createSenders, type Senders } from './adapters/index.ts';
import type { DeliveryEvent, MayReceiveSecrets } from './delivery.ts';
import { exceededLimit, type IsKnownNetwork, type LimitDependencies } from './limits.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { receiptRoutes } from './receipts.routes.ts';
import { createRenderer, type RenderMessage } from './render.ts';
import { createMessageTexts } from './texts.ts';
import { type DeliveryWorker, startDeliveryWorker } from './worker.ts';

export type { DeliveryEvent, MayReceiveSecrets } from './delivery.ts';
export { escapeHtml, linkedHtml } from './email-layout.ts';
export type { IsKnownNetwork } from './limits.ts';
export {
  type Backlog,
  countMessages,
  type ListedMessage,
  listMessages,
  readBacklog,
} from './messages.overview.ts';
export { addressOfMessage, cleanUpMessages, personOfMessage } from './messages.repository.ts';
export { messageStates } from './messages.table.ts';
export { createOutbox, type MessagePurpose, type NewMessage, type Outbox } from './outbox.ts';
export type { RenderMessage } from './render.ts';
export type { DeliveryHealth, DeliveryWorker } from './worker.ts';

export type MessagingDeps = Readonly<{
  config: Config;
  db: Kysely<Database>;
  keyring: Keyring;
  /** Counters shared by all processes, for limits of messages. */
  quotas: Pick<LimitDependencies, 'consume'>;
  isKnownNetwork: IsKnownNetwork;
  mayReceiveSecrets: MayReceiveSecrets;
  log: Logger;
  /** Told what became of each attempt of this process's worker. */
  onDelivery?: (event: DeliveryEvent) => void;
  /** Instead of the adapters that the settings name. */
  senders?: Senders;
}>;

export type Messaging = Readonly<{
  outbox: Outbox;
  render: RenderMessage;
  /** Where providers post receipts to. */
  routes: FastifyPluginAsync;
  /** Delivers messages from this process until stopped. */
  startWorker(): Promise<DeliveryWorker>;
}>;

/** Of its own, so that codes do not wait behind a flood of requests. */
const deliveryPoolSize = 5;
/** One of them listens. */
const queuePoolSize = 4;

/**
 * Who has which job need not survive a crash of the database: the claim of the message decides. So taking and
 * ticking off jobs does not wait for the disk, which a code would have to wait for too.
 */
function withoutWaiting(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('options', '-c synchronous_commit=off');
  return url.href;
}

/** @throws when a text is not usable with these settings */
export async function createMessaging({
  config,
  db,
  keyring,
  quotas,
  isKnownNetwork,
  mayReceiveSecrets,
  log,
  ...rest
}: MessagingDeps): Promise<Messaging> {
  const { publicUrl, messaging: settings } = config;
  const texts = createMessageTexts({ publicUrl });
  const noticePageUrl = config.noticePageUrl || `${publicUrl}/notice`;
  const render = createRenderer({ keyring, texts, noticePageUrl });
  const limiting = {
    consume: quotas.consume,
    limits: settings.limits,
    isKnownNetwork,
  };
  const senders = rest.senders ?? (await createSenders(settings, publicUrl));
  return {
    outbox: createOutbox(),
    render,
    async routes(app) {
      await app.register(receiptRoutes, { db, publicUrl, senders: [...senders.sms, ...senders.email] });
    },
    async startWorker() {
      if (!config.databaseUrl) throw new Error('a database URL is needed');
      const url = config.databaseUrl.expose();
      // Listening needs a session of its own.
      const directUrl = config.databaseDirectUrl?.expose() ?? url;
      const onIdleError = ({ message }: Error) =>
        log.warn({ reason: message }, 'idle database connection lost');
      const applicationName = 'savabegh-messages';
      const messages = connect({
        url,
        poolSize: deliveryPoolSize,
        applicationName,
        prepareStatements: config.databasePreparedStatements,
        onIdleError,
      });
      const queue = connect({
        url: withoutWaiting(directUrl),
        poolSize: queuePoolSize,
        applicationName,
        onIdleError,
      });
      const disconnect = async () => {
        await Promise.all([messages.close(), queue.close()]);
      };
      const worker = await startDeliveryWorker({
        db: messages.db,
        pool: queue.pool,
        render,
        senders,
        exceededLimit: (trx, message) => exceededLimit(trx, limiting, message),
        mayReceiveSecrets,
        log,
        concurrency: settings.concurrency,
        ...(rest.onDelivery && { onDelivery: rest.onDelivery }),
      }).catch(async (error: unknown) => {
        await disconnect();
        throw error;
      });
      return {
        health: worker.health,
        async stop() {
          await worker.stop();
          await disconnect();
        },
      };
    },
  };
}
