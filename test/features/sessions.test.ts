import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { sql } from 'kysely';
import t from 'tap';
import { cleanUpSessions } from '../../src/features/sessions/index.ts';
import { startTestService } from '../support/app.ts';
import { goodPassword, provedRecovery, setRecoveredPassword, signIn, signUp } from '../support/journey.ts';

t.test('a session', async (t) => {
  const service = await startTestService(t);
  const refresh = (refreshToken: string, headers = {}) =>
    service.post('/v1/sessions/refresh', { refreshToken }, { headers });
  const me = (token: string) => service.get('/v1/me', { token });

  t.test('is refused everywhere at the request after signing out', async (t) => {
    const replica = await service.replica({ background: false });
    const { body } = await signIn(service, await signUp(service));
    t.equal((await replica.get('/v1/me', { token: body.accessToken })).status, 200);
    t.equal(
      (await service.call('DELETE', '/v1/me/sessions/current', { token: body.accessToken })).status,
      204,
    );
    t.equal((await replica.get('/v1/me', { token: body.accessToken })).status, 401);
    t.equal((await me(body.accessToken)).status, 401);
    t.equal((await refresh(body.refreshToken)).status, 401);
    t.equal(
      (await service.call('DELETE', '/v1/me/sessions/current', { token: body.accessToken })).status,
      401,
    );
  });

  t.test('is rotated; using an old refresh token again ends it', async (t) => {
    const { body: first } = await signIn(service, await signUp(service));
    const { body: second } = await refresh(first.refreshToken);
    t.not(second.refreshToken, first.refreshToken);
    const { body: third } = await refresh(second.refreshToken);
    t.equal((await me(third.accessToken)).status, 200);
    t.equal((await refresh(first.refreshToken)).status, 401, 'two generations old');
    t.equal((await me(third.accessToken)).status, 401, 'the whole family has ended');
    t.equal((await refresh(third.refreshToken)).status, 401);
  });

  t.test('is not ended by made-up tokens that name it', async (t) => {
    const { body } = await signIn(service, await signUp(service));
    const bytes = Buffer.from(body.refreshToken, 'base64url');
    for (const position of [19, 30]) {
      const forged = Buffer.from(bytes);
      forged[position] = (forged[position] ?? 0) ^ 1;
      t.equal((await refresh(forged.toString('base64url'))).status, 401);
    }
    for (const garbage of ['', 'x', 'A'.repeat(70), '\u0000']) t.equal((await refresh(garbage)).status, 401);
    t.equal((await refresh(body.refreshToken)).status, 200);
  });

  t.test('ends by itself after its idle and its whole life time', async (t) => {
    const { body: idle } = await signIn(service, await signUp(service));
    await sql`update session set idle_expires_at = now()`.execute(service.db);
    t.equal((await refresh(idle.refreshToken)).status, 401);
    const { body: old } = await signIn(service, await signUp(service));
    await sql`update session set expires_at = now() + interval '1 hour', idle_expires_at = now() + interval '1 minute'
    `.execute(service.db);
    const { body: last } = await refresh(old.refreshToken);
    const { rows } = await sql<{ ends: boolean }>`
      select idle_expires_at = expires_at as ends from session order by last_used_at desc limit 1
    `.execute(service.db);
    t.same(rows, [{ ends: true }], 'no refresh leads beyond the whole life time');
    await sql`update session set expires_at = now(), idle_expires_at = now()`.execute(service.db);
    t.equal((await refresh(last.refreshToken)).status, 401);
    t.equal((await me(last.accessToken)).status, 401);
    t.ok((await cleanUpSessions(service.db)) >= 2);
    t.equal(
      (await service.db.selectFrom('session').select('id').execute()).length,
      0,
      'what has ended is cleaned up',
    );
  });

  t.test('is listed with device, coarse network and last use, and ended one by one', async (t) => {
    const person = await signUp(service);
    const { body: first } = await signIn(service, person);
    const { body: second } = await signIn(service, person);
    const { body: others } = await signIn(service, await signUp(service));
    const list = async (token: string) => (await service.get('/v1/me/sessions', { token })).body.sessions;
    const [here, elsewhere] = await list(second.accessToken);
    t.equal((await list(second.accessToken)).length, 2);
    t.equal(here.current, true);
    t.equal(elsewhere.current, false);
    t.equal(here.network, '127.0.0.0/24');
    t.equal(here.device, null, 'not a browser');
    t.ok(Math.abs(Date.parse(here.lastUsedAt) - Date.now()) < 60_000);
    t.ok(here.expiresAt > here.createdAt);
    await refresh(first.refreshToken);
    t.equal((await list(second.accessToken))[0].id, elsewhere.id, 'used last comes first');

    const end = (id: string, token: string) => service.call('DELETE', `/v1/me/sessions/${id}`, { token });
    t.equal((await end(elsewhere.id, others.accessToken)).body.code, 'session-not-found', 'not by others');
    t.equal((await me(first.accessToken)).status, 200);
    t.equal((await end(elsewhere.id, second.accessToken)).status, 204);
    t.equal((await me(first.accessToken)).status, 401);
    t.equal((await end(elsewhere.id, second.accessToken)).status, 404);
    t.equal((await end('x', second.accessToken)).status, 400);
    t.equal((await end(here.id, second.accessToken)).status, 204, 'its own');
    t.equal((await end(here.id, second.accessToken)).status, 401);
    const kinds = await service.db
      .selectFrom('activity')
      .innerJoin('account', 'account.id', 'account_id')
      .where('national_code', '=', person.nationalCode)
      .orderBy('activity.id', 'desc')
      .limit(2)
      .select('kind')
      .execute();
    t.same(kinds, [{ kind: 'signed-out' }, { kind: 'session-ended' }]);
  });

  t.test('ends with all others, or with all, at once and on every replica', async (t) => {
    const replica = await service.replica({ background: false });
    const person = await signUp(service);
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => signIn(service, person)));
    const tokenOf = (answer?: { body: { accessToken: string } }) => answer?.body.accessToken ?? '';
    const endAll = (query: string, token: string) =>
      service.call('DELETE', `/v1/me/sessions${query}`, { token });
    t.equal((await endAll('?except=everything', tokenOf(one))).status, 400);
    t.equal((await endAll('?except=current', tokenOf(one))).status, 204);
    t.equal((await me(tokenOf(one))).status, 200);
    for (const ended of [two, three]) {
      t.equal((await replica.get('/v1/me', { token: tokenOf(ended) })).status, 401);
    }
    t.equal((await endAll('', tokenOf(one))).status, 204);
    t.equal((await me(tokenOf(one))).status, 401);
    t.equal((await endAll('', tokenOf(one))).status, 401);
  });

  t.test('of a disabled account is refused at the next request', async (t) => {
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    await service.db
      .updateTable('account')
      .set({ disabled_at: new Date() })
      .where('national_code', '=', person.nationalCode)
      .execute();
    t.equal((await me(body.accessToken)).status, 401);
    t.equal((await refresh(body.refreshToken)).status, 401);
  });

  t.test('cannot begin with the old password while a reset goes on', async (t) => {
    const person = await signUp(service);
    const flow = await provedRecovery(service, person);
    const results = await Promise.all([
      setRecoveredPassword(service, flow, 'Jw5kBsf2Gc'),
      ...Array.from({ length: 5 }, () => signIn(service, person)),
    ]);
    t.equal(results[0]?.status, 200);
    for (const { status, body } of results.slice(1)) {
      if (status === 201)
        t.equal((await me(body.accessToken)).status, 401, 'a session from before the reset has ended');
      else t.equal(status, 401);
    }
  });

  t.test('counts failed sign-ins of unknown devices apart from a known one', async (t) => {
    const person = await signUp(service);
    const { body } = await signIn(service, person);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => signIn(service, person, 'Wrong7Words')),
    );
    t.equal(answers.filter(({ status }) => status === 401).length, 5, 'five guesses are judged');
    t.equal(answers.filter(({ status }) => status === 202).length, 25, 'the others go in two steps');
    t.equal((await signIn(service, person)).status, 202, 'in two steps from an unknown device');
    t.equal(
      (await signIn(service, person, goodPassword, body.deviceToken)).status,
      201,
      'from the owner’s own',
    );
  });

  t.test('does not accept forged access tokens', async (t) => {
    const { body } = await signIn(service, await signUp(service));
    const [header = '', payload = '', signature = ''] = body.accessToken.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const { body: jwks } = await service.get('/.well-known/jwks.json');
    const publicText = JSON.stringify(jwks.keys[0]);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const signed = (head: object, content: object) => {
      const input = `${encode(head)}.${encode(content)}`;
      return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    };
    const hmac = (input: string) =>
      `${input}.${createHmac('sha256', publicText).update(input).digest('base64url')}`;
    const forgeries = {
      'alg none': `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`,
      'HMAC with the public key': hmac(`${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`),
      'another key under a known kid': signed({ alg: 'ES256', typ: 'at+jwt', kid }, claims),
      'an unknown kid': signed({ alg: 'ES256', typ: 'at+jwt', kid: 'nobody' }, claims),
      'no kid': signed({ alg: 'ES256', typ: 'at+jwt' }, claims),
      'claims changed': `${header}.${encode({ ...claims, sub: '019a0000-0000-7000-8000-000000000000' })}.${signature}`,
      'kid of the prototype': signed({ alg: 'ES256', typ: 'at+jwt', kid: '__proto__' }, claims),
      garbage: 'a.b.c',
      'very long': `${'A'.repeat(5000)}.${payload}.${signature}`,
    };
    for (const [name, token] of Object.entries(forgeries)) t.equal((await me(token)).status, 401, name);
    t.equal((await me(body.accessToken)).status, 200, 'the real one still works');
  });
});

t.test('tokens outlive a rotation of keys, and not the removal of their key', async (t) => {
  const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
  const service = await startTestService(t, { environment: { SECRET_KEYS: `a:${key(1)}` } });
  const { body } = await signIn(service, await signUp(service));
  const rotated = await service.replica({ background: false }, { SECRET_KEYS: `b:${key(2)},a:${key(1)}` });
  t.equal((await rotated.get('/v1/me', { token: body.accessToken })).status, 200);
  t.equal((await rotated.get('/.well-known/jwks.json')).body.keys.length, 2);
  const next = await rotated.post('/v1/sessions/refresh', { refreshToken: body.refreshToken });
  t.equal(next.status, 200);
  const removed = await service.replica({ background: false }, { SECRET_KEYS: `b:${key(2)}` });
  t.equal((await removed.get('/v1/me', { token: body.accessToken })).status, 401);
  t.equal((await removed.get('/v1/me', { token: next.body.accessToken })).status, 200);
});

t.test(
  'signing in renews a hash of earlier costs, and begins no session that is answered with 503',
  async (t) => {
    const service = await startTestService(t);
    const people = await Promise.all(Array.from({ length: 6 }, () => signUp(service)));
    const hashes = async () => {
      const rows = await service.db.selectFrom('account').select('password_hash as hash').execute();
      return rows.map(({ hash }) => /\$2b\$(\d\d)\$/.exec(hash)?.[1]).sort();
    };
    t.same(await hashes(), ['04', '04', '04', '04', '04', '04']);
    const dear = await service.replica(
      { background: false },
      { PASSWORD_COST: '9', PASSWORD_CONCURRENCY: '1', PASSWORD_QUEUE_LIMIT: '1' },
    );
    const answers = await Promise.all(
      people.map(({ nationalCode }) => dear.post('/v1/sessions', { nationalCode, password: goodPassword })),
    );
    const begun = answers.filter(({ status }) => status === 201).length;
    t.ok(begun >= 1);
    t.equal(begun + answers.filter(({ status }) => status === 503).length, people.length);
    const { count } = await service.db
      .selectFrom('session')
      .select((query) => query.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    t.equal(count, begun);
    for (const { nationalCode } of people) {
      const answer = await dear.post('/v1/sessions', { nationalCode, password: goodPassword });
      t.equal(answer.status, 201);
    }
    t.same(await hashes(), ['09', '09', '09', '09', '09', '09']);
  },
);
