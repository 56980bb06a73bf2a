import pino from 'pino';
import { type Connection, connect } from '../../src/database/connection.ts';
import { createKeyring } from '../../src/kernel/keyring.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { byChannel } from '../../src/messaging/channels.ts';
import { createOutbox, type NewMessage } from '../../src/messaging/outbox.ts';
import type {
  EmailMessage,
  EmailSender,
  SenderName,
  Senders,
  SendResult,
  SmsMessage,
  SmsSender,
} from '../../src/messaging/ports.ts';
import { createRenderer } from '../../src/messaging/render.ts';
import { createMessageTexts } from '../../src/messaging/texts.ts';
import { type DispatchWorkerOptions, startDispatchWorker } from '../../src/messaging/worker.ts';
import { createTestDatabase } from '../support/database.ts';

/** A database of its own for one test file, with connections to it. */
export async function createDatabase(): Promise<Connection & { url: string; drop(): Promise<void> }> {
  const { url, drop } = await createTestDatabase();
  const connection = connect({ url, poolSize: 20 });
  return {
    ...connection,
    url,
    async drop() {
      await connection.close();
      await drop();
    },
  };
}

export const keyring = createKeyring([{ id: 'test', key: new Secret(new Uint8Array(32).fill(7)) }]);
export const publicUrl = 'https://savabegh.example';
export const texts = createMessageTexts({ publicUrl });
export const render = createRenderer({ keyring, texts, noticePageUrl: 'https://savabegh.test/notice' });
export const outbox = createOutbox();

export const mobile = '+989121234567';

type CodeMessage = Extract<NewMessage, { purpose: 'registration-code' | 'recovery-code' }>;

export function codeMessage(changes: Partial<CodeMessage> = {}): CodeMessage {
  return {
    channel: 'sms',
    purpose: 'registration-code',
    locale: 'fa',
    accountId: null,
    destination: mobile,
    challengeId: '0198a1b2-0000-7000-8000-000000000001',
    usefulForSeconds: 600,
    ...changes,
  };
}

/** A log whose lines can be looked at. */
export function createLog() {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  return { log, lines, text: () => lines.join('') };
}

/** A provider that answers as told and keeps what it was handed. */
export function createFakeSender<Message extends SmsMessage | EmailMessage = SmsMessage>(
  name: string,
  answerTo: (message: Message, count: number) => SendResult | Promise<SendResult> = () => ({
    kind: 'sent',
    providerMessageId: null,
  }),
) {
  const received: Message[] = [];
  return {
    // Under whatever name a test tells it from others.
    name: name as SenderName,
    deduplicates: false,
    received,
    async send(message: Message): Promise<SendResult> {
      received.push(message);
      return answerTo(message, received.length);
    },
  };
}

/** These and, for every other channel, nobody. */
export const sendersOf = (some: Partial<Senders>): Senders => ({ ...byChannel(() => []), ...some });

type WorkerChanges = Partial<Omit<DispatchWorkerOptions, 'senders'>> &
  Readonly<{ sms?: readonly SmsSender[]; email?: readonly EmailSender[] }>;

export function startWorker({ db, pool }: Connection, { sms = [], email = [], ...rest }: WorkerChanges) {
  return startDispatchWorker({
    db,
    pool,
    render,
    senders: sendersOf({ sms, email }),
    exceededLimit: async () => null,
    mayReceiveSecrets: async () => 'yes',
    log: createLog().log,
    concurrency: 16,
    ...rest,
  });
}

/** Waits until `read` gives something other than `undefined`. */
export async function eventually<T>(read: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error('it did not happen within ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
