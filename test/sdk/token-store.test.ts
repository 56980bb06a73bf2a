import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import {
  createMemoryStore,
  createSavabegh,
  createTextStore,
  createWebLock,
  type Session,
  type TokenStore,
  unwrap,
} from '../../clients/typescript/src/index.ts';
import { startTestService } from '../support/app.ts';
import { goodPassword, otherPassword, signUp } from '../support/journey.ts';
import { ageSessions, kindsOf } from '../support/sessions.ts';
import { createFileStore } from './file-store.ts';
import {
  keptIn,
  lossyNetwork,
  outdate,
  refreshes,
  somebody,
  watchedClient,
  watchedStore,
} from './support.ts';

const run = promisify(execFile);
const service = await startTestService(t);
const client = () => watchedClient({ baseUrl: service.origin });
const me = async ({ api }: Session) => (await unwrap(api.GET('/v1/me'))).nationalCode;

/** Somebody signed in, whose session is in the store. */
async function signedIn(store: TokenStore) {
  const person = await signUp(service);
  const credentials = { nationalCode: person.nationalCode, password: goodPassword };
  const session = await client().signIn({ ...credentials, rememberDevice: true }, store);
  return { person, credentials, session };
}

t.test('a token that has ended is renewed once for ten requests at once, and kept', async (t) => {
  const store = createMemoryStore();
  const { person } = await signedIn(store);
  await outdate(store);
  const before = await keptIn(store);
  const { resume, sent } = client();
  const session = somebody(await resume(store));
  t.same(
    await Promise.all(Array.from({ length: 10 }, () => me(session))),
    Array(10).fill(person.nationalCode),
  );
  t.equal(refreshes(sent), 1);
  const after = await keptIn(store);
  t.not(after.session.refreshToken, before.session.refreshToken);
  t.not(after.session.refreshKey, before.session.refreshKey, 'the next refresh has a key of its own');
  t.equal(after.deviceToken, before.deviceToken);
});

t.test('a token that the service refuses early is renewed, and the body sent again', async (t) => {
  const store = createMemoryStore();
  await signedIn(store);
  const { session, ...rest } = await keptIn(store);
  await store.write({ ...rest, session: { ...session, accessToken: 'old.access.token' } });
  const { resume, sent } = client();
  const resumed = somebody(await resume(store));
  const body = {
    currentPassword: goodPassword,
    newPassword: otherPassword,
    newPasswordConfirmation: otherPassword,
  };
  await unwrap(resumed.api.PUT('/v1/me/password', { body }));
  t.equal(refreshes(sent), 1);
  await me(resumed);
  t.equal(refreshes(sent), 1);
});

t.test('two over one store that need a new token at once refresh once, and go on for ever', async (t) => {
  const store = createMemoryStore();
  const { person } = await signedIn(store);
  const clients = [client(), client()];
  const sessions = await Promise.all(clients.map(async ({ resume }) => somebody(await resume(store))));
  for (let round = 1; round <= 8; round += 1) {
    for (const { spoilToken } of clients) spoilToken();
    t.same(await Promise.all(sessions.map(me)), [person.nationalCode, person.nationalCode]);
    t.equal(refreshes(clients.flatMap(({ sent }) => sent)), round);
  }
  t.notOk((await kindsOf(service, person)).includes('session-revoked'));
});

t.test('one that has slept while the other renewed goes on with what the store has', async (t) => {
  const store = createMemoryStore();
  const { session: sleeper } = await signedIn(store);
  const { resume, spoilToken } = client();
  const other = somebody(await resume(store));
  for (let round = 0; round < 3; round += 1) {
    spoilToken();
    await me(other);
  }
  await ageSessions(service, '11 minutes', 'alive');
  // By now its own refresh token would be taken for a stolen copy.
  const before = await keptIn(store);
  await outdate(store);
  const slept = somebody(await client().resume(store));
  t.equal(await me(slept), await me(sleeper));
  t.equal((await keptIn(store)).session.renewals, before.session.renewals + 1);
});

t.test('one that sees late what another has kept ends nothing, and goes on with it', async (t) => {
  const store = createMemoryStore();
  const { person } = await signedIn(store);
  const late = await keptIn(store);
  let isLate = true;
  const { resume, sent, spoilToken } = watchedClient({
    baseUrl: service.origin,
    fetch: async (request) => {
      const response = await fetch(request);
      if (response.status === 409) isLate = false;
      return response;
    },
  });
  const slow = somebody(await resume({ ...store, read: () => (isLate ? late : store.read()) }));
  const other = client();
  const quick = somebody(await other.resume(store));
  for (let round = 0; round < 2; round += 1) {
    other.spoilToken();
    await me(quick);
  }
  spoilToken();
  t.equal(await me(slow), person.nationalCode);
  t.ok(sent.includes('POST /v1/sessions/refresh 409'));
  t.equal(await me(quick), person.nationalCode);
});

t.test('processes that share a file refresh one after the other, and end nobody’s session', async (t) => {
  const file = join(t.testdir(), 'kept.json');
  const store = createFileStore(file);
  const { person } = await signedIn(store);
  const program = fileURLToPath(new URL('sharing-process.ts', import.meta.url));
  const rounds = 20;
  const start = async () => {
    const { stdout } = await run(process.execPath, [program, service.origin, file, String(rounds)]);
    return Number(stdout);
  };
  const [one, other] = await Promise.all([start(), start()]);
  const { session } = await keptIn(store);
  t.ok(session.renewals >= rounds, `${session.renewals} renewals`);
  t.equal(one + other, session.renewals, 'no token was sent by both');
  t.equal(await me(somebody(await client().resume(store))), person.nationalCode);
  t.notOk((await kindsOf(service, person)).includes('session-revoked'));
});

t.test('copies instead of one store end the session: the second looks like a thief', async (t) => {
  const store = createMemoryStore();
  const { person } = await signedIn(store);
  const copy = createMemoryStore(await store.read());
  for (let round = 0; round < 2; round += 1) {
    await outdate(store);
    await me(somebody(await client().resume(store)));
  }
  await outdate(copy);
  const { session } = await keptIn(copy);
  await copy.write({ session: { ...session, refreshKey: 'a-key-of-a-program-of-its-own' } });
  await t.rejects(me(somebody(await client().resume(copy))), { code: 'refresh-not-accepted' });
  t.ok((await kindsOf(service, person)).includes('session-revoked'));
});

t.test('an answer to a refresh that was lost is got again, also after the app was killed', async (t) => {
  const store = createMemoryStore();
  const { person } = await signedIn(store);
  await outdate(store);
  const before = await keptIn(store);
  const network = lossyNetwork();
  network.losses = Number.POSITIVE_INFINITY;
  const killed = createSavabegh({ baseUrl: service.origin, fetch: network.fetch });
  await t.rejects(me(somebody(await killed.resume(store))), TypeError);
  t.equal(new Set(network.keys).size, 1);
  t.same(await keptIn(store), before);
  await ageSessions(service, '9 hours');
  t.equal(await me(somebody(await client().resume(store))), person.nationalCode);
  t.not((await keptIn(store)).session.refreshKey, before.session.refreshKey);
});

t.test('a store that fails is told of, and takes no request with it', async (t) => {
  for (const part of ['read', 'write', 'lock'] as const) {
    const { store, failing } = watchedStore();
    const { person } = await signedIn(store);
    await outdate(store);
    const session = somebody(await client().resume(store));
    failing.add(part);
    const shown = t.capture(console, 'error', () => {});
    t.equal(await me(session), person.nationalCode, part);
    t.equal(shown().length, 1, `${part} is told of`);
    shown.restore();
  }
});

t.test('a session that could not be kept goes on by itself, and is kept as soon as that works', async (t) => {
  const { store, failing } = watchedStore();
  const { person } = await signedIn(store);
  const { resume, sent, spoilToken } = client();
  const session = somebody(await resume(store));
  failing.add('write');
  const shown = t.capture(console, 'error', () => {});
  spoilToken();
  await me(session);
  t.equal(shown().length, 1);
  shown.restore();
  t.equal((await keptIn(store)).session.renewals, 0, 'the store has an older one');
  failing.delete('write');
  spoilToken();
  t.equal(await me(session), person.nationalCode);
  t.equal(refreshes(sent), 2);
  t.equal((await keptIn(store)).session.renewals, 2);
});

t.test('signing out in one ends the other, and leaves the device known', async (t) => {
  const store = createMemoryStore();
  const { session } = await signedIn(store);
  const { resume } = client();
  const other = somebody(await resume(store));
  const { deviceToken } = await keptIn(store);
  await session.signOut();
  t.same(await store.read(), { deviceToken });
  await t.rejects(me(other), { code: 'refresh-not-accepted' });
  t.equal(await resume(store), null);
  await t.resolves(other.signOut(), 'what is over can be ended again');
});

t.test('who signs out without a network is signed out here all the same', async (t) => {
  const store = createMemoryStore();
  await signedIn(store);
  const { resume } = watchedClient({
    baseUrl: service.origin,
    fetch: async () => {
      throw new TypeError('there is no network');
    },
  });
  await t.rejects(somebody(await resume(store)).signOut(), TypeError);
  t.equal((await store.read())?.session, undefined);
});

t.test('a session that ends elsewhere leaves the store', async (t) => {
  const store = createMemoryStore();
  const { session } = await signedIn(store);
  const elsewhere = createMemoryStore(await store.read());
  await somebody(await client().resume(elsewhere)).signOut();
  await t.rejects(me(session), { code: 'refresh-not-accepted' });
  t.same(Object.keys((await store.read()) ?? {}), ['deviceToken']);
});

t.test('when somebody else signs in over the same store, a page goes on as who it was', async (t) => {
  const store = createMemoryStore();
  const { person } = await signedIn(store);
  const { resume, spoilToken } = client();
  const page = somebody(await resume(store));
  const { person: next, session: ofNext } = await signedIn(store);
  const kept = await keptIn(store);
  spoilToken();
  t.equal(await me(page), person.nationalCode);
  t.same(await keptIn(store), kept, 'and changes nothing of the other');
  await page.signOut();
  t.same(await keptIn(store), kept);
  t.equal(await me(ofNext), next.nationalCode);
});

t.test('the device of the session that changes the password stays known, and no other', async (t) => {
  const store = createMemoryStore();
  const elsewhere = createMemoryStore();
  const { person, session } = await signedIn(store);
  const { nationalCode } = person;
  await client().signIn({ nationalCode, password: goodPassword, rememberDevice: true }, elsewhere);
  const known = await keptIn(store);
  const change = ({ api }: Session, currentPassword: string, newPassword: string) => {
    const body = { currentPassword, newPassword, newPasswordConfirmation: newPassword };
    return unwrap(api.PUT('/v1/me/password', { body }));
  };
  const thirdPassword = 'Jw5kBsf2Gc';
  await change(session, goodPassword, otherPassword);
  await change(somebody(await client().resume(store)), otherPassword, thirdPassword);
  const forgotten = createMemoryStore();
  for (const [kept, device] of [
    [known, store],
    [await keptIn(elsewhere), forgotten],
  ] as const) {
    const { status, body } = await service.post(
      '/v1/sessions',
      { nationalCode, password: thirdPassword },
      { headers: { 'device-token': kept.deviceToken ?? '' } },
    );
    t.equal(status, 201);
    t.equal(body.deviceToken, device === store ? known.deviceToken : undefined);
  }
});

t.test('what a front end was answered itself begins a session', async (t) => {
  const { nationalCode } = await signUp(service);
  const { api, begin } = client();
  const body = { nationalCode, password: goodPassword, rememberDevice: true };
  const answer = await unwrap(api.POST('/v1/sessions', { body }));
  const store = createMemoryStore();
  t.equal(await me(await begin(answer as Parameters<typeof begin>[0], store)), nationalCode);
  t.equal((await keptIn(store)).deviceToken, answer.deviceToken);
});

t.test('texts by name keep a session as JSON, and what is none counts as nothing', async (t) => {
  const texts = new Map<string, string>();
  const storage = {
    getItem: async (name: string) => texts.get(name) ?? null,
    setItem: async (name: string, text: string) => void texts.set(name, text),
  };
  const store = createTextStore(storage, { name: 'somebody' });
  const { person } = await signedIn(store);
  t.same([...texts.keys()], ['somebody']);
  const again = createTextStore(storage, { name: 'somebody' });
  t.equal(await me(somebody(await client().resume(again))), person.nationalCode);
  const whole = await keptIn(store);
  const { refreshKey: _, ...half } = whole.session;
  const broken = [5, [], {}, { id: 1 }, half, { ...whole.session, renewAt: '0' }];
  for (const text of [
    ...['', 'null', '"text"', '{"session":', '17', '[]', '{}', '{"deviceToken":5}'],
    ...broken.map((session) => JSON.stringify({ session })),
  ]) {
    texts.set('somebody', text);
    t.equal(await client().resume(again), null, text);
  }
});

t.test('whoever cannot have the lock goes on without it after ten seconds', async (t) => {
  const name = 'a page that is frozen';
  const release = Promise.withResolvers<void>();
  const held = createWebLock(name)(() => release.promise);
  const store = { ...createMemoryStore(), lock: createWebLock(name) };
  const shown = t.capture(console, 'error', () => {});
  const { person, session } = await signedIn(store);
  t.equal(await me(session), person.nationalCode);
  t.equal(shown().length, 1);
  release.resolve();
  await held;
});
