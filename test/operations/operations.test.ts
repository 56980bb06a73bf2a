import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { sql } from 'kysely';
import t from 'tap';
import { startTestService, type TestService, testEnvironment } from '../support/app.ts';
import { entry } from '../support/command.ts';
import { insuredPerson, signIn, signUp, startRegistration } from '../support/journey.ts';

const environment = { OPERATIONS_PORT: '0' };
const service = await startTestService(t, { environment });

async function toOperations(on: TestService) {
  const { operations } = on.app;
  if (!operations) throw new Error('operations are not served');
  const origin = await operations.listen();
  return {
    origin,
    async metrics(): Promise<string> {
      return (await fetch(`${origin}/metrics`)).text();
    },
    async health() {
      const response = await fetch(`${origin}/health`);
      // biome-ignore lint/suspicious/noExplicitAny: what a server sent is looked at freely in tests
      return { status: response.status, body: (await response.json()) as any };
    },
  };
}

/** The value of one series; labels in any order. */
function reading(metrics: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const line = metrics
    .split('\n')
    .find(
      (row) =>
        (row.startsWith(`${name}{`) || row.startsWith(`${name} `)) &&
        Object.entries(labels).every(([label, value]) => row.includes(`${label}="${value}"`)),
    );
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('waited for too long');
}

const { origin, metrics, health } = await toOperations(service);

t.test('without the setting there are no operations pages, and never on the public port', async (t) => {
  const off = await service.replica({ background: false }, { OPERATIONS_PORT: '' });
  t.equal(off.app.operations, null);
  for (const path of ['/metrics', '/health']) {
    t.equal((await off.get(path)).status, 404);
    t.equal((await service.get(path)).status, 404);
    t.equal((await fetch(`${origin}${path}`)).status, 200);
    t.equal((await fetch(`${origin}${path}`, { method: 'POST' })).status, 404);
  }
  for (const path of ['/', '/__proto__', '/metrics?x', '/toString']) {
    t.equal((await fetch(`${origin}${path}`)).status, 404, path);
  }
  t.notOk(JSON.stringify(service.app.swagger()).includes('/metrics'));
});

t.test('requests are counted by method, pattern of the route and class of status', async (t) => {
  const before = await metrics();
  const person = await signUp(service);
  await signIn(service, person, 'Wrong7Words');
  await service.get('/nothing/here');
  const flow = await startRegistration(service, await insuredPerson(service));
  await service.post(`/v1/registrations/${flow.id}/verification`, { code: '000000' }, { token: 'none' });

  // A request is counted just after its answer.
  const last = { route: '/v1/registrations/:id/verification', status: '4xx' };
  const text = await until(async () => {
    const now = await metrics();
    return reading(now, 'savabegh_http_request_duration_seconds_count', last) ? now : undefined;
  });
  const grown = (name: string, labels: Record<string, string>) =>
    (reading(text, name, labels) ?? 0) - (reading(before, name, labels) ?? 0);
  const counted = (route: string, method: string, status: string) =>
    grown('savabegh_http_request_duration_seconds_count', { route, method, status });
  t.equal(counted('/v1/sessions', 'POST', '4xx'), 1);
  t.equal(counted('unmatched', 'GET', '4xx'), 1);
  t.equal(counted('/v1/registrations/:id/verification', 'POST', '4xx'), 1);
  t.equal(grown('savabegh_problems_total', { code: 'not-found' }), 1);
  t.equal(grown('savabegh_problems_total', { code: 'credentials-not-accepted' }), 1);
  t.ok(reading(text, 'savabegh_hash_jobs_completed_total'));
  t.equal(reading(text, 'savabegh_hash_jobs_refused_total'), 0);
  t.equal(reading(text, 'savabegh_database_pool_size'), 10);
  t.equal(reading(text, 'savabegh_database_pool_waiting'), 0);
  t.equal(reading(text, 'savabegh_ready'), 1);
  t.ok(reading(text, 'nodejs_eventloop_lag_p99_seconds') !== undefined);

  for (const secret of [person.nationalCode, person.mobile, person.mobile.slice(1), flow.id, '127.0.0.1']) {
    t.notMatch(text, secret, 'nothing that is about somebody');
  }
});

t.test('what becomes of messages is counted by channel and provider', async (t) => {
  await startRegistration(service, await insuredPerson(service));
  const labels = { channel: 'sms', provider: 'development' };
  const text = await until(async () => {
    const now = await metrics();
    const delivered = reading(now, 'savabegh_message_attempts_total', { ...labels, outcome: 'sent' });
    const isDone = delivered && reading(now, 'savabegh_outbox_due_messages', { channel: 'sms' }) === 0;
    return isDone ? now : undefined;
  });
  t.ok(reading(text, 'savabegh_message_dispatch_seconds_count', { channel: 'sms' }));
  t.equal(reading(text, 'savabegh_provider_breaker', { ...labels, state: 'closed' }), 1);
  t.equal(reading(text, 'savabegh_provider_breaker', { ...labels, state: 'open' }), 0);
  t.ok(reading(text, 'savabegh_provider_answers_total', { ...labels, kind: 'sent' }));
  t.match((await health()).body, {
    ready: true,
    database: { ok: true },
    outbox: { ok: true, dispatchesHere: true, running: true, due: [] },
    providers: { sms: [{ name: 'development', breaker: 'closed', answers: { sent: Number } }] },
  });
});

/** Readiness is looked at anew twice a second at most. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 600));

t.test('a process whose schema is too old is not ready, and says what was found', async (t) => {
  const replica = await service.replica({ background: false });
  const operations = await toOperations(replica);
  t.equal((await replica.get('/readyz')).status, 200);
  const { rows } = await sql<{ name: string; timestamp: string }>`
    delete from kysely_migration where name = (select max(name) from kysely_migration)
    returning name, timestamp
  `.execute(service.db);
  await pause();
  t.match(await replica.get('/readyz'), { status: 503, body: { code: 'busy' } });
  const { status, body } = await operations.health();
  t.equal(status, 503);
  t.match(body, { ready: false, database: { ok: true }, schema: { ok: false, expected: rows[0]?.name } });
  t.ok(body.schema.found < body.schema.expected);
  t.equal(reading(await operations.metrics(), 'savabegh_ready_part', { part: 'schema' }), 0);
  await sql`insert into kysely_migration values (${rows[0]?.name}, ${rows[0]?.timestamp})`.execute(
    service.db,
  );
});

t.test('a stuck outbox makes the process that delivers unready, a backlog that moves does not', async (t) => {
  const fresh = await startTestService(t, { environment });
  const { health, metrics } = await toOperations(fresh);
  const other = await fresh.replica({ background: false });
  const { id } = (
    await sql<{ id: string }>`
      insert into message (channel, purpose, locale, due_at, useful_until)
      values ('sms', 'welcome', 'fa', now() - interval '61 seconds', now() + interval '1 hour') returning id
    `.execute(fresh.db)
  ).rows[0] as { id: string };
  await fresh.db.transaction().execute(async (trx) => {
    // Held, so that nobody takes it up.
    await sql`select from message where id = ${id} for update`.execute(trx);
    await pause();
    t.match((await health()).body, {
      ready: false,
      outbox: { ok: false, running: true, due: [{ channel: 'sms', messages: 1 }] },
    });
    t.equal((await fresh.get('/readyz')).status, 503);
    t.equal((await other.get('/readyz')).status, 200, 'who does not deliver is ready');
    t.ok((reading(await metrics(), 'savabegh_outbox_oldest_due_seconds', { channel: 'sms' }) ?? 0) > 60);

    await startRegistration(fresh, await insuredPerson(fresh));
    await until(async () => (await health()).body.ready);
    t.ok((reading(await metrics(), 'savabegh_outbox_oldest_due_seconds', { channel: 'sms' }) ?? 0) > 60);
  });
});

t.test('whoever sends operators nothing is not waited for', async (t) => {
  const replica = await service.replica({ background: false });
  const { origin } = await toOperations(replica);
  const socket = connectSocket(Number(new URL(origin).port), '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  socket.on('error', () => {});
  await replica.app.close();
  await closed;
  t.pass('closing the service does not wait either');
});

t.test(
  'who is told to end says so while it still serves, so that nothing is sent to a port just closing',
  async (t) => {
    const replica = await service.replica({ background: false, serverLimits: { drain: 10_000 } });
    t.equal((await replica.get('/readyz')).status, 200);
    const closed = replica.app.close();
    t.equal((await replica.get('/readyz')).status, 503);
    const { status, headers } = await replica.get('/v1/password-policy');
    t.equal(status, 200);
    t.equal(headers.get('connection'), 'close', 'and the next request goes elsewhere');
    await closed;
    await t.rejects(replica.get('/livez'));
  },
);

t.test('a worker of its own serves the same pages', async (t) => {
  const child = spawn(process.execPath, [entry, 'worker'], {
    env: { PATH: process.env.PATH, ...testEnvironment(service.databaseUrl), ...environment },
  });
  const ended = once(child, 'exit');
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const origin = await until(async () => /"origin":"([^"]+)"/.exec(output)?.[1]);
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  t.equal(reading(metrics, 'savabegh_ready'), 1);
  t.equal(reading(metrics, 'savabegh_provider_breaker', { channel: 'email', state: 'closed' }), 1);
  t.equal(reading(metrics, 'savabegh_hash_jobs_running'), undefined, 'nothing is hashed there');
  t.match(await (await fetch(`${origin}/health`)).json(), { ready: true });
  child.kill('SIGTERM');
  t.same(await ended, [0, null]);
});
