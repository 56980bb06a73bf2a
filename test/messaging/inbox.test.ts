import Fastify from 'fastify';
import t from 'tap';
import { inboxRoutes } from '../../src/development/inbox.routes.ts';
import { caching } from '../../src/http/caching.ts';
import { toPersianDigits } from '../../src/kernel/locale.ts';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { linkedHtml } from '../../src/messaging/index.ts';
import { codeMessage, createDatabase, keyring, mobile, outbox, render } from './support.ts';

const database = await createDatabase();
const { db } = database;
const app = Fastify();
await app.register(caching);
await app.register(inboxRoutes, { db, render });
t.teardown(async () => {
  await app.close();
  await database.drop();
});

const message = codeMessage();
const code = deriveCode(keyring, 'registration', message.challengeId ?? '');
await db.transaction().execute(async (trx) => {
  await outbox.enqueue(trx, message);
  await outbox.enqueue(
    trx,
    codeMessage({ channel: 'email', destination: '<b>x</b>@savabegh.example', purpose: 'recovery-code' }),
  );
  const { destination: _, ...nobody } = codeMessage();
  await outbox.enqueue(trx, nobody);
});

t.test('programs read the messages as JSON, newest first, without those for nobody', async (t) => {
  for (const request of [
    { url: '/dev/messages.json' },
    { url: '/dev/messages', headers: { accept: 'application/json' } },
  ]) {
    const response = await app.inject(request);
    t.match(response.headers['content-type'], 'application/json');
    t.equal(response.headers['cache-control'], 'no-store');
    const { messages } = response.json();
    t.same(
      messages.map(({ channel }: { channel: string }) => channel),
      ['email', 'sms'],
    );
    t.has(messages[1], {
      channel: 'sms',
      purpose: 'registration-code',
      destination: mobile,
      code,
      state: 'queued',
    });
    t.ok(messages[1].text.includes(code));
    t.ok(Date.now() - Date.parse(messages[1].at) < 60_000);
  }
});

t.test('programs ask for the messages to one destination', async (t) => {
  const response = await app.inject(`/dev/messages.json?destination=${encodeURIComponent(mobile)}`);
  t.same(
    response.json().messages.map(({ channel }: { channel: string }) => channel),
    ['sms'],
  );
});

t.test(
  'people read the messages as a page that takes nothing from outside and runs nothing of a message',
  async (t) => {
    const response = await app.inject({ url: '/dev/messages', headers: { accept: 'text/html' } });
    t.match(response.headers['content-type'], 'text/html');
    t.match(response.headers['content-security-policy'], "default-src 'none'; script-src 'self'");
    t.match(response.body, `<output dir="ltr">${code}</output>`);
    t.notMatch(response.body, '<b>x</b>');
    t.notMatch(response.body, /https?:\/\//);
    t.notMatch(response.body, /<script[^>]*>[^<]/);
    t.equal((await app.inject('/dev/messages.js')).statusCode, 200);
  },
);

t.test('the page speaks the language that is asked for', async (t) => {
  const page = async (url: string, language?: string) =>
    (
      await app.inject({
        url,
        headers: { accept: 'text/html', ...(language && { 'accept-language': language }) },
      })
    ).body;
  t.match(await page('/dev/messages'), /<html lang="fa" dir="rtl">[\s\S]*صندوق پیام‌ها[\s\S]*پیامک/);
  t.match(await page('/dev/messages', 'en'), /<html lang="en" dir="ltr">[\s\S]*<h1>Inbox<\/h1>/);
  t.match(await page('/dev/messages?lang=en'), '<html lang="en" dir="ltr">');
  t.match(await page('/dev/messages?lang=fa&q=%22%3E%3Cb%3E', 'en'), 'value="&quot;&gt;&lt;b&gt;"');
});

t.test('messages are found by number, address, text and code, in whatever script', async (t) => {
  const found = async (q: string) =>
    (await app.inject(`/dev/messages.json?q=${encodeURIComponent(q)}`))
      .json()
      .messages.map(({ channel }: { channel: string }) => channel);
  t.same(await found('۰۹۱۲۱۲۳'), ['sms']);
  t.same(await found('+98912123'), ['sms']);
  t.same(await found(toPersianDigits(code)).then((channels) => channels.includes('sms')), true);
  t.same(await found('X@SAVABEGH'), [], 'not as it is not written');
  t.same(await found('b>@SAVABEGH.EXAMPLE'), ['email']);
  t.same(await found('recovery-code'), ['email']);
  t.same(await found('nobody has this'), []);
});

t.test('the line for the phone stands in its own order, and links can be followed', async (t) => {
  const { body } = await app.inject({ url: '/dev/messages', headers: { accept: 'text/html' } });
  t.match(body, new RegExp(`<span class="line" dir="ltr">@savabegh\\.example #${code}</span>`));
  t.equal(
    linkedHtml('See https://a.example/x?a=1&b=2#c=d_e. <b>'),
    'See <a href="https://a.example/x?a=1&amp;b=2#c=d_e" rel="noreferrer" dir="ltr">https://a.example/x?a=1&amp;b=2#c=d_e</a>. &lt;b&gt;',
  );
  t.equal(
    linkedHtml('javascript:alert(1) "https://a.example/"'),
    'javascript:alert(1) &quot;<a href="https://a.example/" rel="noreferrer" dir="ltr">https://a.example/</a>&quot;',
  );
});

t.test('a mail is shown as its reader would see it, in a sandbox', async (t) => {
  const { messages } = (await app.inject('/dev/messages.json')).json();
  const response = await app.inject(`/dev/messages/${messages[0].id}/mail`);
  t.match(response.body, '<html lang="fa" dir="rtl">');
  t.match(response.headers['content-security-policy'], 'sandbox');
  t.equal((await app.inject(`/dev/messages/${messages[1].id}/mail`)).statusCode, 404, 'an SMS is no mail');
});

t.test('no code and no text is stored', async (t) => {
  const { rows } = await database.pool.query(`
    select coalesce(string_agg(message::text, ''), '') || coalesce((select string_agg(payload::text, '')
      from graphile_worker._private_jobs), '') as everything from message`);
  t.notMatch(rows[0].everything, code);
  t.notMatch(rows[0].everything, 'سوابق');
});
