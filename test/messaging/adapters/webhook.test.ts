import { createHmac } from 'node:crypto';
import t from 'tap';
import { Secret } from '../../../src/kernel/secret.ts';
import { createWebhookSender } from '../../../src/messaging/adapters/webhook.ts';
import { channelNames, channels } from '../../../src/messaging/channels.ts';
import type { EmailMessage, SmsMessage } from '../../../src/messaging/ports.ts';
import { json, startHttpServer } from '../http-server.ts';
import { emailMessage, httpDouble, messages, smsMessage, testContract } from './contract.ts';

const key = new Uint8Array(32).fill(9);
const server = await startHttpServer();
const settings = { url: `${server.url}/hook`, secret: new Secret(key) };
const sender = createWebhookSender('sms', settings);
const mailSender = createWebhookSender('email', settings);
t.teardown(() => Promise.all([sender.close?.(), mailSender.close?.(), server.close()]));

const { commonAnswers, answer, ...double } = httpDouble(server, {
  status: 200,
  body: { result: 'sent', id: 'gw-17' },
  id: 'gw-17',
});
const secrets = ['9121234567', emailMessage.to, '604831', Buffer.from(key).toString('base64')];
const kinds = ['retry-later', 'recipient-refused', 'configuration-wrong', 'out-of-credit'] as const;

const contract = {
  ...double,
  answers: [
    ...commonAnswers,
    ...kinds.flatMap((kind) =>
      [200, 422].map((status) =>
        answer(`${kind} with HTTP ${status}`, kind, json(status, { result: kind, reason: 'gw-1' })),
      ),
    ),
    answer(
      'a reason that is prose',
      'retry-later',
      json(200, { result: 'retry-later', reason: 'to 09121234567' }),
    ),
    answer('"sent" with HTTP 500', 'unknown', json(500, { result: 'sent' })),
  ],
  secrets,
};
for (const channel of channelNames) {
  t.test(channel, async (t) => {
    const sender = createWebhookSender(channel, settings);
    t.teardown(() => sender.close?.());
    const message = messages[channels[channel].texts];
    const nowhere = createWebhookSender(channel, { ...settings, url: 'http://127.0.0.1:9' });
    testContract<SmsMessage | EmailMessage>(t, { ...contract, sender, message, nowhere });
  });
}

function sign(id: string, timestamp: string, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

t.test('what is posted is signed, and names the message the same way in every repeat', async (t) => {
  server.reactWith(json(200, { result: 'sent' }));
  const toKeptAnswer = () => sender.send(smsMessage, AbortSignal.timeout(5_000));
  t.same(await toKeptAnswer(), { kind: 'sent', providerMessageId: smsMessage.reference });
  await toKeptAnswer();
  for (const { headers, body } of server.received) {
    t.equal(headers['webhook-id'], smsMessage.reference);
    const timestamp = String(headers['webhook-timestamp']);
    t.equal(headers['webhook-signature'], sign(smsMessage.reference, timestamp, body));
    t.has(JSON.parse(body), { channel: 'sms', to: '+989121234567', text: smsMessage.text, code: '604831' });
  }
  await mailSender.send(emailMessage, AbortSignal.timeout(5_000));
  t.has(JSON.parse(server.received[2]?.body ?? ''), { channel: 'email', subject: emailMessage.subject });
});

t.test('a posted receipt counts only when signed, and recently', async (t) => {
  const post = (receipt: unknown, { age = 0, signature = '' } = {}) => {
    const body = JSON.stringify(receipt);
    const timestamp = String(Math.floor(Date.now() / 1000) - age);
    const headers = {
      'webhook-id': 'r-1',
      'webhook-timestamp': timestamp,
      'webhook-signature': signature || `v0,x ${sign('r-1', timestamp, body)}`,
    };
    return sender.readPosted?.({ url: '', headers, body });
  };
  t.same(post({ id: 'gw-17', state: 'delivered' }), {
    providerMessageId: 'gw-17',
    receipt: { state: 'delivered', reason: null },
  });
  t.same(post({ id: 'gw-17', state: 'failed', reason: 'x-2' }), {
    providerMessageId: 'gw-17',
    receipt: { state: 'failed', reason: 'x-2' },
  });
  t.same(post({ id: 'gw-17', state: 'on its way' }), { providerMessageId: 'gw-17', receipt: null });
  t.equal(post({ state: 'delivered' }), null);
  t.equal(post('delivered'), null);
  t.equal(post({ id: 'gw-17', state: 'delivered' }, { age: 400 }), null, 'old');
  t.equal(post({ id: 'gw-17', state: 'delivered' }, { age: -400 }), null, 'from the future');
  t.equal(post({ id: 'gw-17', state: 'delivered' }, { signature: 'v1,AAAA' }), null, 'forged');
  t.equal(sender.readPosted?.({ url: '', headers: {}, body: '{}' }), null, 'unsigned');
});
