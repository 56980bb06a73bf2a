import t from 'tap';
import { Secret } from '../../../src/kernel/secret.ts';
import { createTwilioSender, twilioSignature } from '../../../src/messaging/adapters/twilio.ts';
import { json, startHttpServer } from '../http-server.ts';
import { httpDouble, smsMessage, testContract } from './contract.ts';

const authToken = 'twilio-auth-token-for-tests';
const receiptUrl = 'https://savabegh.example/v1/message-receipts/twilio';
const server = await startHttpServer();
const settings = {
  url: server.url,
  accountSid: 'AC00000000000000000000000000000000',
  authToken: new Secret(authToken),
  sender: '+15005550006',
};
const sender = createTwilioSender(settings, receiptUrl);
t.teardown(() => Promise.all([sender.close?.(), server.close()]));

const sid = 'SM87105da94bff44b999e4e6eb90d8eb6a';
const { commonAnswers, answer, ...double } = httpDouble(server, {
  status: 201,
  body: { sid, status: 'queued', error_code: null },
  id: sid,
});
const secrets = [authToken, '9121234567', smsMessage.text, '604831'];
const meanings = {
  'retry-later': [20429],
  'recipient-refused': [21211, 21610, 21612, 21614],
  'configuration-wrong': [20003, 21606, 21608],
} as const;

testContract(t, {
  ...double,
  sender,
  message: smsMessage,
  answers: [
    ...commonAnswers,
    ...Object.entries(meanings).flatMap(([kind, codes]) =>
      codes.map((code) =>
        answer(
          `code ${code}`,
          kind as keyof typeof meanings,
          json(code === 20003 ? 401 : 400, { code, message: secrets.join(), more_info: '…', status: 400 }),
        ),
      ),
    ),
  ],
  nowhere: createTwilioSender({ ...settings, url: 'http://127.0.0.1:9' }, receiptUrl),
  secrets,
});

t.test('a text goes out as a form, signed in by the account, with where receipts go to', async (t) => {
  double.accept();
  await sender.send(smsMessage, AbortSignal.timeout(5_000));
  const [request] = server.received;
  t.equal(request?.path, `/2010-04-01/Accounts/${settings.accountSid}/Messages.json`);
  const credentials = Buffer.from(`${settings.accountSid}:${authToken}`).toString('base64');
  t.equal(request?.headers.authorization, `Basic ${credentials}`);
  t.same(Object.fromEntries(new URLSearchParams(request?.body)), {
    To: '+989121234567',
    From: '+15005550006',
    Body: smsMessage.text,
    StatusCallback: receiptUrl,
  });
  const service = createTwilioSender({ ...settings, sender: 'MG00' }, 'http://127.0.0.1:3000/x');
  await service.send(smsMessage, AbortSignal.timeout(5_000));
  const fields = new URLSearchParams(server.received[1]?.body);
  t.equal(fields.get('MessagingServiceSid'), 'MG00');
  t.notOk(fields.has('From'));
  t.notOk(fields.has('StatusCallback'), 'nobody can post to this machine');
});

t.test('the signature is the provider’s', async (t) => {
  // The example of https://www.twilio.com/docs/usage/security.
  const fields = new URLSearchParams({
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  });
  const signature = twilioSignature(
    'https://mycompany.com/myapp.php?foo=1&bar=2',
    fields,
    new Secret('12345'),
  );
  t.equal(signature.toString('base64'), 'RSOYDt4T1cUTdK1PDd93/VVr8B8=');
});

t.test('a posted receipt counts only with the signature over its URL and fields', async (t) => {
  const post = (fields: Record<string, string>, url = receiptUrl, token = authToken) => {
    const body = new URLSearchParams(fields);
    const signature = twilioSignature(url, body, new Secret(token)).toString('base64');
    return sender.readPosted?.({
      url: receiptUrl,
      headers: { 'x-twilio-signature': signature },
      body: body.toString(),
    });
  };
  t.same(post({ MessageSid: sid, MessageStatus: 'delivered' }), {
    providerMessageId: sid,
    receipt: { state: 'delivered', reason: null },
  });
  t.same(post({ MessageSid: sid, MessageStatus: 'undelivered', ErrorCode: '30003' }), {
    providerMessageId: sid,
    receipt: { state: 'failed', reason: 'twilio-30003' },
  });
  t.same(post({ MessageSid: sid, MessageStatus: 'sent' }), { providerMessageId: sid, receipt: null });
  t.equal(post({ MessageSid: sid, MessageStatus: 'delivered' }, 'https://elsewhere.example/'), null);
  t.equal(post({ MessageSid: sid, MessageStatus: 'delivered' }, receiptUrl, 'wrong'), null);
  t.equal(sender.readPosted?.({ url: receiptUrl, headers: {}, body: `MessageSid=${sid}` }), null);
});
