import t from 'tap';
import { Secret } from '../../../src/kernel/secret.ts';
import { createMelipayamakSender } from '../../../src/messaging/adapters/melipayamak.ts';
import { json, startHttpServer } from '../http-server.ts';
import { httpDouble, smsMessage, testContract } from './contract.ts';

const password = 'melipayamak-password-for-tests';
const server = await startHttpServer();
const settings = {
  url: server.url,
  username: '9120000000',
  password: new Secret(password),
  line: '50002710000000',
  templates: { 'recovery-code': '12345' },
};
const sender = createMelipayamakSender(settings);
t.teardown(() => Promise.all([sender.close?.(), server.close()]));

// More digits than a number holds.
const id = '3746298471923874628';
const toKeptAnswer = (value: string) => ({ Value: value, RetStatus: 1, StrRetStatus: 'Ok' });
const { commonAnswers, answer, ...double } = httpDouble(server, { status: 200, body: toKeptAnswer(id), id });
const secrets = [password, '9121234567', '604831'];

const meanings = {
  unknown: [-6],
  'retry-later': [-1, 11],
  'recipient-refused': [16, 35],
  'out-of-credit': [2],
  'configuration-wrong': [-110, -109, -108, -10, -7, -5, -4, -3, -2, 0, 1, 5, 9, 18],
} as const;

testContract(t, {
  ...double,
  sender,
  message: smsMessage,
  answers: [
    ...commonAnswers,
    ...Object.entries(meanings).flatMap(([kind, values]) =>
      values.map((value) =>
        answer(`value ${value}`, kind as keyof typeof meanings, json(200, toKeptAnswer(String(value)))),
      ),
    ),
    answer('an id that is a number', 'sent', json(200, { Value: 90210, RetStatus: 1 })),
  ],
  nowhere: createMelipayamakSender({ ...settings, url: 'http://127.0.0.1:9' }),
  secrets,
});

t.test('a code goes out by its template, arguments joined by semicolons', async (t) => {
  server.reactWith(json(200, toKeptAnswer(id)));
  await sender.send(
    { ...smsMessage, parameters: { code: '604831', at: '۱۴۰۵/۰۹/۰۱' } },
    AbortSignal.timeout(5_000),
  );
  t.equal(server.received[0]?.path, '/api/SendSMS/BaseServiceNumber');
  t.same(Object.fromEntries(new URLSearchParams(server.received[0]?.body)), {
    username: '9120000000',
    password,
    to: '09121234567',
    bodyId: '12345',
    text: '604831;۱۴۰۵/۰۹/۰۱',
  });
});

t.test('a text without a template goes out by the line, or not at all', async (t) => {
  server.reactWith(json(200, toKeptAnswer(id)));
  const notice = { ...smsMessage, purpose: 'welcome' as const, code: null };
  t.equal((await sender.send(notice, AbortSignal.timeout(5_000))).kind, 'sent');
  t.equal(server.received[0]?.path, '/api/SendSMS/SendSMS');
  t.has(Object.fromEntries(new URLSearchParams(server.received[0]?.body)), {
    from: '50002710000000',
    text: notice.text,
  });
  const withoutLine = createMelipayamakSender({ ...settings, line: '' });
  t.equal((await withoutLine.send(notice, AbortSignal.timeout(5_000))).kind, 'configuration-wrong');
});

t.test('receipts are asked for one by one; what is on its way is left out', async (t) => {
  const states: Record<string, string> = { 1001: '1', 1002: '2', 1003: '0', 1004: '35', 1005: '8' };
  server.reactWith((response, request) => {
    const value = states[new URLSearchParams(request.body).get('recId') ?? ''] ?? '';
    json(200, toKeptAnswer(value))(response, request);
  });
  t.same(
    [...((await sender.poll?.(Object.keys(states), AbortSignal.timeout(5_000))) ?? [])],
    [
      ['1001', { state: 'delivered', reason: null }],
      ['1002', { state: 'failed', reason: 'melipayamak-delivery-2' }],
      ['1004', { state: 'failed', reason: 'melipayamak-delivery-35' }],
    ],
  );
});
