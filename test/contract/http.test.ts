import t from 'tap';
import { parse } from 'yaml';
import { startTestService } from '../support/app.ts';
import { toCode } from '../support/register.ts';
import { signedIn } from '../support/signed-in.ts';

const service = await startTestService(t);
const { token } = await signedIn(service, toCode(1));

const send = (method: string, path: string, init: RequestInit = {}) =>
  fetch(`${service.origin}${path}`, { method, ...init });
const asJson = { 'content-type': 'application/json' };

t.test('a wrong method is told which ones there are, an unknown address that it is none', async (t) => {
  const wrong = await send('PUT', '/v1/recoveries', { headers: { 'accept-language': 'en' } });
  t.equal(wrong.status, 405);
  t.equal(wrong.headers.get('allow'), 'OPTIONS, POST');
  t.match(await wrong.json(), { code: 'method-not-allowed', detail: /OPTIONS, POST/ });
  const withHole = await send('POST', '/v1/me/insurance-records/years/1404');
  t.equal(withHole.headers.get('allow'), 'GET, HEAD, OPTIONS');
  t.equal((await send('QUERY', '/v1/recoveries')).status, 405, 'without a content type');
  t.equal((await send('PUT', '/v1/nowhere')).status, 404);
  t.equal((await send('PUT', '/v1/nowhere')).headers.get('allow'), null);
});

t.test('OPTIONS answers for addresses that exist alone', async (t) => {
  const options = await send('OPTIONS', '/v1/me?x=1');
  t.equal(options.status, 204);
  t.equal(options.headers.get('allow'), 'GET, HEAD, OPTIONS');
  t.equal((await send('OPTIONS', '/v1/nowhere')).status, 404);
});

t.test('what a body must not be is named with what it may be', async (t) => {
  for (const [path, type, accepted] of [
    ['/v1/recoveries', 'text/plain', 'application/json'],
    ['/v1/recoveries', 'multipart/form-data; boundary=x', 'application/json'],
  ] as const) {
    const answer = await send('POST', path, {
      headers: { 'content-type': type, 'accept-language': 'en' },
      body: 'x',
    });
    t.equal(answer.status, 415, `${path} ${type}`);
    t.match(await answer.json(), { code: 'unsupported-media-type', detail: new RegExp(accepted) });
  }
  const encoded = await send('POST', '/v1/recoveries', {
    headers: { ...asJson, 'content-encoding': 'gzip' },
    body: '{"nationalCode":"0499370899"}',
  });
  t.equal(encoded.status, 415);
});

t.test('no body is needed where none is read, whatever the type of the request says', async (t) => {
  const started = await service.post('/v1/recoveries', { nationalCode: toCode(2) });
  for (const init of [
    { headers: asJson },
    { headers: asJson, body: '{' },
    { headers: { 'content-type': 'text/plain' }, body: 'x' },
    { headers: { ...asJson, 'content-encoding': 'gzip' }, body: 'x' },
  ]) {
    const authorization = `Bearer ${token}`;
    const answer = await send('DELETE', `/v1/me/sessions/${started.body.id}`, {
      ...init,
      headers: { ...init.headers, authorization },
    });
    // It is looked for and not found: nothing was wrong with the request.
    t.equal(answer.status, 404, JSON.stringify(init));
  }
});

t.test('a parameter that nobody knows is refused, and pointed at', async (t) => {
  for (const path of ['/v1/me', '/v1/me/activity', '/v1/password-policy', '/v1/security-questions']) {
    const { status, body } = await service.get(`${path}?limt=5`, { token });
    t.equal(status, 400, path);
    t.match(body.errors, [{ pointer: '/query/limt', code: 'unknown-key' }]);
  }
});

t.test('numbers of paths and queries are read in every script', async (t) => {
  const year = await service.get(`/v1/me/insurance-records/years/${encodeURIComponent('۱۴۰۴')}`, { token });
  t.match(year, { status: 200, body: { year: 1404 } });
  const page = await service.get(`/v1/me/activity?limit=${encodeURIComponent('١')}`, { token });
  t.equal(page.status, 200);
  t.equal(
    (await service.get('/v1/me/insurance-records/years/x', { token })).body.errors[0].pointer,
    '/path/year',
  );
});

t.test('everything that is missing is told at once, who is meant too', async (t) => {
  const pointers = async (path: string, body: object) =>
    (await service.post(path, body)).body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();
  t.same(await pointers('/v1/registrations', {}), ['/birthDate', '/mobile', '/nationalCode']);
  t.same(await pointers('/v1/sessions', {}), ['/nationalCode', '/password']);
  t.same(await pointers('/v1/recoveries', { nationalCode: toCode(1), insuranceNumber: '12345678' }), [
    '/insuranceNumber',
  ]);
});

t.test('the ceiling that binds is the one that is named', async (t) => {
  const { headers } = await service.get('/v1/password-policy');
  t.match(headers.get('ratelimit-policy'), /^"network";q=\d+;w=60$/);
  t.match(headers.get('ratelimit'), /^"network";r=\d+;t=\d+$/);
  t.equal(headers.get('ratelimit-limit'), null);
  const started = await service.post('/v1/recoveries', { nationalCode: toCode(3) });
  const again = () =>
    service.post(
      `/v1/recoveries/${started.body.id}/challenge`,
      { method: 'sms' },
      { token: started.body.flowToken },
    );
  await again();
  const tooEarly = await again();
  t.equal(tooEarly.status, 429);
  t.equal(
    tooEarly.headers.get('ratelimit'),
    `"resend-too-early";r=0;t=${tooEarly.headers.get('retry-after')}`,
  );
});

t.test('an empty list counts as absent: a code by SMS is taken beside it', async (t) => {
  const started = await service.post('/v1/recoveries', { nationalCode: toCode(4) });
  const { id, flowToken } = started.body;
  t.equal(started.headers.get('location'), `/v1/recoveries/${id}`);
  await service.post(`/v1/recoveries/${id}/challenge`, { method: 'sms' }, { token: flowToken });
  const verify = (body: object) =>
    service.post(`/v1/recoveries/${id}/verification`, body, { token: flowToken });
  t.equal((await verify({ code: '123456', answers: [] })).body.code, 'code-not-accepted');
  t.match((await verify({ answers: [] })).body.errors, [{ pointer: '/code', code: 'required' }]);
  const answer = { question: 'childhood-toy', answer: 'x' };
  t.match((await verify({ code: '123456', answers: [answer, answer, answer] })).body.errors, [
    { pointer: '/answers', code: 'only-one-of' },
  ]);
});

t.test('the document is served as YAML too, and says the same', async (t) => {
  const yaml = await service.get('/openapi.yaml');
  t.match(yaml.headers.get('content-type'), /^application\/yaml/);
  t.same(parse(yaml.text), (await service.get('/openapi.json')).body);
  const etag = String(yaml.headers.get('etag'));
  t.equal((await service.get('/openapi.yaml', { headers: { 'if-none-match': etag } })).status, 304);
});

t.test(
  'nobody waits while the YAML is written, and the reference writes nothing for every reader',
  async (t) => {
    const fresh = await startTestService(t);
    await fresh.get('/openapi.json');
    // Without a body, which would take longer on the way than the other's whole answer.
    const asked = [
      ['yaml', fresh.call('HEAD', '/openapi.yaml')],
      ['live', fresh.get('/livez')],
    ] as const;
    t.equal(await Promise.race(asked.map(([name, answer]) => answer.then(() => name))), 'live');
    t.equal((await asked[0][1]).status, 200);

    const tried = await fresh.get('/docs/json');
    t.same(tried.body.servers, [{ url: '/' }]);
    const etag = String(tried.headers.get('etag'));
    t.equal((await fresh.get('/docs/json', { headers: { 'if-none-match': etag } })).status, 304);
    t.equal((await fresh.get('/docs/yaml')).headers.get('location'), '/openapi.yaml');
  },
);

t.test('nothing is kept by anybody unless it says so', async (t) => {
  const caching = async (method: string, path: string) => {
    const { headers } = await send(method, path, { redirect: 'manual' });
    return headers.get('cache-control');
  };
  for (const path of ['/v1/me', '/v1/nowhere', '/livez', '/notice', '/dev/messages'])
    t.equal(await caching('GET', path), 'no-store', path);
  t.equal(await caching('PUT', '/v1/security-questions'), 'no-store', 'a wrong method');
  for (const path of ['/v1/security-questions', '/problems', '/docs/guide'])
    t.equal(await caching('GET', path), 'public, max-age=3600', path);
});

t.test('who finds a hole is told whom to tell (RFC 9116)', async (t) => {
  const { text, status } = await service.get('/.well-known/security.txt');
  t.equal(status, 404, 'where nobody is named there is nobody');
  t.notMatch(text, /Contact:/);
  const told = await startTestService(t, {
    environment: { SECURITY_CONTACT: 'mailto:security@savabegh.example' },
  });
  const answer = await told.get('/.well-known/security.txt');
  t.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8');
  t.match(answer.text, /^Contact: mailto:security@savabegh\.example$/m);
  const expires = new Date(/^Expires: (.+)$/m.exec(answer.text)?.[1] ?? '');
  t.ok(expires.getTime() > Date.now(), 'and is good for some time');
  t.ok(expires.getTime() < Date.now() + 366 * 86_400_000);
});
