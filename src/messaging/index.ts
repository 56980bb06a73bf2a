import type { FastifyPluginAsync } from 'fastify';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { connect } from '../database/connection.ts';
import type { Database } from '../database/schema.ts';
import type { Keyring } from '../kernel/keyring.ts';
import type { Secret } from '../kernel/secret.ts';
import { createSenders } from './adapters/index.ts';
import type { DispatchEvent, MayReceiveSecrets } from './dispatch.ts';
import { exceededLimit, type LimitDependencies } from './limits.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Senders } from './ports.ts';
import { receiptRoutes } from './receipts.routes.ts';
import { createRenderer, type RenderMessage } from './render.ts';
import type { MessagingSettings } from './settings.ts';
import { createMessageTexts } from './texts.ts';
import { type DispatchWorker, startDispatchWorker } from './worker.ts';

export {
  byChannel,
  type Channel,
  channelNames,
  channels,
  channelTo,
  getAddressRules,
  type TextForm,
} from './channels.ts';
export type { DispatchEvent, MayReceiveSecrets } from './dispatch.ts';
export { escapeHtml, linkedHtml } from './email-layout.ts';
export {
  type Backlog,
  countMessages,
  type ListedMessage,
  listMessages,
  readBacklog,
} from './messages.overview.ts';
export { addressOfMessage, cleanUpMessages, deleteMessages, personOfMessage } from './messages.repository.ts';
export { messageStates } from './messages.table.ts';
export { createOutbox, type MessagePurpose, type NewMessage, type Outbox } from './outbox.ts';
export type { Rendered, RenderMessage } from './render.ts';
export type { DispatchHealth, DispatchWorker } from './worker.ts';

/** What of all settings messaging needs. */
export type MessagingOptions = Readonly<{
  publicUrl: string;
  /** Where links in notices lead to; '' = the service's own page. */
  noticePageUrl: string;
  messaging: MessagingSettings;
  databaseUrl: Secret<string> | null;
  /** Past a transaction pooler; `null`: `databaseUrl` leads past it. */
  databaseDirectUrl: Secret<string> | null;
  databasePreparedStatements: boolean;
}>;

export type MessagingDeps = Readonly<{
  settings: MessagingOptions;
  db: Kysely<Database>;
  keyring: Keyring;
  /** Counters shared by all processes, for limits of messages. */
  quotas: Pick<LimitDependencies, 'consume'>;
  mayReceiveSecrets: MayReceiveSecrets;
  log: Logger;
  /** Told what became of each attempt of this process's worker. */
  onDispatch?: (event: DispatchEvent) => void;
  /** Instead of the adapters that the settings name. */
  senders?: Senders;
}>;

export type Messaging = Readonly<{
  outbox: Outbox;
  render: RenderMessage;
  /** Where providers post receipts to. */
  routes: FastifyPluginAsync;
  /** Delivers messages from this process until stopped. */
  startWorker(): Promise<DispatchWorker>;
}>;

/** Of its own, so that codes do not wait behind a flood of requests. */
const dispatchPoolSize = 5;
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
  settings,
  db,
  keyring,
  quotas,
  mayReceiveSecrets,
  log,
  ...rest
}: MessagingDeps): Promise<Messaging> {
  const { publicUrl, messaging } = settings;
  const texts = createMessageTexts({ publicUrl });
  const noticePageUrl = settings.noticePageUrl || `${publicUrl}/notice`;
  const render = createRenderer({ keyring, texts, noticePageUrl });
  const limiting = { consume: quotas.consume, limits: messaging.limits };
  const senders = rest.senders ?? (await createSenders(messaging, publicUrl));
  return {
    outbox: createOutbox(),
    render,
    async routes(app) {
      await app.register(receiptRoutes, { db, publicUrl, senders: Object.values(senders).flat() });
    },
    async startWorker() {
      const { messages, queue, disconnect } = connectWorker(settings, log);
      const worker = await startDispatchWorker({
        db: messages.db,
        pool: queue.pool,
        render,
        senders,
        exceededLimit: (trx, message) => exceededLimit(trx, limiting, message),
        mayReceiveSecrets,
        log,
        concurrency: messaging.concurrency,
        ...(rest.onDispatch && { onDispatch: rest.onDispatch }),
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

/** Pools of the worker's own: one for messages, and one past a pooler for the queue, as listening needs a session. */
function connectWorker(settings: MessagingOptions, log: Logger) {
  if (!settings.databaseUrl) throw new Error('a database URL is needed');
  const url = settings.databaseUrl.expose();
  const common = {
    applicationName: 'savabegh-messages',
    onIdleError: ({ message }: Error) => log.warn({ reason: message }, 'idle database connection lost'),
  };
  const messages = connect({
    ...common,
    url,
    poolSize: dispatchPoolSize,
    prepareStatements: settings.databasePreparedStatements,
  });
  const queue = connect({
    ...common,
    url: withoutWaiting(settings.databaseDirectUrl?.expose() ?? url),
    poolSize: queuePoolSize,
  });
  return {
    messages,
    queue,
    async disconnect() {
      await Promise.all([messages.close(), queue.close()]);
    },
  };
}
