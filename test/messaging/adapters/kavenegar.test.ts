import t from 'tap';
import { Secret } from '../../../src/kernel/secret.ts';
import { createKavenegarSender } from '../../../src/messaging/adapters/kavenegar.ts';
import { json, startHttpServer } from '../http-server.ts';
import { httpDouble, smsMessage, testContract } from './contract.ts';

const apiKey = '4B5A6C7D8E9F0A1B2C3D4E5F60718293';
const server = await startHttpServer();
const settings = { url: server.url, apiKey: new Secret(apiKey), sender: '10004346', templates: {} };
const sender = createKavenegarSender(settings);
const withTemplates = createKavenegarSender({
  ...settings,
  templates: { 'recovery-code': 'RecoverFa', 'recovery-code.en': 'RecoverEn' },
});
t.teardown(() => Promise.all([sender.close?.(), withTemplates.close?.(), server.close()]));

const accepted = {
  return: { status: 200, message: 'تایید شد' },
  entries: [{ messageid: 8792343, message: '…', status: 1, statustext: 'در صف', cost: 120 }],
};
const { commonAnswers, answer, ...double } = httpDouble(server, {
  status: 200,
  body: accepted,
  id: '8792343',
});
const secrets = [apiKey, '9121234567', smsMessage.text, '604831'];

const meanings = {
  'retry-later': [402, 409, 429, 451],
  'recipient-refused': [411],
  'out-of-credit': [418],
  'configuration-wrong': [400, 401, 403, 406, 407, 412, 413, 414, 416, 422, 424, 426, 428, 431, 432, 501],
} as const;
const refusals = Object.entries(meanings).flatMap(([kind, statuses]) =>
  statuses.flatMap((status) =>
    // The provider says no with HTTP 4xx as well as with HTTP 200.
    [200, status].map((http) =>
      answer(
        `status ${status} with HTTP ${http}`,
        kind as keyof typeof meanings,
        json(http, { return: { status, message: secrets.join() }, entries: null }),
      ),
    ),
  ),
);

testContract(t, {
  ...double,
  sender,
  message: smsMessage,
  answers: [
    ...commonAnswers,
    ...refusals,
    answer(
      'taken, but blocked',
      'recipient-refused',
      json(200, { ...accepted, entries: [{ messageid: 1, status: 14 }] }),
    ),
    answer('taken, without an entry', 'unknown', json(200, { ...accepted, entries: [] })),
  ],
  nowhere: createKavenegarSender({ ...settings, url: 'http://127.0.0.1:9' }),
  secrets,
});

t.test('a text goes out by sms/send, with the number in national form', async (t) => {
  server.reactWith(json(200, accepted));
  await sender.send(smsMessage, AbortSignal.timeout(5_000));
  t.has(server.received[0], { method: 'POST', path: `/v1/${apiKey}/sms/send.json` });
  t.same(Object.fromEntries(new URLSearchParams(server.received[0]?.body)), {
    receptor: '09121234567',
    message: smsMessage.text,
    sender: '10004346',
    localid: '42',
  });
});

t.test('a code goes out by the template of its purpose and language', async (t) => {
  server.reactWith(json(200, { return: { status: 200 }, entries: { messageid: 5, status: 5 } }));
  const signal = AbortSignal.timeout(5_000);
  t.same(await withTemplates.send(smsMessage, signal), { kind: 'sent', providerMessageId: '5' });
  await withTemplates.send({ ...smsMessage, locale: 'en' }, signal);
  await withTemplates.send({ ...smsMessage, purpose: 'welcome', code: null }, signal);
  const parameters = { code: '604831', time: '۱۴:۳۲' };
  await withTemplates.send({ ...smsMessage, parameters }, signal);
  t.same(
    server.received.map(({ path, body }) => [
      path.split('/').at(-1),
      new URLSearchParams(body).get('template'),
    ]),
    [
      ['lookup.json', 'RecoverFa'],
      ['lookup.json', 'RecoverEn'],
      ['send.json', null],
      ['lookup.json', 'RecoverFa'],
    ],
  );
  t.equal(new URLSearchParams(server.received[3]?.body).get('token2'), '۱۴:۳۲');
  t.equal(new URLSearchParams(server.received[0]?.body).get('token'), '604831');
});

t.test('receipts are asked for together; what is on its way is left out', async (t) => {
  const states = { 1: 10, 2: 11, 3: 4, 4: 14, 5: 100 };
  const entries = Object.entries(states).map(([id, status]) => ({ messageid: Number(id), status }));
  server.reactWith(json(200, { return: { status: 200 }, entries }));
  const receipts = await sender.poll?.(Object.keys(states), AbortSignal.timeout(5_000));
  t.same(
    [...(receipts ?? [])],
    [
      ['1', { state: 'delivered', reason: null }],
      ['2', { state: 'failed', reason: 'kavenegar-delivery-11' }],
      ['4', { state: 'failed', reason: 'kavenegar-delivery-14' }],
    ],
  );
  t.equal(new URLSearchParams(server.received[0]?.body).get('messageid'), '1,2,3,4,5');
  server.reactWith(json(500, 'oops'));
  t.equal((await sender.poll?.(['1'], AbortSignal.timeout(5_000)))?.size, 0);
});
