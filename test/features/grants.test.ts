import { decodeJwt, decodeProtectedHeader } from 'jose';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import {
  begin,
  createBrowser,
  exchange,
  finish,
  granted,
  institution,
  postForm,
  push,
  redirectUri,
} from '../support/institutions.ts';
import { list, toCode, work } from '../support/register.ts';
import { registerOf, signedIn } from '../support/signed-in.ts';

const service = await startTestService(t);
const register = registerOf(t, service);
const people = Array.from({ length: 20 }, (_, index) => toCode(index + 1));
await register.ingest(list({ year: 1404, month: 1, rows: people.map((code) => work(code, 30)) }));
let next = 0;
const person = () => signedIn(service, people[next++] ?? '');
const records = '/v1/me/insurance-records';
const figures = `${records}/figures`;

t.test('an institution gets the figures that the person sees, by redirect, PAR and PKCE', async (t) => {
  const client = await institution(service);
  const { token, accountId } = await person();
  const browser = createBrowser(service);
  const id = await begin(service, client, browser, { scope: 'openid record:figures record:months' });
  const { status, body: asked } = await service.get(`/v1/authorizations/${id}`, { token });
  t.equal(status, 200);
  t.match(asked, {
    institution: { fa: 'بانک آزمون', en: 'Test Bank' },
    purpose: { fa: 'درخواست وام' },
    scopes: [{ scope: 'record:figures', title: { fa: /دستمزد/ } }, { scope: 'record:months' }],
  });
  const decision = { allow: true, scopes: ['record:figures'], days: 7, looks: 2 };
  const decided = await service.post(`/v1/authorizations/${id}/decision`, decision, { token });
  t.equal(decided.status, 200, decided.text);
  const back = await finish(browser, decided.body.continueAt);
  t.equal(back.get('state'), 'the-state');
  t.equal(back.get('iss'), service.config.publicUrl);
  const answer = await exchange(service, client, back.get('code') ?? '');
  t.equal(answer.status, 200, answer.text);
  t.match(answer.body, { token_type: 'Bearer', expires_in: 600, scope: 'record:figures' });
  t.match(decodeProtectedHeader(answer.body.access_token), { alg: 'ES256', typ: 'at+jwt' });
  const claims = decodeJwt(answer.body.access_token);
  t.match(claims, { client_id: client.clientId, aud: 'savabegh-grants', iss: service.config.publicUrl });
  t.not(claims.sub, accountId, 'a name of the person for this institution alone');
  t.equal(decodeJwt(answer.body.id_token).sub, claims.sub);
  t.equal((claims.exp ?? 0) - (claims.iat ?? 0), 600);

  const read = await service.get(figures, { token: answer.body.access_token });
  t.equal(read.status, 200, read.text);
  t.same(read.body, (await service.get(figures, { token })).body);
  const tag = read.headers.get('etag') ?? '';
  const again = await service.get(figures, {
    token: answer.body.access_token,
    headers: { 'if-none-match': tag },
  });
  t.equal(again.status, 304);
  const { body: grants } = await service.get('/v1/me/grants', { token });
  t.match(grants.grants, [
    { institution: { en: 'Test Bank' }, scopes: ['record:figures'], looksLeft: 1, isSuspended: false },
  ]);
  const { body: looks } = await service.get('/v1/me/record-accesses', { token });
  t.match(looks, { accesses: [{ scope: 'record:figures', grantId: grants.grants[0].id }], nextCursor: null });
  t.equal(looks.accesses.length, 1, 'one token is one look');
  const notices = await service.db
    .selectFrom('message')
    .where('account_id', '=', accountId)
    .select('purpose')
    .orderBy('id')
    .execute();
  t.same(
    notices.map(({ purpose }) => purpose),
    ['grant-given', 'record-looked-at'],
  );
});

t.test('a token opens what its scope names and nothing else', async (t) => {
  const client = await institution(service);
  const { token } = await person();
  const cases = {
    'record:figures': [figures],
    'record:summary': [`${records}/summary`],
    'record:months': [records, `${records}/years/1404`],
  };
  const others = ['/v1/me', '/v1/me/activity', '/v1/me/grants', '/v1/me/sessions', '/v1/me/export'];
  const all = [...Object.values(cases).flat(), ...others];
  for (const [scope, open] of Object.entries(cases)) {
    const { accessToken } = await granted(service, client, token, { scope });
    for (const path of all) {
      const { status, body } = await service.get(path, { token: accessToken });
      if (open.includes(path)) t.equal(status, 200, `${scope} ${path}`);
      else
        t.match({ status, body }, { status: 403, body: { code: 'insufficient-scope' } }, `${scope} ${path}`);
    }
    t.equal((await service.call('DELETE', '/v1/me/sessions', { token: accessToken })).status, 403);
    t.equal((await service.get('/v1/employer-lists', { token: accessToken })).status, 401);
  }
});

t.test(
  'a withdrawn grant is refused at the next request, on every replica, and its refresh token too',
  async (t) => {
    const client = await institution(service);
    const replica = await service.replica();
    const { token } = await person();
    const { accessToken, refreshToken } = await granted(service, client, token);
    t.equal((await replica.get(figures, { token: accessToken })).status, 200);
    const refresh = () =>
      postForm(service, '/v1/oauth/token', client, {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      });
    const renewed = await refresh();
    t.equal(renewed.status, 200, renewed.text);
    t.equal((await service.get(figures, { token: renewed.body.access_token })).status, 200);
    t.equal((await refresh()).status, 200, 'a lost answer ends nothing');
    const { body } = await service.get('/v1/me/grants', { token });
    const [{ id }] = body.grants;
    t.equal(body.grants[0].looksLeft, 8, 'each token that read is a look');
    const stranger = await person();
    t.match(await service.call('DELETE', `/v1/me/grants/${id}`, { token: stranger.token }), {
      status: 404,
      body: { code: 'grant-not-found' },
    });
    t.equal((await service.call('DELETE', `/v1/me/grants/${id}`, { token })).status, 204);
    for (const each of [service, replica]) {
      t.match(await each.get(figures, { token: accessToken }), {
        status: 401,
        body: { code: 'not-authenticated' },
      });
    }
    t.match(await refresh(), { status: 400, body: { error: 'invalid_grant' } });
    t.equal((await service.get('/v1/me/record-accesses', { token })).body.accesses.length, 2, 'looks stay');
    t.equal((await service.call('DELETE', `/v1/me/grants/${id}`, { token })).status, 404);
  },
);

t.test('no more looks than were given, at once too', async (t) => {
  const client = await institution(service);
  const { token } = await person();
  const { refreshToken, accessToken } = await granted(service, client, token, { decision: { looks: 3 } });
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const tokens = [accessToken];
  for (let n = 0; n < 7; n += 1)
    tokens.push((await postForm(service, '/v1/oauth/token', client, form)).body.access_token);
  const statuses = await Promise.all(
    tokens
      .flatMap((each) => [each, each, each])
      .map(async (each) => (await service.get(figures, { token: each })).status),
  );
  t.equal(statuses.filter((status) => status === 200).length, 9, 'three tokens, each as often as it likes');
  t.equal((await service.get('/v1/me/grants', { token })).body.grants[0].looksLeft, 0);
  t.equal((await service.get('/v1/me/record-accesses', { token })).body.accesses.length, 3);
});

t.test(
  'a new password suspends a grant until its person keeps it; a locked account lets nobody look',
  async (t) => {
    const client = await institution(service);
    const { token, accountId } = await person();
    const { accessToken, refreshToken } = await granted(service, client, token);
    const status = async () => (await service.get(figures, { token: accessToken })).status;
    t.equal(await status(), 200);
    await service.db.updateTable('account').set({ lock: 'locked' }).where('id', '=', accountId).execute();
    t.equal(await status(), 401);
    await service.db
      .updateTable('account')
      .set({ lock: 'open', password_changed_at: new Date() })
      .where('id', '=', accountId)
      .execute();
    t.equal(await status(), 401);
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    t.equal((await postForm(service, '/v1/oauth/token', client, form)).body.error, 'invalid_grant');
    const { body } = await service.get('/v1/me/grants', { token });
    t.match(body.grants, [{ isSuspended: true }]);
    const keep = () => service.post(`/v1/me/grants/${body.grants[0].id}/keep`, undefined, { token });
    await service.db
      .updateTable('session')
      .set({ authenticated_at: new Date(0) })
      .where('account_id', '=', accountId)
      .execute();
    t.match(await keep(), { status: 403, body: { code: 'fresh-sign-in-needed' } });
    t.equal(await status(), 401);
    await service.db
      .updateTable('session')
      .set({ authenticated_at: new Date() })
      .where('account_id', '=', accountId)
      .execute();
    t.equal((await keep()).status, 204);
    t.equal(await status(), 200);
  },
);

t.test('no is no, said once, and told to the institution as access_denied', async (t) => {
  const client = await institution(service);
  const { token } = await person();
  const browser = createBrowser(service);
  const id = await begin(service, client, browser);
  const decided = await service.post(`/v1/authorizations/${id}/decision`, { allow: false }, { token });
  t.equal(decided.status, 200, decided.text);
  for (const allow of [true, false]) {
    const second = await service.post(
      `/v1/authorizations/${id}/decision`,
      { allow, scopes: ['record:figures'] },
      { token },
    );
    t.match(second, { status: 404, body: { code: 'authorization-not-found' } });
  }
  t.equal((await service.get(`/v1/authorizations/${id}`, { token })).status, 404);
  const back = await finish(browser, decided.body.continueAt);
  t.equal(back.get('error'), 'access_denied');
  t.equal(back.get('code'), null);
  t.same((await service.get('/v1/me/grants', { token })).body.grants, []);
});

t.test('discovery says where everything is, by the public URL whatever Host says', async (t) => {
  const { publicUrl } = service.config;
  for (const name of ['openid-configuration', 'oauth-authorization-server']) {
    const { status, body } = await service.get(`/.well-known/${name}`, {
      headers: { 'x-forwarded-host': 'evil.example' },
    });
    t.equal(status, 200);
    t.match(body, {
      issuer: publicUrl,
      token_endpoint: `${publicUrl}/v1/oauth/token`,
      authorization_endpoint: `${publicUrl}/v1/oauth/authorize`,
      pushed_authorization_request_endpoint: `${publicUrl}/v1/oauth/par`,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      require_pushed_authorization_requests: true,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      subject_types_supported: ['pairwise'],
      scopes_supported: [
        'openid',
        'record:figures',
        'record:summary',
        'record:months',
        'employer-lists:read',
        'employer-lists:write',
      ],
    });
    t.notMatch(JSON.stringify(body), /evil/);
  }
});

t.test('what is pushed must be what was registered', async (t) => {
  const client = await institution(service, ['record:figures']);
  t.equal((await push(service, client)).status, 201);
  for (const changes of [
    { scope: 'record:months' },
    { scope: 'record:figures record:everything' },
    { scope: 'employer-lists:read' },
    { scope: 'openid' },
    { scope: ' ' },
    { scope: 'record:figures  openid' },
  ]) {
    const answer = await push(service, client, changes);
    t.match(answer, { status: 400, body: { error: 'invalid_scope' } }, JSON.stringify(changes));
  }
  const doubled = await push(service, client, { scope: 'record:figures record:figures' });
  t.equal(doubled.status, 201);
  const machine = await postForm(service, '/v1/oauth/token', client, { grant_type: 'client_credentials' });
  t.match(machine, { status: 400, body: { error: 'invalid_scope' } }, 'nothing in its own name');
  t.equal(redirectUri, 'https://bank.example/callback');
});
