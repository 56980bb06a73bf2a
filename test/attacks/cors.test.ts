import t from 'tap';
import { loadConfig } from '../../src/composition/config.ts';
import { startTestService, testEnvironment } from '../support/app.ts';

const front = 'https://my.savabegh.example';
const overrides = { background: false };
const service = await startTestService(t, {
  environment: { CORS_ORIGINS: `${front}, https://branch.savabegh.example` },
  overrides,
});
const preflight = (origin: string) => ({
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  },
});
const strangers = [
  'https://evil.example',
  'http://my.savabegh.example',
  'https://my.savabegh.example:8443',
  'https://my.savabegh.example.evil.example',
  'https://evilmy.savabegh.example',
  'https://MY.savabegh.example',
  'null',
  '*',
];

t.test('a page of a front end may call and read what it needs', async (t) => {
  const asked = await service.call('OPTIONS', '/v1/sessions', preflight(front));
  t.equal(asked.status, 204);
  t.equal(asked.headers.get('access-control-allow-origin'), front);
  t.match(
    asked.headers.get('access-control-allow-headers'),
    /Authorization.*Content-Type.*Device-Token.*Idempotency-Key.*Savabegh-Client/,
  );
  t.match(asked.headers.get('access-control-allow-methods'), /GET.*POST.*PUT/);
  t.equal(asked.headers.get('access-control-max-age'), '7200');

  const answer = await service.get('/v1/password-policy', { headers: { origin: front } });
  t.equal(answer.headers.get('access-control-allow-origin'), front);
  const exposed = answer.headers.get('access-control-expose-headers') ?? '';
  for (const name of ['ETag', 'Retry-After', 'RateLimit', 'Request-Id', 'Location']) {
    t.match(exposed, name);
  }
  const refused = await service.get('/v1/me/activity', { headers: { origin: front } });
  t.equal(refused.status, 401);
  t.equal(refused.headers.get('access-control-allow-origin'), front, 'a page can read problems too');
});

t.test('no other origin is let in, and cookies come from the front ends alone', async (t) => {
  for (const origin of strangers) {
    const asked = await service.call('OPTIONS', '/v1/sessions', preflight(origin));
    const answer = await service.get('/v1/password-policy', { headers: { origin } });
    for (const { headers } of [asked, answer]) {
      t.equal(headers.get('access-control-allow-origin'), null, origin);
      t.equal(headers.get('access-control-allow-credentials'), null, origin);
    }
  }
  const { headers } = await service.call('OPTIONS', '/v1/sessions', preflight(front));
  t.equal(headers.get('access-control-allow-credentials'), 'true');
  t.equal(headers.get('access-control-allow-origin'), front, 'never a wildcard');
});

t.test('shared caches keep front ends apart, whatever else an answer varies by', async (t) => {
  for (const path of ['/v1/password-policy', '/openapi.json', '/problems/busy', '/nothing']) {
    const { headers } = await service.get(path, { headers: { origin: front } });
    t.match(headers.get('vary'), /\borigin\b/i, path);
  }
});

t.test('preflights count towards the limit of their network', async (t) => {
  const limited = await startTestService(t, {
    environment: { CORS_ORIGINS: front, REQUESTS_PER_MINUTE: '5' },
    overrides,
  });
  const statuses: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    statuses.push((await limited.call('OPTIONS', '/v1/sessions', preflight(front))).status);
  }
  t.same(statuses, [204, 204, 204, 204, 204, 429, 429]);
});

t.test('a page can read that there were too many requests', async (t) => {
  const limited = await startTestService(t, {
    environment: { CORS_ORIGINS: front, REQUESTS_PER_MINUTE: '1' },
    overrides,
  });
  await limited.get('/v1/password-policy', { headers: { origin: front } });
  const { status, headers } = await limited.get('/v1/password-policy', { headers: { origin: front } });
  t.equal(status, 429);
  t.equal(headers.get('access-control-allow-origin'), front);
});

t.test('without the setting no page of another origin gets in', async (t) => {
  const closed = await startTestService(t, { overrides });
  const asked = await closed.call('OPTIONS', '/v1/sessions', preflight(front));
  t.equal(asked.status, 204, 'only what every OPTIONS is told');
  t.notOk([...asked.headers.keys()].some((name) => name.startsWith('access-control-')));
  const answer = await closed.get('/v1/password-policy', { headers: { origin: front } });
  t.equal(answer.headers.get('access-control-allow-origin'), null);
});

t.test('only exact origins can be set, in production only https', async (t) => {
  const environment = testEnvironment('postgres://nobody@127.0.0.1/none');
  for (const wrong of [
    '*',
    'https://*.example',
    'https://a.example/',
    'a.example',
    'null',
    'ftp://a.example',
  ]) {
    t.throws(
      () => loadConfig({ ...environment, CORS_ORIGINS: wrong }),
      /CORS_ORIGINS must be origins/,
      wrong,
    );
  }
  const plain = { ...environment, CORS_ORIGINS: 'http://127.0.0.1:5173' };
  t.same(loadConfig(plain).corsOrigins, ['http://127.0.0.1:5173']);
  t.throws(
    () => loadConfig({ ...plain, NODE_ENV: 'production' }),
    /CORS_ORIGINS must be https in production/,
  );
});
