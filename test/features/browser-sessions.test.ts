import t from 'tap';
import { type Answer, startTestService } from '../support/app.ts';
import { goodPassword, otherPassword, type Person, signIn, signUp } from '../support/journey.ts';
import { ageSessions, newKey } from '../support/sessions.ts';

const own = 'https://savabegh.test';
const front = 'https://my.savabegh.test';
const service = await startTestService(t, { environment: { PUBLIC_URL: own, CORS_ORIGINS: front } });

/** `Set-Cookie` of an answer by name: the value and its attributes in lower case. */
function cookiesSet({ headers }: Answer) {
  return new Map(
    headers.getSetCookie().map((line) => {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', value = ''] = pair.split('=');
      return [name, { value, attributes: attributes.map((text) => text.toLowerCase()) }];
    }),
  );
}

/** What a browser keeps, and sends with every request to the host. */
function browser() {
  const jar = new Map<string, string>();
  return {
    jar,
    async send(
      method: string,
      path: string,
      { body, token, headers }: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
    ): Promise<Answer> {
      const answer = await service.call(method, path, {
        ...(body !== undefined && { body }),
        ...(token !== undefined && { token }),
        headers: {
          ...(jar.size > 0 && { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }),
          ...headers,
        },
      });
      for (const [name, { value, attributes }] of cookiesSet(answer)) {
        if (attributes.includes('max-age=0')) jar.delete(name);
        else jar.set(name, value);
      }
      return answer;
    },
  };
}

const ourPage = { origin: front, 'savabegh-client': 'web' };
const credentials = ({ nationalCode }: Person) => ({ nationalCode, password: goodPassword, keep: 'cookie' });
const refreshCookie = '__Host-savabegh-refresh';
const deviceCookie = '__Host-savabegh-device';
const me = async (token: string) => (await service.get('/v1/me', { token })).status;

t.test('a browser signs in, refreshes and signs out by cookies that no script can read', async (t) => {
  const person = await signUp(service);
  const { jar, send } = browser();
  const signedIn = await send('POST', '/v1/sessions', {
    body: { ...credentials(person), rememberDevice: true },
    headers: ourPage,
  });
  t.equal(signedIn.status, 201);
  t.notOk('refreshToken' in signedIn.body);
  t.notOk('deviceToken' in signedIn.body);
  const set = cookiesSet(signedIn);
  t.same([...set.keys()].sort(), [deviceCookie, refreshCookie]);
  for (const [name, { value, attributes }] of set) {
    t.ok(!signedIn.text.includes(value), `${name} is not in the body`);
    t.ok(value.length > 40);
    for (const attribute of ['path=/', 'httponly', 'secure', 'samesite=strict']) {
      t.ok(attributes.includes(attribute), `${name}: ${attribute}`);
    }
    t.notOk(attributes.some((attribute) => attribute.startsWith('domain')));
  }
  const ageOf = (name: string) =>
    Number(/\d+/.exec(set.get(name)?.attributes.find((text) => text.startsWith('max-age')) ?? '')?.[0]);
  t.equal(ageOf(deviceCookie), 180 * 86_400);
  t.ok(Math.abs(ageOf(refreshCookie) - 720 * 3600) < 60, 'as long as the session at the most');
  t.equal(await me(signedIn.body.accessToken), 200);

  const before = jar.get(refreshCookie);
  const refreshed = await send('POST', '/v1/sessions/refresh', { body: {}, headers: ourPage });
  t.equal(refreshed.status, 200);
  t.notOk('refreshToken' in refreshed.body);
  t.not(jar.get(refreshCookie), before);
  t.equal(await me(refreshed.body.accessToken), 200);

  const out = await send('DELETE', '/v1/me/sessions/current', { headers: ourPage });
  t.equal(out.status, 204);
  t.equal(out.headers.get('clear-site-data'), '"cache", "storage"');
  t.same([...jar.keys()], [deviceCookie], 'the device stays known');
  t.equal(await me(refreshed.body.accessToken), 401);
  t.equal((await send('POST', '/v1/sessions/refresh', { body: {}, headers: ourPage })).status, 401);

  const again = await send('POST', '/v1/sessions', { body: credentials(person), headers: ourPage });
  t.equal(cookiesSet(again).get(deviceCookie)?.value, jar.get(deviceCookie), 'and is kept on');
  const { body } = await service.get('/v1/me/activity', { token: again.body.accessToken });
  t.equal(body.entries[0].kind, 'signed-in');
});

t.test('a request by cookie comes from our own pages or is refused, and changes nothing', async (t) => {
  const person = await signUp(service);
  const { jar, send } = browser();
  const { body } = await send('POST', '/v1/sessions', {
    body: { ...credentials(person), rememberDevice: true },
    headers: ourPage,
  });
  const kept = new Map(jar);
  const hostile: Record<string, Record<string, string>> = {
    'another origin': { origin: 'https://evil.example', 'savabegh-client': 'web' },
    'another host of the site': { origin: 'https://blog.savabegh.test', 'savabegh-client': 'web' },
    'plain HTTP': { origin: 'http://my.savabegh.test', 'savabegh-client': 'web' },
    'an opaque origin': { origin: 'null', 'savabegh-client': 'web' },
    'no origin': { 'savabegh-client': 'web' },
    'no header': { origin: front },
    'an empty header': { origin: front, 'savabegh-client': '' },
    nothing: {},
  };
  for (const [name, headers] of Object.entries(hostile)) {
    const answers = [
      await send('POST', '/v1/sessions/refresh', { body: {}, headers }),
      await send('DELETE', '/v1/me/sessions/current', { headers }),
      await send('POST', '/v1/sessions', { body: credentials(person), headers }),
      await send('POST', '/v1/recoveries', { body: { nationalCode: person.nationalCode }, headers }),
    ];
    for (const answer of answers) {
      // An empty header is refused as one of its form.
      t.ok([403, 400].includes(answer.status), `${name}: ${answer.status}`);
      if (answer.status === 403) t.equal(answer.body.code, 'origin-not-accepted', name);
      t.equal(answer.headers.getSetCookie().length, 0, `${name}: no cookie is set or cleared`);
      t.equal(answer.headers.get('clear-site-data'), null);
    }
    const { headers: preflight } = await service.call('OPTIONS', '/v1/sessions/refresh', {
      headers: {
        origin: headers.origin ?? 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'savabegh-client',
      },
    });
    if (headers.origin !== front) t.equal(preflight.get('access-control-allow-credentials'), null, name);
  }
  t.same(jar, kept);
  t.equal(await me(body.accessToken), 200, 'the session goes on');
  t.equal((await send('POST', '/v1/sessions/refresh', { body: {}, headers: ourPage })).status, 200);
  const ofService = { ...ourPage, origin: own };
  t.equal(
    (await send('POST', '/v1/sessions/refresh', { body: {}, headers: ofService })).status,
    200,
    'own origin',
  );
});

t.test('what is not accepted any more is taken out of the browser, what may pass is not', async (t) => {
  const person = await signUp(service);
  const { jar, send } = browser();
  const { body } = await send('POST', '/v1/sessions', { body: credentials(person), headers: ourPage });
  const first = jar.get(refreshCookie) ?? '';
  const key = newKey();
  const keyed = { ...ourPage, 'idempotency-key': key };
  await send('POST', '/v1/sessions/refresh', { body: {}, headers: keyed });
  const second = jar.get(refreshCookie) ?? '';
  jar.set(refreshCookie, first);
  t.equal(
    (await send('POST', '/v1/sessions/refresh', { body: {}, headers: ourPage })).status,
    200,
    'a lost answer',
  );
  t.equal(jar.get(refreshCookie), second, 'brings the same successor');
  const third = await send('POST', '/v1/sessions/refresh', { body: {}, headers: ourPage });
  jar.set(refreshCookie, first);
  const late = await send('POST', '/v1/sessions/refresh', { body: {}, headers: keyed });
  t.equal(late.status, 409);
  t.ok(jar.has(refreshCookie), 'nothing has ended');
  t.equal(await me(third.body.accessToken), 200);
  const stolen = await send('POST', '/v1/sessions/refresh', { body: {}, headers: ourPage });
  t.equal(stolen.status, 401);
  t.notOk(jar.has(refreshCookie), 'the family has ended');
  t.equal(await me(body.accessToken), 401);

  jar.set(refreshCookie, 'x'.repeat(70));
  t.equal((await send('DELETE', '/v1/me/sessions/current', { headers: ourPage })).status, 401);
  t.notOk(jar.has(refreshCookie));
  await send('POST', '/v1/sessions', { body: credentials(person), headers: ourPage });
  await ageSessions(service, '31 days');
  t.equal((await send('DELETE', '/v1/me/sessions/current', { headers: ourPage })).status, 401);
  t.notOk(jar.has(refreshCookie), 'also one that has ended by itself');
});

t.test('the cookie stays where something else was refused: the session goes on', async (t) => {
  const { jar, send } = browser();
  const { body } = await send('POST', '/v1/sessions', {
    body: credentials(await signUp(service)),
    headers: ourPage,
  });
  const kept = new Map(jar);
  const expired = `${body.accessToken.slice(0, -8)}AAAAAAAA`;
  const out = await send('DELETE', '/v1/me/sessions/current', { token: expired, headers: ourPage });
  t.equal(out.body.code, 'not-authenticated');
  t.same(jar, kept, 'after an access token');
  const other = await send('POST', '/v1/sessions/refresh', {
    body: { refreshToken: 'x'.repeat(70) },
    headers: ourPage,
  });
  t.equal(other.body.code, 'refresh-not-accepted');
  t.same(jar, kept, 'after a token in the body');
  const { body: refreshed } = await send('POST', '/v1/sessions/refresh', { body: {}, headers: ourPage });
  const { status } = await send('DELETE', '/v1/me/sessions/current', {
    token: refreshed.accessToken,
    headers: ourPage,
  });
  t.equal(status, 204, 'and is good for signing out properly');
  t.notOk(jar.has(refreshCookie));
});

t.test(
  'a known device of a browser is known to recoveries and changes of the password as well',
  async (t) => {
    const person = await signUp(service);
    const { send } = browser();
    const { body } = await send('POST', '/v1/sessions', {
      body: { ...credentials(person), rememberDevice: true },
      headers: ourPage,
    });
    const start = async () => {
      const flow = await send('POST', '/v1/recoveries', {
        body: { nationalCode: person.nationalCode },
        headers: ourPage,
      });
      const row = await service.db
        .selectFrom('recovery')
        .where('id', '=', flow.body.id)
        .select('device_digest')
        .executeTakeFirstOrThrow();
      return row.device_digest;
    };
    t.ok(await start());
    const changed = await send('PUT', '/v1/me/password', {
      body: {
        currentPassword: goodPassword,
        newPassword: otherPassword,
        newPasswordConfirmation: otherPassword,
      },
      token: body.accessToken,
      headers: ourPage,
    });
    t.equal(changed.status, 200);
    t.ok(await start(), 'the device that the password was changed on stays known');
    const shown = await send('POST', '/v1/sessions', {
      body: { nationalCode: person.nationalCode, password: otherPassword },
      headers: ourPage,
    });
    t.ok(shown.body.refreshToken, 'without `keep` the tokens are in the answer');
    t.notOk('deviceToken' in shown.body, 'but what came in a cookie stays there');
  },
);

t.test('every way of signing out clears what the page keeps, and ending others does not', async (t) => {
  const person = await signUp(service);
  const sid = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid as string;
  const clears = async (path: (token: string) => string) => {
    const { body } = await signIn(service, person);
    const answer = await service.call('DELETE', path(body.accessToken), { token: body.accessToken });
    t.equal(answer.status, 204);
    return answer.headers.get('clear-site-data');
  };
  const all = '"cache", "storage"';
  t.equal(await clears(() => '/v1/me/sessions/current'), all);
  t.equal(await clears((token) => `/v1/me/sessions/${sid(token)}`), all);
  t.equal(await clears(() => '/v1/me/sessions'), all);
  t.equal(await clears(() => '/v1/me/sessions?except=current'), null);
  const { body: other } = await signIn(service, person);
  t.equal(await clears(() => `/v1/me/sessions/${sid(other.accessToken)}`), null);
});

t.test('over plain HTTP, in development, cookies go without prefix and Secure', async (t) => {
  const plain = await service.replica(
    { background: false },
    { PUBLIC_URL: 'http://127.0.0.1:3000', CORS_ORIGINS: '' },
  );
  const person = await signUp(service);
  const answer = await plain.post('/v1/sessions', credentials(person), {
    headers: { origin: 'http://127.0.0.1:3000', 'savabegh-client': 'web' },
  });
  t.equal(answer.status, 201);
  const [[name, { attributes }] = ['', { attributes: [] as string[] }]] = [...cookiesSet(answer)];
  t.equal(name, 'savabegh-refresh');
  t.notOk(attributes.includes('secure'));
  t.ok(attributes.includes('httponly') && attributes.includes('samesite=strict'));
});
