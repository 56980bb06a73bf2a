import { connect } from 'node:net';
import t from 'tap';
import { startTestService } from '../support/app.ts';
import { goodPassword, signUp, startRecovery } from '../support/journey.ts';

t.test('hostile input gets a clear problem and changes nothing', async (t) => {
  const service = await startTestService(t);
  const person = await signUp(service);
  const rows = async () => {
    const counts = [];
    for (const table of ['account', 'session', 'recovery', 'registration', 'message'] as const) {
      counts.push((await service.db.selectFrom(table).select('id').execute()).length);
    }
    return counts;
  };
  const before = await rows();
  const json = (rawBody: string, path = '/v1/sessions') => service.call('POST', path, { rawBody });
  const password = goodPassword;
  const nationalCode = person.nationalCode;

  for (const [name, body] of Object.entries({
    'an array': [],
    'a number': 7,
    'a string': 'x',
    null: null,
    true: true,
    'nothing in it': {},
    'a number for a text': { nationalCode: Number(nationalCode), password },
    'null for a text': { nationalCode, password: null },
    'an array for a text': { nationalCode: [nationalCode], password },
    'an object for a text': { nationalCode: { $ne: '' }, password },
    'an unknown key': { nationalCode, password, admin: true },
    'a wrong check digit': { nationalCode: '0684159415', password },
    'ten equal digits': { nationalCode: '1111111111', password },
    'a text of 100,000 characters': { nationalCode: '0'.repeat(60_000), password },
    'a password of 60,000 characters': { nationalCode, password: 'x'.repeat(60_000) },
    'a key of the prototype': JSON.parse('{"__proto__": {"password": "x"}, "nationalCode": "x"}'),
  })) {
    const { status, body: problem, headers } = await service.call('POST', '/v1/sessions', { body });
    t.equal(status, 400, name);
    t.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8', name);
    t.match(problem.code, /^(invalid-input|malformed-request)$/, name);
    t.notMatch(JSON.stringify(problem), new RegExp(password), `${name}: values are not repeated`);
  }

  t.equal((await json('{')).body.code, 'malformed-request');
  t.equal((await json('')).status, 400, 'an empty body');
  t.equal((await json(`{"nationalCode":"${nationalCode}","password":"\u0000"}`)).status, 400, 'a raw NUL');
  t.equal(
    (await json(`{"nationalCode":"${nationalCode}","password":"\\u0000\\ud800"}`)).status,
    401,
    'NUL and half a character are just wrong',
  );
  t.equal((await json('['.repeat(30_000) + ']'.repeat(30_000))).status, 400, 'deep JSON');
  const badUtf8 = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
  t.equal((await service.call('POST', '/v1/sessions', { rawBody: badUtf8 })).status, 400, 'bad UTF-8');
  t.equal(
    (await json(JSON.stringify({ nationalCode, password: 'x'.repeat(1_000_000) }))).status,
    413,
    '1 MB',
  );
  const tenMegabytes = await json(JSON.stringify({ nationalCode, password: 'x'.repeat(10_000_000) })).catch(
    () => null,
  );
  t.ok(
    tenMegabytes === null || tenMegabytes.status === 413,
    '10 MB: refused, perhaps before it was all sent',
  );
  const form = await service.call('POST', '/v1/sessions', {
    rawBody: 'nationalCode=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  t.equal(form.status, 415);

  const flow = await startRecovery(service, nationalCode);
  before[2] = (before[2] ?? 0) + 1;
  for (const code of [
    '12345',
    '1234567',
    'abcdef',
    '',
    ' ',
    '12345٫6',
    '１２３４５',
    123456,
    null,
    ['123456'],
  ]) {
    const { status, body } = await service.post(
      `/v1/recoveries/${flow.id}/verification`,
      { code },
      { token: flow.token },
    );
    t.equal(status, 400, `code ${JSON.stringify(code)}`);
    t.equal(body.errors[0].pointer, '/code');
  }
  for (const id of ['x', '1', "1' or '1'='1", '%00', `${flow.id}x`, '../../etc/passwd']) {
    const path = `/v1/recoveries/${encodeURIComponent(id)}/challenge`;
    const { status } = await service.post(path, { method: 'sms' }, { token: flow.token });
    t.ok([400, 404].includes(status), `id ${id}: ${status}`);
  }
  t.equal(
    (await service.post(`/v1/recoveries/${flow.id}/challenge`, { method: 'pigeon' }, { token: flow.token }))
      .status,
    400,
  );

  t.same(await rows(), before, 'no row was made or lost');
});

t.test('problems are localised: Persian unless English is preferred', async (t) => {
  const service = await startTestService(t);
  const ask = async (language?: string) =>
    (
      await service.post(
        '/v1/recoveries',
        { nationalCode: '1' },
        { headers: language ? { 'accept-language': language } : {} },
      )
    ).body;
  t.match((await ask('fa')).errors[0].detail, /کد ملی/);
  t.match((await ask('de')).errors[0].detail, /کد ملی/);
  t.match((await ask('en-GB,fa;q=0.5')).errors[0].detail, /national code/);
  t.match((await ask('en;q=0.4, fa;q=0.9')).errors[0].detail, /کد ملی/);
  t.match((await ask('en;q=abc,,;;q=')).title, /./);
});

t.test('unknown paths and methods are problems too', async (t) => {
  const service = await startTestService(t);
  for (const [method, path] of [
    ['GET', '/nowhere'],
    ['GET', '/v1/sessions'],
    ['DELETE', '/v1/recoveries'],
    ['POST', '/V1/SESSIONS'],
    ['GET', '/v1/%ff'],
    ['GET', '/%'],
    ['GET', '/v1/me/sessions/%zz?%'],
    ['GET', `/problems/${'x'.repeat(8_000)}`],
  ] as const) {
    const { status, body, headers } = await service.call(method, path);
    t.ok([400, 404, 405].includes(status), `${method} ${path}: ${status}`);
    t.ok(body.code, 'as a problem');
    t.ok(headers.get('ratelimit-policy'), 'that counts');
  }
});

t.test(
  'every network has a ceiling, also at addresses that do not exist; a forged X-Forwarded-For is no way around',
  async (t) => {
    const service = await startTestService(t, { environment: { REQUESTS_PER_MINUTE: '5' } });
    const statuses: number[] = [];
    for (let request = 0; request < 8; request += 1) {
      const headers = { 'x-forwarded-for': `198.51.100.${request}`, forwarded: `for=198.51.100.${request}` };
      statuses.push((await service.get('/v1/security-questions', { headers })).status);
    }
    t.same(statuses, [200, 200, 200, 200, 200, 429, 429, 429]);
    const { status, body, headers } = await service.get('/nowhere');
    t.equal(status, 429);
    t.equal(body.code, 'too-many-requests');
    t.ok(headers.get('retry-after'));
  },
);

t.test('refused credentials count towards the ceiling, whatever guards the route', async (t) => {
  for (const [method, path] of [
    ['GET', '/v1/me'],
    ['POST', '/v1/recoveries/0198a1b2-0000-7000-8000-000000000001/verification'],
    ['GET', '/v1/employer-lists/0198a1b2-0000-7000-8000-000000000001'],
  ] as const) {
    const service = await startTestService(t, { environment: { REQUESTS_PER_MINUTE: '3' } });
    const statuses: number[] = [];
    for (const headers of [
      {},
      { authorization: 'Bearer a.b.c' },
      {},
      { authorization: 'Bearer a.b.c' },
      {},
    ]) {
      statuses.push((await service.call(method, path, { headers })).status);
    }
    t.same(statuses.slice(3), [429, 429], path);
    t.notOk(statuses.slice(0, 3).includes(429), path);
  }
});

t.test('a body full of faults gets a short answer, an honest one every fault', async (t) => {
  const service = await startTestService(t);
  const { body: flow } = await service.post('/v1/recoveries', { nationalCode: '0499370899' });
  const verify = (body: unknown) =>
    service.post(`/v1/recoveries/${flow.id}/verification`, body, { token: flow.flowToken });
  const many = await verify({ answers: Array.from({ length: 16_000 }, () => ({})) });
  t.equal(many.status, 400);
  t.ok(many.text.length < 1_000, `${many.text.length} characters`);
  const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, 1]));
  const unknown = await service.post('/v1/sessions', keys);
  t.equal(unknown.status, 400);
  t.ok(unknown.text.length < 1_000, `${unknown.text.length} characters`);
  const { body } = await service.post('/v1/sessions', { nationalCode: '1', extra: 1 });
  t.same(body.errors.map(({ code }: { code: string }) => code).sort(), [
    'national-code',
    'required',
    'unknown-key',
  ]);
});

t.test('behind a trusted proxy the client is who the proxy says', async (t) => {
  const service = await startTestService(t, {
    environment: { REQUESTS_PER_MINUTE: '2', TRUSTED_PROXIES: '127.0.0.1' },
  });
  const from = async (address: string) =>
    (await service.get('/v1/security-questions', { headers: { 'x-forwarded-for': address } })).status;
  t.same(
    [await from('198.51.100.1'), await from('198.51.100.1'), await from('198.51.100.1')],
    [200, 200, 429],
  );
  t.equal(await from('198.51.100.2'), 200);
  t.same(
    [await from('2001:db8::1'), await from('2001:db8:0:0:ffff::2'), await from('2001:db8:0:1::3')],
    [200, 200, 429],
    'one /48 is one client',
  );
  t.equal(await from('2001:db8:1::1'), 200);
  t.same(
    [await from('203.0.113.5:4711'), await from('203.0.113.5'), await from('203.0.113.5:60001')],
    [200, 200, 429],
    'a port behind an address is no other client',
  );
  t.same(
    [await from('[2001:db8:7::1]:443'), await from('2001:db8:7::2'), await from('[2001:db8:7::1]')],
    [200, 200, 429],
  );
});

t.test('a request that never ends is ended', async (t) => {
  const service = await startTestService(t);
  const socket = connect(Number(new URL(service.origin).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.write(`GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`);
  const [chunk] = await new Promise<Buffer[]>((resolve) =>
    socket.once('data', (data: Buffer) => resolve([data])),
  );
  t.match(String(chunk), /^HTTP\/1\.1 431/);
});

t.test('headers of every answer keep browsers safe and say nothing of the server', async (t) => {
  const service = await startTestService(t);
  for (const path of ['/livez', '/nowhere', '/docs/', '/dev/messages', '/openapi.json']) {
    const { headers } = await service.get(path);
    t.equal(headers.get('server'), null);
    t.equal(headers.get('x-powered-by'), null);
    t.equal(headers.get('x-content-type-options'), 'nosniff', path);
    t.ok(headers.get('content-security-policy'), path);
    t.notMatch(
      headers.get('content-security-policy') ?? '',
      /https?:|\*/,
      `${path} loads nothing from outside`,
    );
    t.equal(headers.get('access-control-allow-origin'), null, 'no other origin reads answers');
  }
});
