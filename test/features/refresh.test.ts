import t from 'tap';
import { startTestService } from '../support/app.ts';
import { signIn, signUp } from '../support/journey.ts';
import {
  ageSessions,
  type From,
  kindsOf,
  newKey,
  noticesOf,
  refreshFrom,
  withEmail,
} from '../support/sessions.ts';

const service = await startTestService(t, {
  // So that a session still lives after twenty days without a refresh.
  environment: { TRUSTED_PROXIES: '127.0.0.1', SESSION_IDLE_HOURS: '720' },
});
const me = async (token: string) => (await service.get('/v1/me', { token })).status;
/** Where the phone was when it first tried, and where it is afterwards. */
const atHome = { network: '198.51.100.7', agent: 'App/1.0' };
const elsewhere = { network: '203.0.113.9', agent: 'App/1.1' };

/** Somebody whose refresh was answered, and the answer lost: token and successor. */
async function lostAnswer(key?: string) {
  const person = await withEmail(service, await signUp(service));
  const { body: first } = await signIn(service, person);
  const { body: second, status } = await refreshFrom(service, first.refreshToken, {
    ...atHome,
    ...(key !== undefined && { key }),
  });
  t.equal(status, 200);
  return { person, old: first.refreshToken as string, successor: second };
}

type Case = Readonly<{
  age: string;
  key: 'the same' | 'another' | 'none';
  outcome: 'successor' | '409' | 'ended';
}>;

const whileUnused: readonly Case[] = [
  { age: '1 second', key: 'none', outcome: 'successor' },
  { age: '33 seconds', key: 'none', outcome: 'successor' },
  { age: '1 minute', key: 'none', outcome: 'successor' },
  { age: '1 minute', key: 'the same', outcome: 'successor' },
  { age: '1 minute', key: 'another', outcome: 'successor' },
  { age: '9 minutes 30 seconds', key: 'none', outcome: 'successor' },
  { age: '10 minutes 1 second', key: 'none', outcome: 'ended' },
  { age: '10 minutes 1 second', key: 'another', outcome: 'ended' },
  { age: '9 hours', key: 'the same', outcome: 'successor' },
  { age: '9 hours', key: 'another', outcome: 'ended' },
  { age: '9 hours', key: 'none', outcome: 'ended' },
  { age: '23 hours 59 minutes', key: 'the same', outcome: 'successor' },
  { age: '24 hours 1 second', key: 'the same', outcome: 'ended' },
  { age: '20 days', key: 'the same', outcome: 'ended' },
  { age: '20 days', key: 'none', outcome: 'ended' },
];
const onceUsed: readonly Case[] = [
  { age: '1 second', key: 'none', outcome: 'ended' },
  { age: '33 seconds', key: 'none', outcome: 'ended' },
  { age: '1 minute', key: 'none', outcome: 'ended' },
  { age: '1 minute', key: 'another', outcome: 'ended' },
  { age: '1 minute', key: 'the same', outcome: '409' },
  { age: '9 hours', key: 'none', outcome: 'ended' },
  { age: '9 hours', key: 'the same', outcome: '409' },
  { age: '23 hours 59 minutes', key: 'the same', outcome: '409' },
  { age: '24 hours 1 second', key: 'the same', outcome: 'ended' },
  { age: '20 days', key: 'the same', outcome: 'ended' },
  { age: '20 days', key: 'none', outcome: 'ended' },
];

for (const [state, cases] of [
  ['unused', whileUnused],
  ['used', onceUsed],
] as const) {
  for (const { age, key, outcome } of cases) {
    t.test(`an old token after ${age}, key ${key}, successor ${state}: ${outcome}`, async (t) => {
      const first = newKey();
      const { person, old, successor } = await lostAnswer(key === 'none' ? undefined : first);
      let newest = successor;
      if (state === 'used') newest = (await refreshFrom(service, successor.refreshToken, atHome)).body;
      await ageSessions(service, age, 'alive');
      const retry: From = {
        ...elsewhere,
        ...(key === 'the same' && { key: first }),
        ...(key === 'another' && { key: newKey() }),
      };
      const answer = await refreshFrom(service, old, retry);
      const notices = (await noticesOf(service, person)).filter((line) => line.startsWith('session-revoked'));
      if (outcome === 'ended') {
        t.equal(answer.status, 401);
        t.equal(answer.body.code, 'refresh-not-accepted');
        t.equal(await me(newest.accessToken), 401, 'the whole family');
        t.equal((await refreshFrom(service, newest.refreshToken)).status, 401);
        t.same(notices, ['session-revoked sms', 'session-revoked email'], 'every address is told, once');
        t.equal((await kindsOf(service, person)).at(-1), 'session-revoked');
        return;
      }
      if (outcome === '409') {
        t.equal(answer.status, 409);
        t.equal(answer.body.code, 'refresh-superseded');
      } else {
        t.equal(answer.status, 200);
        t.equal(answer.body.refreshToken, successor.refreshToken, 'the same successor');
        t.equal(await me(answer.body.accessToken), 200);
      }
      t.same(notices, []);
      t.equal(await me(newest.accessToken), 200);
      t.equal(
        (await refreshFrom(service, newest.refreshToken, elsewhere)).status,
        200,
        'the session goes on',
      );
    });
  }
}

t.test('a key of a refresh long ago in the same day still ends nothing', async (t) => {
  const key = newKey();
  const { old, successor } = await lostAnswer(key);
  let newest = successor;
  for (let more = 0; more < 140; more += 1) {
    newest = (await refreshFrom(service, newest.refreshToken, { key: newKey() })).body;
  }
  t.equal((await refreshFrom(service, old, { key })).status, 409);
  t.equal((await refreshFrom(service, newest.refreshToken)).status, 200);
  for (let more = 0; more < 5; more += 1) {
    newest = (await refreshFrom(service, newest.refreshToken, { key: newKey() })).body;
  }
  const { lengths } = await service.db
    .selectFrom('session')
    .select(({ fn }) => fn('cardinality', ['refresh_keys']).as('lengths'))
    .orderBy('last_used_at', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  t.equal(lengths, 144, 'keys are remembered with a bound');
});

t.test('a key belongs to one refresh: with another token it is refused, and nothing changes', async (t) => {
  const key = newKey();
  const { successor } = await lostAnswer(key);
  const refused = await refreshFrom(service, successor.refreshToken, { key });
  t.equal(refused.status, 422);
  t.equal(refused.body.code, 'idempotency-key-reused');
  const next = await refreshFrom(service, successor.refreshToken, { key: newKey() });
  t.equal(next.status, 200, 'the token is as good as before');
  t.equal((await refreshFrom(service, next.body.refreshToken, { key })).status, 422);
});

t.test('a key that could be guessed is refused clearly, and uses nothing up', async (t) => {
  const { body } = await signIn(service, await signUp(service));
  for (const key of [
    '1',
    'A'.repeat(21),
    `${'A'.repeat(11)} ${'A'.repeat(11)}`,
    'A'.repeat(201),
    'é'.repeat(30),
  ]) {
    const { status, body: problem } = await refreshFrom(service, body.refreshToken, {
      key: Buffer.from(key).toString('latin1'),
    });
    t.equal(status, 400, key);
    t.equal(problem.code, 'invalid-input');
    t.equal(problem.errors[0].pointer, '/header/idempotency-key');
    t.match(problem.errors[0].detail, /[\u0600-\u06ff]/);
  }
  const answer = await refreshFrom(service, body.refreshToken, { key: 'A'.repeat(22) });
  t.equal(answer.status, 200);
});

t.test('of many at once, from everywhere, with and without keys, all get one successor', async (t) => {
  const replica = await service.replica({ background: false });
  const { body } = await signIn(service, await signUp(service));
  const key = newKey();
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      refreshFrom(index % 2 ? service : replica, body.refreshToken, {
        network: `203.0.113.${index}`,
        agent: `App/${index}`,
        ...(index % 3 === 0 && { key }),
      }),
    ),
  );
  t.same(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  );
  t.equal(new Set(answers.map(({ body }) => body.refreshToken)).size, 1);
});

t.test('of many copies at once that come too late, one ends the session and tells it once', async (t) => {
  const replica = await service.replica({ background: false });
  const { person, old } = await lostAnswer();
  await ageSessions(service, '11 minutes');
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => refreshFrom(index % 2 ? service : replica, old)),
  );
  t.ok(answers.every(({ status }) => status === 401));
  const revoked = (await kindsOf(service, person)).filter((kind) => kind === 'session-revoked');
  t.equal(revoked.length, 1);
  t.equal((await noticesOf(service, person)).filter((line) => line === 'session-revoked sms').length, 1);
});

t.test('the key of a first try is good for its retry after a rotation of the service’s keys', async (t) => {
  const key = newKey();
  const { old, successor } = await lostAnswer(key);
  const fresh = Buffer.alloc(32, 7).toString('base64');
  const [first] = service.config.secretKeys;
  const known = Buffer.from(first?.key.expose() ?? []).toString('base64');
  const rotated = await service.replica(
    { background: false },
    { SECRET_KEYS: `new:${fresh},${first?.id}:${known}` },
  );
  await ageSessions(service, '9 hours');
  t.equal((await refreshFrom(rotated, old, { key })).status, 200);
  t.equal((await refreshFrom(rotated, successor.refreshToken)).status, 200);
  t.equal((await refreshFrom(rotated, old, { key })).status, 409);
});

t.test('an old copy of a session that has ended by itself tells nobody', async (t) => {
  const { person, old } = await lostAnswer();
  await ageSessions(service, '31 days');
  t.equal((await refreshFrom(service, old)).status, 401);
  t.notOk((await kindsOf(service, person)).includes('session-revoked'));
});
