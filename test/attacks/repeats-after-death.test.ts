import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { startTestService, testEnvironment } from '../support/app.ts';
import { everyMessageEnded, otherMobileOf } from '../support/contacts.ts';
import {
  challengedRecovery,
  goodPassword,
  insuredPerson,
  signUp,
  startRecovery,
} from '../support/journey.ts';
import { officer, tokenOf } from '../support/officers.ts';
import { forgetQuotas } from '../support/quotas.ts';
import { newKey } from '../support/sessions.ts';

// A replica is killed (SIGKILL) in the middle of a request with an Idempotency-Key; another one gets its repeats.

const { DATABASE_URL: _, ...environment } = testEnvironment('');
const service = await startTestService(t, { environment });
t.beforeEach(() => forgetQuotas(service.db));

/** Whoever would write to `table` waits for this lock, which the test holds: the process is killed just there. */
const gate = 7_264_002;

async function closeGate(table: string): Promise<() => Promise<void>> {
  await sql`create function wait_at_gate() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock_shared(${sql.lit(gate)}); return new; end $$`.execute(service.db);
  await sql`create trigger gate before ${sql.raw(table === 'idempotency_key' ? 'update' : 'insert')} on ${sql.table(table)}
    for each row execute function wait_at_gate()`.execute(service.db);
  let open = () => {};
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  const isHeld = Promise.withResolvers<void>();
  const holding = service.db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${sql.lit(gate)})`.execute(connection);
    isHeld.resolve();
    await held;
    await sql`select pg_advisory_unlock(${sql.lit(gate)})`.execute(connection);
  });
  await isHeld.promise;
  return async () => {
    // Those who wait there die with their process, as they would with its machine.
    await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = ${sql.lit(gate)}
      and not granted`.execute(service.db);
    open();
    await holding;
    await sql`drop trigger gate on ${sql.table(table)}`.execute(service.db);
    await sql`drop function wait_at_gate`.execute(service.db);
  };
}

async function someoneWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql`select from pg_locks where locktype = 'advisory' and objid = ${sql.lit(gate)}
      and not granted`.execute(service.db);
    if (rows.length > 0) return;
    await sleep(10);
  }
}

type Request = Readonly<{ path: string; token?: string; body: unknown }>;

function send(origin: string, { path, token, body }: Request, key: string): Promise<Response> {
  return fetch(`${origin}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}

async function startReplica(): Promise<Readonly<{ child: ChildProcess; origin: string }>> {
  const child = fork(new URL('../support/serve.ts', import.meta.url), {
    env: { ...process.env, ...environment, DATABASE_URL: service.databaseUrl, LOG_LEVEL: 'silent' },
  });
  const [origin] = await once(child, 'message');
  return { child, origin };
}

/** Kills the replica that serves the request when it comes to write to `table`. */
async function dieAt(table: string, request: Request, key: string): Promise<void> {
  const { child, origin } = await startReplica();
  const openGate = await closeGate(table);
  const lost = send(origin, request, key).catch(() => null);
  await someoneWaits();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await openGate();
  if ((await lost) !== null) throw new Error('it was answered');
}

const endClaims = () =>
  sql`update idempotency_key set claimed_until = now() - interval '1 second' where answer is null`.execute(
    service.db,
  );

async function messages(): Promise<number> {
  await everyMessageEnded(service);
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from message`.execute(service.db);
  return rows[0]?.n ?? 0;
}

async function signUpRequest(): Promise<Request> {
  const { nationalCode, birthDate, mobile } = await insuredPerson(service);
  return { path: '/v1/registrations', body: { nationalCode, birthDate, mobile } };
}

/** What sends or creates. */
const requests: Readonly<Record<string, () => Promise<Request>>> = {
  'a sign-up': signUpRequest,
  async 'a code of a recovery'() {
    const { id, token } = await startRecovery(service, (await signUp(service)).nationalCode);
    return { path: `/v1/recoveries/${id}/challenge`, token, body: { method: 'sms' } };
  },
  async 'a change of the mobile'() {
    const person = await signUp(service);
    const body = { currentPassword: goodPassword, mobile: otherMobileOf(person.mobile) };
    const token = await tokenOf(service, person);
    return { path: '/v1/me/mobile-changes', token, body };
  },
  async 'a recovery at a desk'() {
    const [{ token }, { nationalCode }] = [await officer(service), await signUp(service)];
    return { path: '/v1/branch/recoveries', token, body: { nationalCode } };
  },
};

async function isToldThatNobodyKnows(t: Test, request: Request, key: string): Promise<void> {
  await endClaims();
  for (let more = 0; more < 2; more += 1) {
    const answer = await send(service.origin, request, key);
    const { code } = (await answer.json()) as { code: string };
    t.same([answer.status, code], [409, 'idempotent-outcome-unknown']);
  }
}

for (const [name, prepare] of Object.entries(requests)) {
  t.test(`${name} whose process died before it answered is not done a second time`, async (t) => {
    const request = await prepare();
    const before = await messages();
    const key = newKey();
    await dieAt('idempotency_key', request, key);
    const after = await messages();
    t.ok(after > before, 'what it wrote before its death leaves');
    await isToldThatNobodyKnows(t, request, key);
    t.equal(await messages(), after, 'no second message');
  });
}

t.test('what a process did not do before it died is done with a new key', async (t) => {
  const request = await signUpRequest();
  const before = await messages();
  const key = newKey();
  await dieAt('registration', request, key);
  await isToldThatNobodyKnows(t, request, key);
  t.equal(await messages(), before, 'nothing was done');
  const answer = await send(service.origin, request, newKey());
  t.ok(answer.ok, await answer.text());
  t.ok((await messages()) > before);
});

t.test('while its claim lasts, a request whose process died counts as under way', async (t) => {
  const request = await signUpRequest();
  const key = newKey();
  await dieAt('idempotency_key', request, key);
  const answer = await send(service.origin, request, key);
  t.same([answer.status, ((await answer.json()) as { code: string }).code], [409, 'idempotency-key-in-use']);
});

t.test('a step that was done by a process that died is told to be done, with another key', async (t) => {
  const { id, token, code } = await challengedRecovery(service, await signUp(service));
  const request = { path: `/v1/recoveries/${id}/verification`, token, body: { code } };
  const key = newKey();
  await dieAt('idempotency_key', request, key);
  await isToldThatNobodyKnows(t, request, key);
  const again = await send(service.origin, request, newKey());
  t.equal(((await again.json()) as { code: string }).code, 'step-done');
});

t.test('where the connection to the database is lost in the middle, nothing is done twice', async (t) => {
  const request = await signUpRequest();
  const before = await messages();
  const openGate = await closeGate('registration');
  const key = newKey();
  const first = send(service.origin, request, key);
  await someoneWaits();
  await openGate();
  t.equal((await first).status, 503);
  await isToldThatNobodyKnows(t, request, key);
  t.equal(await messages(), before);
});
