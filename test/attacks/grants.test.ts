import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import t from 'tap';
import { clientAdministration } from '../../src/features/clients/index.ts';
import { startTestService } from '../support/app.ts';
import {
  begin,
  challengeOf,
  createBrowser,
  exchange,
  finish,
  granted,
  institution,
  postForm,
  push,
  redirectUri,
  toPath,
} from '../support/institutions.ts';
import { list, toCode, work } from '../support/register.ts';
import { registerOf, signedIn } from '../support/signed-in.ts';

const service = await startTestService(t);
const register = registerOf(t, service);
const people = Array.from({ length: 20 }, (_, index) => toCode(index + 1));
await register.ingest(list({ year: 1404, month: 1, rows: people.map((code) => work(code, 30)) }));
let next = 0;
const person = () => signedIn(service, people[next++] ?? '');
const figures = '/v1/me/insurance-records/figures';

const decide = (id: string, token: string, body: object = { allow: true, scopes: ['record:figures'] }) =>
  service.post(`/v1/authorizations/${id}/decision`, body, { token });

t.test('whoever sends somebody else the link to consent gets no code for it', async (t) => {
  const client = await institution(service);
  const [attacker, victim] = [createBrowser(service), createBrowser(service)];
  const { token } = await person();
  const id = await begin(service, client, attacker);
  const decided = await decide(id, token);
  t.equal(decided.status, 200);
  const continueAt = new URL(decided.body.continueAt);
  const attempts = {
    'without the secret': continueAt.pathname,
    'with an empty one': `${continueAt.pathname}?proof=`,
    'with another one': `${continueAt.pathname}?proof=${randomBytes(32).toString('base64url')}`,
  };
  for (const [name, path] of Object.entries(attempts)) {
    const { status, headers } = await attacker.open(path);
    t.ok(status === 400 || status === 404, name);
    t.equal(headers.get('location'), null, name);
  }
  const inVictims = await victim.open(toPath(decided.body.continueAt));
  t.match(inVictims, { status: 404, body: { code: 'authorization-not-found' } });
  t.equal(inVictims.headers.get('location'), null, 'no code for the browser that did not begin');
  // Their own authorization beside it does not help: the cookie is of one.
  const own = await begin(service, client, victim);
  const crossed = await victim.open(toPath(decided.body.continueAt).replace(id, own));
  t.equal(crossed.status, 404);
});

t.test('an authorization goes on once, for a session that is fresh and alive', async (t) => {
  const client = await institution(service);
  const { token, accountId, sessionId } = await person();
  const browser = createBrowser(service);
  const id = await begin(service, client, browser);
  t.equal((await service.get(`/v1/authorizations/${id}`)).status, 401);
  for (const unknown of [id.replace(/.$/, '_'), 'x'.repeat(21)]) {
    t.match(await decide(unknown, token), { status: 404, body: { code: 'authorization-not-found' } });
  }
  t.equal((await decide('x'.repeat(65), token)).status, 400);
  for (const body of [
    {},
    { allow: 'yes' },
    { allow: true, scopes: 'record:figures' },
    { allow: true, days: 0 },
    { allow: true, looks: 101 },
    { allow: true, extra: 1 },
    [],
    null,
  ]) {
    t.equal((await decide(id, token, body as object)).status, 400, JSON.stringify(body));
  }
  for (const scopes of [
    undefined,
    [],
    ['record:months'],
    ['record:figures', 'record:months'],
    ['employer-lists:write'],
    ['__proto__'],
  ]) {
    const wider = await decide(id, token, { allow: true, scopes });
    t.match(wider, { status: 400, body: { errors: [{ pointer: '/scopes' }] } }, JSON.stringify(scopes));
  }
  const age = (at: Date) =>
    service.db.updateTable('session').set({ authenticated_at: at }).where('id', '=', sessionId).execute();
  await age(new Date(Date.now() - 301_000));
  t.match(await decide(id, token), { status: 403, body: { code: 'fresh-sign-in-needed' } });
  await age(new Date());
  const both = await Promise.all([decide(id, token), decide(id, token), decide(id, token, { allow: false })]);
  t.same(both.map(({ status }) => status).sort(), [200, 404, 404], 'decided once');
  const continueAt = both.find(({ status }) => status === 200)?.body.continueAt;
  const resumed = await Promise.all([1, 2, 3].map(() => browser.open(toPath(continueAt))));
  const codes = resumed.filter(({ headers }) => headers.get('location')?.includes('code='));
  t.equal((await browser.open(toPath(continueAt))).status, 404, 'later none');
  const grants = await service.db
    .selectFrom('record_grant')
    .where('account_id', '=', accountId)
    .select('id')
    .execute();
  t.equal(codes.length, grants.length, 'one code, and none where the answer was no');
  t.ok(grants.length <= 1);
});

t.test('a code is good once: used twice, at once or later, it ends what it was given for', async (t) => {
  const client = await institution(service);
  for (const atOnce of [true, false]) {
    const { token } = await person();
    const browser = createBrowser(service);
    const id = await begin(service, client, browser);
    const code = (await finish(browser, (await decide(id, token)).body.continueAt)).get('code') ?? '';
    const replica = await service.replica();
    const answers = atOnce
      ? await Promise.all(
          Array.from({ length: 8 }, (_, n) => exchange(n % 2 ? service : replica, client, code)),
        )
      : [await exchange(service, client, code), await exchange(replica, client, code)];
    const good = answers.filter(({ status }) => status === 200);
    t.ok(good.length <= 1, `${good.length} tokens`);
    if (!atOnce) t.equal(good.length, 1);
    for (const { status, body } of answers.filter((each) => each.status !== 200)) {
      t.match({ status, body }, { status: 400, body: { error: 'invalid_grant' } });
    }
    for (const { body } of good) {
      t.equal((await service.get(figures, { token: body.access_token })).status, 401, 'and that is over');
      const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
      t.equal((await postForm(service, '/v1/oauth/token', client, form)).status, 400);
    }
    t.same((await service.get('/v1/me/grants', { token })).body.grants, []);
  }
});

t.test('a code is for its client, its redirect, and who knows the verifier', async (t) => {
  const client = await institution(service);
  const other = await institution(service);
  const { token } = await person();
  const fresh = async () => {
    const browser = createBrowser(service);
    const id = await begin(service, client, browser);
    return (await finish(browser, (await decide(id, token)).body.continueAt)).get('code') ?? '';
  };
  const code = await fresh();
  t.match(await exchange(service, other, code), { status: 400, body: { error: 'invalid_grant' } });
  t.match(await exchange(service, { ...client, secret: other.secret }, code), { status: 401 });
  for (const changes of [
    { code_verifier: 'w'.repeat(43) },
    { code_verifier: '' },
    { redirect_uri: `${redirectUri}/` },
    { redirect_uri: '' },
  ]) {
    const refused = await exchange(service, client, code, changes);
    t.equal(refused.status, 400, JSON.stringify(changes));
  }
  t.equal((await exchange(service, client, code)).status, 200, 'none of which used it up');
  const late = await fresh();
  await sql`update oauth_state set payload = jsonb_set(payload, '{exp}', to_jsonb(extract(epoch from now())::bigint - 1))
    where model = 'AuthorizationCode' and consumed_at is null`.execute(service.db);
  t.match(await exchange(service, client, late), { status: 400, body: { error: 'invalid_grant' } });
});

t.test('a redirect goes where it was registered to the letter', async (t) => {
  const client = await institution(service);
  for (const uri of [
    'https://BANK.example/callback',
    'https://bank.example/Callback',
    'https://bank.example:8443/callback',
    'https://bank.example/callback/',
    'https://bank.example/callback/..',
    'https://bank.example/callback?x=1',
    'https://bank.example/callback#x',
    'https://user@bank.example/callback',
    'https://bank.example.evil.example/callback',
    'https://evil.example/https://bank.example/callback',
    'http://bank.example/callback',
    '//bank.example/callback',
    'javascript:alert(1)',
    '',
  ]) {
    const answer = await push(service, client, { redirect_uri: uri });
    if (uri === '') continue;
    t.match(answer, { status: 400, body: { error: 'invalid_request' } }, uri);
  }
});

t.test('there is no way but a pushed request with S256, once, by the client that pushed it', async (t) => {
  const client = await institution(service);
  const other = await institution(service);
  for (const changes of [
    { code_challenge_method: 'plain', code_challenge: 'v'.repeat(43) },
    { code_challenge: '' },
    { code_challenge_method: '' },
    { response_type: 'token' },
    { response_type: 'id_token' },
    { response_mode: 'web_message' },
    { response_mode: 'form_post' },
    { response_mode: 'fragment' },
    { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
    { request: 'eyJhbGciOiJub25lIn0.e30.' },
    { resource: 'https://elsewhere.example' },
    { client_id: other.clientId },
  ]) {
    const answer = await push(service, client, changes);
    t.equal(answer.status, 400, `${JSON.stringify(changes)} ${answer.text}`);
  }
  const browser = createBrowser(service);
  const plain = new URLSearchParams({
    client_id: client.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'record:figures',
    code_challenge: challengeOf('v'.repeat(43)),
    code_challenge_method: 'S256',
  });
  t.equal((await browser.open(`/v1/oauth/authorize?${plain}`)).status, 400, 'nothing by the front channel');
  const { request_uri } = (await push(service, client)).body;
  const open = (client_id: string, uri = request_uri) =>
    browser.open(`/v1/oauth/authorize?${new URLSearchParams({ client_id, request_uri: uri })}`);
  for (const [client_id, uri] of [
    [other.clientId, request_uri],
    [randomUUID(), request_uri],
    ["' or true --", request_uri],
    [client.clientId, 'https://evil.example/request'],
    [client.clientId, 'urn:ietf:params:oauth:request_uri:unknown'],
  ] as const) {
    const answer = await open(client_id, uri);
    const location = answer.headers.get('location') ?? '';
    t.notMatch(location, /authorization=|code=/, `${client_id} ${uri}`);
  }
  const first = await open(client.clientId);
  const second = await open(client.clientId);
  const { token } = await person();
  const ids = [first, second].map(
    (each) => new URL(each.headers.get('location') ?? '').searchParams.get('authorization') ?? '',
  );
  const decided = await Promise.all(ids.map((id) => decide(id, token)));
  const codes = [];
  for (const { body, status } of decided) {
    if (status !== 200) continue;
    const back = await browser.open(toPath(body.continueAt));
    codes.push(back.headers.get('location')?.includes('code=') ?? false);
  }
  t.ok(codes.filter(Boolean).length <= 1, 'one request, one code');
});

t.test(
  'a grant ends for the reads that are under way: none succeeds after the answer to its withdrawal',
  async (t) => {
    const client = await institution(service);
    const replica = await service.replica();
    const { token } = await person();
    const { accessToken } = await granted(service, client, token);
    const [{ id }] = (await service.get('/v1/me/grants', { token })).body.grants;
    let isWithdrawn = false;
    const late: number[] = [];
    const reading = async (from: typeof service) => {
      for (let n = 0; n < 40; n += 1) {
        const begunAfter = isWithdrawn;
        const { status } = await from.get(figures, { token: accessToken });
        if (begunAfter) late.push(status);
        if (late.length > 8) return;
      }
    };
    const readers = [reading(service), reading(replica), reading(replica)];
    t.equal((await service.call('DELETE', `/v1/me/grants/${id}`, { token })).status, 204);
    isWithdrawn = true;
    await Promise.all(readers);
    t.equal((await replica.get(figures, { token: accessToken })).status, 401);
    t.ok(
      late.every((status) => status === 401),
      late.join(),
    );
  },
);

t.test(
  'a disabled client, a replaced credential and a scope that went are refused at the next read',
  async (t) => {
    const client = await institution(service);
    const { token } = await person();
    const { accessToken } = await granted(service, client, token);
    const status = async () => (await service.get(figures, { token: accessToken })).status;
    t.equal(await status(), 200);
    const { setClientState, changeClient, rotateCredential } = clientAdministration;
    await setClientState(service.db, client.clientId, 'disabled');
    t.equal(await status(), 401);
    await setClientState(service.db, client.clientId, 'active');
    t.equal(await status(), 200);
    await changeClient(service.db, client.clientId, { scopes: ['record:months'] });
    t.equal(await status(), 401);
    await changeClient(service.db, client.clientId, { scopes: ['record:figures'] });
    t.equal(await status(), 200);
    await rotateCredential(service.db, client.clientId, null, { endOthers: true });
    t.equal(await status(), 401);
  },
);

t.test('nothing that could be replayed is in the tables or in the log', async (t) => {
  const client = await institution(service);
  const { token } = await person();
  const browser = createBrowser(service);
  const id = await begin(service, client, browser);
  const { continueAt } = (await decide(id, token)).body;
  const proof = new URL(continueAt).searchParams.get('proof') ?? '';
  const tables = async () => {
    const { rows } = await sql<{ row: string }>`select o::text as row from oauth_state o
      union all select g::text from record_grant g union all select a::text from record_access a`.execute(
      service.db,
    );
    return rows.map(({ row }) => row).join('\n');
  };
  const before = await tables();
  const code = (await finish(browser, continueAt)).get('code') ?? '';
  const afterCode = await tables();
  const { body } = await exchange(service, client, code);
  await service.get(figures, { token: body.access_token });
  const after = await tables();
  for (const [name, secret] of Object.entries({
    id,
    proof,
    code,
    access: body.access_token,
    refresh: body.refresh_token,
  })) {
    t.ok(secret.length > 20, name);
    for (const text of [before, afterCode, after]) t.notOk(text.includes(secret), `${name} in a table`);
    if (name !== 'id') t.notOk(service.logLines.join('\n').includes(secret), `${name} in the log`);
  }
});
