import Fastify from 'fastify';
import t from 'tap';
import { inBoxRoutes } from '../../src/development/in-box.routes.ts';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { codeMessage, createDatabase, keyring, mobile, outbox, render } from './support.ts';

const database = await createDatabase();
const { db } = database;
const app = Fastify();
await app.register(inBoxRoutes, { db, render });
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
    t.match(response.body, `<output>${code}</output>`);
    t.notMatch(response.body, '<b>x</b>');
    t.notMatch(response.body, /https?:\/\//);
    t.notMatch(response.body, /<script[^>]*>[^<]/);
    for (const path of ['/dev/messages.js', '/dev/messages.css']) {
      t.equal((await app.inject(path)).statusCode, 200, path);
    }
  },
);

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
