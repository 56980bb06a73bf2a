import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import t from 'tap';
import { createSavabegh, ProblemError, unwrap } from '../../clients/typescript/src/index.ts';
import { keyedOperations } from '../../clients/typescript/src/keyed-operations.ts';
import { getAskedWaitMs } from '../../clients/typescript/src/repeats.ts';
import { startTestService, type TestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { readContract } from '../support/contract.ts';
import { challengedRecovery, goodPassword, insuredPerson, signUp, wrongCode } from '../support/journey.ts';
import { startRestartableDatabase } from '../support/restartable-database.ts';
import { lossyNetwork, watchedClient } from './support.ts';

const service = await startTestService(t);

/** Keeps everybody from writing into a table until it is called. */
async function holdTable({ db }: TestService, table: string): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const transaction = db.transaction().execute(async (trx) => {
    await sql`lock table ${sql.table(table)} in share mode`.execute(trx);
    held.resolve();
    await released.promise;
  });
  await held.promise;
  return () => {
    released.resolve();
    return transaction;
  };
}

async function untilWaiting({ db }: TestService): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_locks where not granted`.execute(db);
    if (rows.length > 0) return;
    await sleep(20);
  }
}

t.test('what changes something is done once, however often its answer is lost on the way', async (t) => {
  const network = lossyNetwork();
  const { keys } = network;
  const { api } = createSavabegh({ baseUrl: service.origin, fetch: network.fetch });
  const { nationalCode, birthDate, mobile } = await insuredPerson(service);
  const start = () => unwrap(api.POST('/v1/registrations', { body: { nationalCode, birthDate, mobile } }));
  network.losses = 2;
  const started = await start();
  t.equal(keys.length, 3);
  t.equal(new Set(keys).size, 1, 'one key for one request');
  t.match(keys[0], /^[0-9a-f]{32}$/);
  const rows = await service.db
    .selectFrom('registration')
    .where('national_code', '=', nationalCode)
    .select('id')
    .execute();
  t.same(rows, [{ id: started.id }], 'one registration');
  network.losses = 3;
  await t.rejects(start(), TypeError, 'a network that stays away is told');
  t.equal(keys.length, 6);
  t.equal(new Set(keys).size, 2, 'the next request has a key of its own');
  const own = 'a-key-that-the-front-end-has-kept';
  const params = { header: { 'idempotency-key': own } };
  network.losses = 1;
  await unwrap(api.POST('/v1/recoveries', { params, body: { nationalCode } }));
  t.same(keys.slice(-2), [own, own], 'a key of the caller’s own stays');
});

t.test('what takes no key is not sent again when its answer is lost', async (t) => {
  const network = lossyNetwork();
  const { api } = createSavabegh({ baseUrl: service.origin, fetch: network.fetch });
  network.losses = 1;
  await t.rejects(unwrap(api.GET('/v1/security-questions')), TypeError);
  network.losses = 1;
  const body = { password: 'abc' };
  await t.rejects(unwrap(api.POST('/v1/password-policy/evaluations', { body })), TypeError);
  t.same(network.keys, [null, null]);
});

t.test('a wrong code whose answer is lost is one wrong guess', async (t) => {
  const person = await signUp(service);
  const { id, token, code } = await challengedRecovery(service, person);
  const network = lossyNetwork();
  const { flow } = createSavabegh({ baseUrl: service.origin, fetch: network.fetch });
  const { api, path } = flow({ id, flowToken: token });
  const guess = () =>
    unwrap(
      api.POST('/v1/recoveries/{id}/verification', { params: { path }, body: { code: wrongCode(code) } }),
    ).catch((error) => error);
  network.losses = 2;
  const first = await guess();
  t.ok(first instanceof ProblemError);
  t.equal(first.problem.attemptsLeft, 4, 'of five');
  t.equal((await guess()).problem.attemptsLeft, 3);
});

t.test('a service whose database is away for a moment is asked again, but for guesses', async (t) => {
  const database = await startRestartableDatabase();
  // Without a worker, whose search for its database would outlive the test.
  const away = await startTestService(t, { database, overrides: { background: false } });
  const { nationalCode } = await signUp(away);
  let returns = true;
  const { api, signIn, sent } = watchedClient({
    baseUrl: away.origin,
    fetch: async (request) => {
      const response = await fetch(request);
      if (response.status !== 503) return response;
      t.ok(response.headers.get('retry-after'));
      // By the time that it asks again the database is back.
      if (returns) await database.start();
      returns = false;
      return response;
    },
  });
  const without = async <Result>(work: () => Promise<Result>, comesBack: boolean) => {
    await database.stop();
    returns = comesBack;
    sent.length = 0;
    return work().finally(() => (comesBack ? null : database.start()));
  };

  const started = await without(() => unwrap(api.POST('/v1/recoveries', { body: { nationalCode } })), true);
  t.ok(started.flowToken);
  t.same(sent, ['POST /v1/recoveries 503', 'POST /v1/recoveries 201']);
  const session = await signIn({ nationalCode, password: goodPassword });
  const profile = await without(() => unwrap(session.api.GET('/v1/me')), true);
  t.equal(profile.nationalCode, nationalCode);
  t.same(sent, ['GET /v1/me 503', 'GET /v1/me 200']);

  await t.rejects(
    without(() => signIn({ nationalCode, password: goodPassword }), false),
    { code: 'busy' },
  );
  t.same(sent, ['POST /v1/sessions 503'], 'the password may have been counted');
  const abort = new AbortController();
  const { signal } = abort;
  const given = without(() => {
    const asked = unwrap(session.api.GET('/v1/me', { signal }));
    setTimeout(() => abort.abort(new Error('the person has left')), 200);
    return asked;
  }, false);
  await t.rejects(given, { message: 'the person has left' });
  t.ok(sent.length <= 1, 'nor is asked again for somebody who has left');
});

t.test('who waits for the first try of the same request gets its answer', async (t) => {
  const { nationalCode } = await insuredPerson(service);
  const { api, sent } = watchedClient({
    baseUrl: service.origin,
    fetch: async (request) => {
      const isFirst = sent.length === 0;
      const response = fetch(request);
      if (isFirst) {
        response.catch(() => {});
        await untilWaiting(service);
        throw new TypeError('the network went away');
      }
      const answer = await response;
      if (answer.status === 409) await release();
      return answer;
    },
  });
  const release = await holdTable(service, 'recovery');
  t.teardown(release);
  const { flowToken } = await unwrap(api.POST('/v1/recoveries', { body: { nationalCode } }));
  t.ok(flowToken);
  t.equal(sent[0], 'POST /v1/recoveries lost');
  t.equal(sent.at(-1), 'POST /v1/recoveries 201');
});

t.test('a ceiling that opens soon is waited for, one that does not is told', async (t) => {
  const { clientId, secret: clientSecret } = await machineClient(service, ['employer-lists:read'], {
    requestsPerMinute: 1,
  });
  const { machine, sent } = watchedClient({ baseUrl: service.origin });
  const api = machine({ clientId, clientSecret });
  const look = () => unwrap(api.GET('/v1/employer-lists'));
  const seen = () => sent.filter((line) => line.startsWith('GET'));
  await look();
  await t.rejects(look(), { code: 'too-many-client-requests' });
  t.same(
    seen(),
    ['GET /v1/employer-lists 200', 'GET /v1/employer-lists 429'],
    'a minute is too long for people',
  );
  // On a machine that stands still for longer the ceiling is open before it is met.
  for (let tries = 0; tries < 10; tries += 1) {
    sent.length = 0;
    await service.db.updateTable('quota').set({ resets_at: sql`now() + interval '4 seconds'` }).execute();
    await look();
    if (seen().length > 1) break;
  }
  t.same(seen(), ['GET /v1/employer-lists 429', 'GET /v1/employer-lists 200']);
});

t.test(
  'it knows the operations of the contract that take a key, and which of them answer guesses',
  async (t) => {
    const { operations } = await readContract(service);
    const takesKey = operations.filter(({ parameters }) =>
      parameters.some(({ name }) => name === 'idempotency-key'),
    );
    t.same(
      keyedOperations.map(([method, path]) => `${method} ${path}`).sort(),
      takesKey.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    const guesses = keyedOperations.filter(([, , countsAttempts]) => countsAttempts).map(([, path]) => path);
    for (const path of [
      '/v1/sessions',
      '/v1/sessions/{id}/verification',
      '/v1/registrations/{id}/verification',
      '/v1/recoveries/{id}/verification',
      '/v1/recoveries/redemptions',
      '/v1/me/password',
      '/v1/me/barred-kinds/{id}/verification',
    ]) {
      t.ok(guesses.includes(path), path);
    }
    t.notOk(guesses.includes('/v1/recoveries'));
    t.notOk(guesses.includes('/v1/sessions/refresh'));
  },
);

t.test('Retry-After is seconds or a date, and 0 is at once', (t) => {
  const asked = (value: string | null) =>
    getAskedWaitMs(new Response(null, { headers: value === null ? {} : { 'retry-after': value } }), 10);
  t.equal(asked(null), null);
  t.equal(asked('soon'), null);
  t.equal(asked('11'), null, 'longer than anybody waits');
  t.equal(asked('0'), 0);
  t.equal(asked('Thu, 01 Jan 1970 00:00:00 GMT'), 0);
  for (const value of ['8', new Date(Date.now() + 8_000).toUTCString()]) {
    const waitMs = asked(value) ?? 0;
    t.ok(waitMs > 0 && waitMs <= 10_000, `${waitMs}`);
  }
  t.equal(asked(new Date(Date.now() + 3_600_000).toUTCString()), null);
  t.end();
});
