import { sql } from 'kysely';
import t from 'tap';
import { cleanUpDevices } from '../../src/features/sessions/index.ts';
import { startTestService } from '../support/app.ts';
import { goodPassword, messagesTo, type Person, signIn, signUp } from '../support/journey.ts';
import { kindsOf, noticesOf, withEmail } from '../support/sessions.ts';

const chrome =
  'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36';
const service = await startTestService(t);
const me = async (token: string) => (await service.get('/v1/me', { token })).status;
const signInAs = (
  { nationalCode }: Person,
  more: Readonly<{ rememberDevice?: unknown; password?: string }>,
  device?: string,
) =>
  service.post(
    '/v1/sessions',
    { nationalCode, password: goodPassword, ...more },
    { headers: { 'user-agent': chrome, ...(device !== undefined && { 'device-token': device }) } },
  );
const age = (days: number) =>
  sql`update device set last_used_at = last_used_at - make_interval(days => ${days})`.execute(service.db);

t.test(
  'a device token is given where the person says that the device is theirs, and nowhere else',
  async (t) => {
    const person = await signUp(service);
    for (const rememberDevice of [undefined, false]) {
      const { status, body } = await signInAs(person, { rememberDevice });
      t.equal(status, 201);
      t.notOk('deviceToken' in body);
    }
    for (const rememberDevice of ['yes', 1, null]) {
      t.equal((await signInAs(person, { rememberDevice })).status, 400, String(rememberDevice));
    }
    const { body } = await signInAs(person, { rememberDevice: true });
    t.match(body.deviceToken, /^[\w-]{43}$/);
    for (const rememberDevice of [undefined, true]) {
      const again = await signInAs(person, { rememberDevice }, body.deviceToken);
      t.equal(again.body.deviceToken, body.deviceToken, 'it stays the same');
    }
    const unknown = await signInAs(person, {}, 'A'.repeat(43));
    t.notOk('deviceToken' in unknown.body, 'one of nobody’s is good for nothing');
    const other = await signUp(service);
    t.notOk(
      'deviceToken' in (await signInAs(other, {}, body.deviceToken)).body,
      'nor that of another account',
    );
  },
);

t.test('a device that has not signed in for 180 days is unknown, and soon gone', async (t) => {
  const person = await signUp(service);
  const { body } = await signInAs(person, { rememberDevice: true });
  const toDigest = async () => {
    const { body: flow } = await service.post(
      '/v1/recoveries',
      { nationalCode: person.nationalCode },
      { headers: { 'device-token': body.deviceToken } },
    );
    const row = await service.db
      .selectFrom('recovery')
      .where('id', '=', flow.id)
      .select('device_digest')
      .executeTakeFirstOrThrow();
    return row.device_digest;
  };
  await age(179);
  t.ok(await toDigest(), 'a recovery knows it');
  t.equal((await signInAs(person, {}, body.deviceToken)).body.deviceToken, body.deviceToken);
  await age(179);
  await cleanUpDevices(service.db);
  t.ok(await toDigest(), 'signing in begins the time anew');
  await age(2);
  t.equal(await toDigest(), null, 'a recovery does not know it any more');
  const late = await signInAs(person, { rememberDevice: true }, body.deviceToken);
  t.not(late.body.deviceToken, body.deviceToken);
  t.equal((await kindsOf(service, person)).at(-1), 'signed-in-on-new-device');
  t.ok((await cleanUpDevices(service.db)) >= 1);
  const { count } = await service.db
    .selectFrom('device')
    .select((query) => query.fn.countAll<number>().as('count'))
    .where('last_used_at', '<', sql<Date>`now() - interval '180 days'`)
    .executeTakeFirstOrThrow();
  t.equal(count, 0);
});

t.test('a sign-in on an unknown device is told to every address, one on a known device is not', async (t) => {
  const person = await withEmail(service, await signUp(service));
  const { body } = await signInAs(person, { rememberDevice: true });
  t.same(await noticesOf(service, person), ['signed-in-on-new-device sms', 'signed-in-on-new-device email']);
  const [newest] = await messagesTo(service, person.mobile);
  t.match(newest, { purpose: 'signed-in-on-new-device', text: /Chrome, Android/ });
  await signInAs(person, {}, body.deviceToken);
  t.equal((await noticesOf(service, person)).length, 2);
  t.same((await kindsOf(service, person)).slice(-2), ['signed-in-on-new-device', 'signed-in']);
  await signInAs(person, {}, 'A'.repeat(43));
  t.equal((await noticesOf(service, person)).length, 4);
});

t.test('nobody makes the owner’s phone ring without the password', async (t) => {
  const person = await withEmail(service, await signUp(service));
  for (let guess = 0; guess < 5; guess += 1) await signInAs(person, { password: 'Wrong7Words' });
  t.same(await noticesOf(service, person), []);
});

t.test('the least recently used of more than 20 sessions ends, and that is told', async (t) => {
  const person = await withEmail(service, await signUp(service));
  const { body: first } = await signIn(service, person);
  const { body: second } = await signInAs(person, { rememberDevice: true });
  for (let more = 0; more < 18; more += 1) await signInAs(person, {}, second.deviceToken);
  t.equal(await me(first.accessToken), 200, 'twenty live');
  // The first one is used, so the second one is now the least recently used.
  const { body: refreshed } = await service.post('/v1/sessions/refresh', {
    refreshToken: first.refreshToken,
  });
  const told = (await noticesOf(service, person)).length;
  await signInAs(person, {}, second.deviceToken);
  t.equal(await me(second.accessToken), 401);
  t.equal(await me(refreshed.accessToken), 200);
  t.same((await noticesOf(service, person)).slice(told), [
    'session-displaced sms',
    'session-displaced email',
  ]);
  t.same((await kindsOf(service, person)).slice(-2), ['signed-in', 'session-displaced']);
  await signInAs(person, {});
  t.same(
    (await noticesOf(service, person)).slice(told + 2),
    ['session-displaced sms', 'session-displaced email'],
    'one notice for both, also on an unknown device',
  );
  t.same((await kindsOf(service, person)).slice(-2), ['signed-in-on-new-device', 'session-displaced']);
});

t.test('of many sign-ins at once no more than 20 sessions and 20 devices are left', async (t) => {
  const person = await signUp(service);
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => signInAs(person, { rememberDevice: true })),
  );
  const begun = answers.filter(({ status }) => status === 201).length;
  for (let more = begun; more < 25; more += 1) await signInAs(person, { rememberDevice: true });
  const { rows } = await sql<{ sessions: number; devices: number }>`
    select (select count(*)::integer from session where account_id = account.id) as sessions,
      (select count(*)::integer from device where account_id = account.id) as devices
    from account where national_code = ${person.nationalCode}`.execute(service.db);
  t.same(rows[0], { sessions: 20, devices: 20 });
});

t.test('sessions that have ended by themselves push nobody out', async (t) => {
  const person = await signUp(service);
  const { body } = await signIn(service, person);
  for (let more = 0; more < 19; more += 1) await signInAs(person, {}, body.deviceToken);
  await sql`update session set idle_expires_at = now() - interval '1 second' where last_used_at <> (
    select min(last_used_at) from session where account_id = (
      select id from account where national_code = ${person.nationalCode}))`.execute(service.db);
  await signInAs(person, {}, body.deviceToken);
  t.equal(await me(body.accessToken), 200);
  t.notOk((await kindsOf(service, person)).includes('session-displaced'));
});
