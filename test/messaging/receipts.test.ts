import { createHmac } from 'node:crypto';
import Fastify from 'fastify';
import t from 'tap';
import { Problem } from '../../src/kernel/problem.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { createWebhookSender } from '../../src/messaging/adapters/webhook.ts';
import type { Receipt, ReceiptListener } from '../../src/messaging/ports.ts';
import { receiptRoutes } from '../../src/messaging/receipts.routes.ts';
import { pollReceipts } from '../../src/messaging/receipts.ts';
import {
  codeMessage,
  createDatabase,
  createFakeSender,
  eventually,
  outbox,
  publicUrl,
  startWorker,
} from './support.ts';

const database = await createDatabase();
const { db } = database;
const key = new Uint8Array(32).fill(9);
const gateway = createWebhookSender('sms', { url: 'http://127.0.0.1:9', secret: new Secret(key) });
const app = Fastify();
app.setErrorHandler((error, _request, reply) =>
  reply.code(error instanceof Problem ? error.kind.status : 500).send({}),
);
await app.register(receiptRoutes, { db, publicUrl, senders: [gateway, createFakeSender('fake')] });
t.teardown(async () => {
  await app.close();
  await database.drop();
});

/** A message that the provider took under this id, so many seconds ago. */
async function handedOver(provider: string, providerMessageId: string, secondsAgo = 0): Promise<void> {
  await db.transaction().execute((trx) => outbox.enqueue(trx, codeMessage()));
  const at = new Date(Date.now() - secondsAgo * 1000);
  await db
    .updateTable('message')
    .set({
      state: 'handed_over',
      provider,
      provider_message_id: providerMessageId,
      handed_over_at: at,
      receipt_due_at: at,
    })
    .where('state', '=', 'queued')
    .execute();
}

function toState(providerMessageId: string) {
  return db
    .selectFrom('message')
    .select(['state', 'failure', 'receipt_due_at'])
    .where('provider_message_id', '=', providerMessageId)
    .executeTakeFirstOrThrow();
}

function post(receipt: unknown, { forged = false, type = 'application/json' } = {}) {
  const body = JSON.stringify(receipt);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', forged ? 'x' : key)
    .update(`r-1.${timestamp}.${body}`)
    .digest('base64');
  return app.inject({
    method: 'POST',
    url: '/v1/message-receipts/webhook',
    headers: {
      'content-type': type,
      'webhook-id': 'r-1',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  });
}

t.test('a posted receipt moves its message on, once', async (t) => {
  await handedOver('webhook', 'gw-1');
  t.equal((await post({ id: 'gw-1', state: 'on its way' })).statusCode, 204);
  t.has(await toState('gw-1'), { state: 'handed_over' });
  t.equal((await post({ id: 'gw-1', state: 'failed', reason: 'no-route' })).statusCode, 204);
  t.has(await toState('gw-1'), { state: 'failed', failure: 'no-route', receipt_due_at: null });
  t.equal((await post({ id: 'gw-1', state: 'delivered' })).statusCode, 204);
  t.has(await toState('gw-1'), { state: 'delivered', failure: null });
  t.equal((await post({ id: 'gw-1', state: 'failed' })).statusCode, 204);
  t.has(await toState('gw-1'), { state: 'delivered' }, 'what has arrived has arrived');
});

t.test('a receipt that is not the provider’s changes nothing', async (t) => {
  await handedOver('webhook', 'gw-2');
  t.equal((await post({ id: 'gw-2', state: 'delivered' }, { forged: true })).statusCode, 401);
  t.equal((await post({ state: 'delivered' })).statusCode, 401);
  t.equal((await app.inject({ method: 'POST', url: '/v1/message-receipts/webhook' })).statusCode, 401);
  t.equal((await post({ id: 'gw-2', padding: 'x'.repeat(20_000) })).statusCode, 500, 'too large to be read');
  t.equal((await app.inject({ method: 'POST', url: '/v1/message-receipts/fake' })).statusCode, 404);
  t.has(await toState('gw-2'), { state: 'handed_over' });
});

t.test('a receipt of another provider with the same id does not count', async (t) => {
  await handedOver('kavenegar', 'gw-3');
  t.equal((await post({ id: 'gw-3', state: 'delivered' })).statusCode, 404);
  t.has(await toState('gw-3'), { state: 'handed_over' });
});

t.test('a receipt that overtakes the note of its message is taken in all the same', async (t) => {
  const posted = post({ id: 'gw-4', state: 'delivered' });
  setTimeout(() => handedOver('webhook', 'gw-4'), 100);
  t.equal((await posted).statusCode, 204);
  t.has(await toState('gw-4'), { state: 'delivered' });
});

t.test('a provider that does not tell is asked, about each message less and less often', async (t) => {
  await handedOver('poller', 'p-1', 30);
  await handedOver('poller', 'p-2', 600);
  await handedOver('poller', 'p-3', 25 * 60 * 60);
  await handedOver('other', 'p-4', 30);
  const asked: string[][] = [];
  const poller = {
    ...createFakeSender('poller'),
    async poll(ids: readonly string[]) {
      asked.push([...ids].sort());
      return new Map<string, Receipt>([['p-1', { state: 'delivered', reason: null }]]);
    },
  };
  t.equal(await pollReceipts(db, poller), 1);
  t.equal(await pollReceipts(db, poller), 0);
  t.same(asked, [['p-1', 'p-2', 'p-3']], 'asked about what is due, and not again at once');
  t.has(await toState('p-1'), { state: 'delivered' });
  const next = (await toState('p-2')).receipt_due_at?.getTime() ?? 0;
  t.ok(Math.abs(next - Date.now() - 600_000) < 10_000, 'next time as late again as it is old');
  t.has(await toState('p-3'), { state: 'handed_over', receipt_due_at: null }, 'not after a day');
});

t.test('a provider that cannot be asked just now is asked again later', async (t) => {
  await handedOver('broken', 'b-1', 30);
  const broken = {
    ...createFakeSender('broken'),
    poll: async (): Promise<Map<string, Receipt>> => {
      throw new Error('not now');
    },
  };
  await t.rejects(pollReceipts(db, broken));
  const { state, receipt_due_at } = await toState('b-1');
  t.equal(state, 'handed_over');
  t.ok(receipt_due_at && receipt_due_at > new Date());
});

t.test('receipts by a session reach the message; polled providers are noted as such', async (t) => {
  await db.deleteFrom('message').execute();
  let tell: ReceiptListener = async () => false;
  const session = {
    ...createFakeSender('session', () => ({ kind: 'sent', providerMessageId: 's-1' })),
    open(listener: ReceiptListener) {
      tell = listener;
    },
    poll: async () => new Map<string, Receipt>(),
  };
  const worker = await startWorker(database, { sms: [session] });
  await db.transaction().execute((trx) => outbox.enqueue(trx, codeMessage()));
  const waiting = await eventually(() =>
    db.selectFrom('message').selectAll().where('state', '=', 'handed_over').executeTakeFirst(),
  );
  t.ok(waiting.receipt_due_at);
  t.equal(await tell('s-1', { state: 'delivered', reason: null }), true);
  t.equal(await tell('s-2', { state: 'delivered', reason: null }), false);
  t.has(await toState('s-1'), { state: 'delivered' });
  await worker.stop();
});
