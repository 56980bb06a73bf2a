import t from 'tap';
import { Secret } from '../../../src/kernel/secret.ts';
import { createSmsirSender } from '../../../src/messaging/adapters/smsir.ts';
import { json, startHttpServer } from '../http-server.ts';
import { httpDouble, smsMessage, testContract } from './contract.ts';

const apiKey = 'jv9c2Zl0smsirKeyForTests';
const server = await startHttpServer();
const settings = {
  url: server.url,
  apiKey: new Secret(apiKey),
  line: '30007732',
  templates: { 'recovery-code': '100001' },
};
const sender = createSmsirSender(settings);
t.teardown(() => Promise.all([sender.close?.(), server.close()]));

const accepted = { status: 1, message: 'موفق', data: { messageId: 89545112, cost: 1.0 } };
const { commonAnswers, answer, ...double } = httpDouble(server, {
  status: 200,
  body: accepted,
  id: '89545112',
});
const secrets = [apiKey, '9121234567', '604831'];

const meanings = {
  unknown: [0],
  'retry-later': [20],
  'recipient-refused': [104, 115],
  'out-of-credit': [102],
  'configuration-wrong': [10, 11, 12, 13, 14, 101, 113, 114, 116, 117, 119, 123],
} as const;

testContract(t, {
  ...double,
  sender,
  message: smsMessage,
  answers: [
    ...commonAnswers,
    ...Object.entries(meanings).flatMap(([kind, statuses]) =>
      statuses.flatMap((status) =>
        [200, 400].map((http) =>
          answer(
            `status ${status} with HTTP ${http}`,
            kind as keyof typeof meanings,
            json(http, { status, message: secrets.join(), data: null }),
          ),
        ),
      ),
    ),
    answer('taken, without data', 'unknown', json(200, { status: 1, data: null })),
  ],
  nowhere: createSmsirSender({ ...settings, url: 'http://127.0.0.1:9' }),
  secrets,
});

t.test('a code goes out by its template, the key in a header', async (t) => {
  server.reactWith(json(200, accepted));
  await sender.send(smsMessage, AbortSignal.timeout(5_000));
  const [request] = server.received;
  t.has(request, { method: 'POST', path: '/v1/send/verify', headers: { 'x-api-key': apiKey } });
  t.same(JSON.parse(request?.body ?? ''), {
    mobile: '09121234567',
    templateId: 100001,
    parameters: [{ name: 'CODE', value: '604831' }],
  });
});

t.test('a text without a template goes out by the line, or not at all', async (t) => {
  server.reactWith(json(200, { status: 1, data: { packId: 'x', messageIds: [77], cost: 2 } }));
  const notice = { ...smsMessage, purpose: 'welcome' as const, code: null };
  t.same(await sender.send(notice, AbortSignal.timeout(5_000)), { kind: 'sent', providerMessageId: '77' });
  t.equal(server.received[0]?.path, '/v1/send/bulk');
  t.same(JSON.parse(server.received[0]?.body ?? ''), {
    lineNumber: 30007732,
    messageText: notice.text,
    mobiles: ['09121234567'],
  });
  const withoutLine = createSmsirSender({ ...settings, line: '' });
  t.equal((await withoutLine.send(notice, AbortSignal.timeout(5_000))).kind, 'configuration-wrong');
  t.equal(server.received.length, 1);
});

t.test('receipts are asked for one by one; what is on its way is left out', async (t) => {
  const states: Record<string, number> = { 1: 1, 2: 2, 3: 3, 5: 5, 7: 7 };
  server.reactWith((response, request) => {
    const deliveryState = states[request.path.split('/').at(-1) ?? ''];
    json(200, { status: 1, data: { deliveryState } })(response, request);
  });
  t.same(
    [...((await sender.poll?.(Object.keys(states), AbortSignal.timeout(5_000))) ?? [])],
    [
      ['1', { state: 'delivered', reason: null }],
      ['2', { state: 'failed', reason: 'smsir-delivery-2' }],
      ['7', { state: 'failed', reason: 'smsir-delivery-7' }],
    ],
  );
});
