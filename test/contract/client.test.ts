import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { toBase64 } from '../../clients/typescript/src/base64.ts';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { codeSentTo, goodPassword, insuredPerson, otherPassword, signUp } from '../support/journey.ts';
import { changeQuotas } from '../support/quotas.ts';
import { ageSessions } from '../support/sessions.ts';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../clients/typescript/', import.meta.url));

type Package = typeof import('../../clients/typescript/src/index.ts');

/** The package as another program gets it: built, and found by its name. */
async function builtPackage(): Promise<Package> {
  const tsc = createRequire(`${folder}package.json`).resolve('typescript/bin/tsc');
  await run(process.execPath, [tsc, '--project', folder]);
  const name: string = '@savabegh/client';
  return import(name);
}

const { createSavabegh, OAuthError, ProblemError, UnexpectedAnswerError, unwrap } = await builtPackage();
const service = await startTestService(t);

/** A client, and the paths that it sent requests to. */
function watchedClient(locale: 'fa' | 'en' = 'fa') {
  const sent: string[] = [];
  const savabegh = createSavabegh({
    baseUrl: service.origin,
    locale,
    fetch: (request) => {
      sent.push(`${request.method} ${new URL(request.url).pathname}`);
      return fetch(request);
    },
  });
  return { ...savabegh, sent };
}

const refreshes = (sent: readonly string[]) =>
  sent.filter((line) => line === 'POST /v1/sessions/refresh').length;

t.test('its types are those of the committed contract', async (t) => {
  const program = fileURLToPath(new URL('../../bin/savabegh.js', import.meta.url));
  await t.resolves(run(process.execPath, [program, 'generate', 'sdk', '--check']), 'else: npm run generate');
});

t.test('it is versioned with the contract', async (t) => {
  const read = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
  const { info } = await read(fileURLToPath(new URL('../../openapi/openapi.json', import.meta.url)));
  t.equal((await read(`${folder}package.json`)).version, info.version);
});

t.test('a front end signs somebody up, in, shows the record, and gets them back in', async (t) => {
  const { api, signIn, flow } = watchedClient();
  const { nationalCode, birthDate, mobile } = await insuredPerson(service);
  const started = await unwrap(api.POST('/v1/registrations', { body: { nationalCode, birthDate, mobile } }));
  const registration = flow(started);
  const { path } = registration;
  const code = await codeSentTo(service, mobile);
  await unwrap(
    registration.api.POST('/v1/registrations/{id}/verification', { params: { path }, body: { code } }),
  );
  const { questions } = await unwrap(api.GET('/v1/security-questions'));
  const answers = ['باغچهٔ آجری', 'کوچهٔ یاس', 'دوچرخهٔ قرمز'];
  await unwrap(
    registration.api.POST('/v1/registrations/{id}/completion', {
      params: { path },
      body: {
        password: goodPassword,
        passwordConfirmation: goodPassword,
        securityAnswers: answers.map((answer, index) => ({ question: questions[index]?.id ?? '', answer })),
      },
    }),
  );
  const session = await signIn({ nationalCode, password: goodPassword, rememberDevice: true });
  t.equal((await unwrap(session.api.GET('/v1/me'))).nationalCode, nationalCode);
  t.same((await unwrap(session.api.GET('/v1/me/insurance-records'))).years, []);

  const recovery = flow(await unwrap(api.POST('/v1/recoveries', { body: { nationalCode } })));
  const params = { path: recovery.path };
  await unwrap(recovery.api.POST('/v1/recoveries/{id}/challenge', { params, body: { method: 'sms' } }));
  await unwrap(
    recovery.api.POST('/v1/recoveries/{id}/verification', {
      params,
      body: { code: await codeSentTo(service, mobile) },
    }),
  );
  const body = { newPassword: otherPassword, newPasswordConfirmation: otherPassword };
  await unwrap(recovery.api.PUT('/v1/recoveries/{id}/password', { params, body }));
  const { deviceToken } = session.tokens();
  t.ok(deviceToken);
  const fresh = await signIn({
    nationalCode,
    password: otherPassword,
    rememberDevice: true,
    ...(deviceToken && { deviceToken }),
  });
  t.not(fresh.tokens().deviceToken, deviceToken, 'a recovery forgets every device');
  const known = fresh.tokens().deviceToken ?? '';
  const again = await signIn({ nationalCode, password: otherPassword, deviceToken: known });
  t.equal(again.tokens().deviceToken, known, 'the device is known');
  await again.signOut();
  await t.rejects(unwrap(again.api.GET('/v1/me')), { code: 'refresh-not-accepted' });
});

t.test('a refusal is an error with the code, and a text in the language asked for', async (t) => {
  for (const [locale, text] of [
    ['fa', /[\u0600-\u06ff]/],
    ['en', /^[ -~]+$/],
  ] as const) {
    const { signIn } = watchedClient(locale);
    const refused = await signIn({ nationalCode: '0499370899', password: 'Wrong7Words' }).catch(
      (error) => error,
    );
    t.ok(refused instanceof ProblemError);
    t.equal(refused.code, 'credentials-not-accepted');
    t.equal(refused.status, 401);
    t.match(refused.message, text);
  }
});

t.test('what is not the service’s answer is another error', async (t) => {
  const { api } = createSavabegh({
    baseUrl: service.origin,
    fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
  });
  const failed = await unwrap(api.GET('/v1/security-questions')).catch((error) => error);
  t.ok(failed instanceof UnexpectedAnswerError);
  t.equal(failed.status, 502);
});

t.test('a page or half an answer with status 200 is no answer either', async (t) => {
  for (const [type, body] of [
    ['text/html; charset=utf-8', '<h1>Welcome to our network</h1>'],
    ['application/json', '{"questionsPerPerson":3,"quest'],
  ] as const) {
    const { api } = createSavabegh({
      baseUrl: service.origin,
      fetch: async () => new Response(body, { headers: { 'content-type': type } }),
    });
    const failed = await unwrap(api.GET('/v1/security-questions')).catch((error) => error);
    t.ok(failed instanceof UnexpectedAnswerError, type);
    t.match(failed, { status: 200, body });
  }
});

t.test('a hook that throws takes no request with it', async (t) => {
  const { nationalCode } = await signUp(service);
  const { signIn, resume } = watchedClient();
  const shown = t.capture(console, 'error', () => {});
  const failing: ((tokens: unknown) => unknown)[] = [
    () => {
      throw new Error('the disk is full');
    },
    () => Promise.reject(new Error('the disk is full')),
  ];
  for (const hook of failing) {
    const kept = (await signIn({ nationalCode, password: goodPassword })).tokens();
    const session = resume({ ...kept, accessTokenExpiresInSeconds: 0 }, hook);
    t.equal((await unwrap(session.api.GET('/v1/me'))).nationalCode, nationalCode);
    t.not(session.tokens().refreshToken, kept.refreshToken);
  }
  t.equal(shown().length, 2, 'and is told of');
});

t.test('engines without btoa sign machines in as well', async (t) => {
  const { clientId, secret: clientSecret } = await machineClient(service, ['employer-lists:read']);
  for (const text of ['', 'a', 'ab', 'abc', 'client:secret', 'client:secre~']) {
    t.equal(toBase64(text), Buffer.from(text).toString('base64'));
  }
  const { btoa } = globalThis;
  t.teardown(() => Object.assign(globalThis, { btoa }));
  Object.assign(globalThis, { btoa: undefined });
  const api = watchedClient().machine({ clientId, clientSecret });
  const path = { id: '019a0000-0000-7000-8000-000000000000' };
  await t.rejects(unwrap(api.GET('/v1/employer-lists/{id}', { params: { path } })), {
    code: 'list-not-found',
  });
});

t.test('an access token that has ended is renewed once for ten requests at once', async (t) => {
  const { nationalCode } = await signUp(service);
  const { signIn, resume, sent } = watchedClient();
  const first = (await signIn({ nationalCode, password: goodPassword, rememberDevice: true })).tokens();
  t.ok(first.deviceToken);
  const told: unknown[] = [];
  const session = resume({ ...first, accessTokenExpiresInSeconds: 0 }, (tokens) => told.push(tokens));
  const answers = await Promise.all(Array.from({ length: 10 }, () => unwrap(session.api.GET('/v1/me'))));
  t.equal(answers.length, 10);
  t.equal(refreshes(sent), 1);
  t.same(told, [session.tokens()], 'the front end is told of the new pair');
  t.not(session.tokens().refreshToken, first.refreshToken);
  t.equal(session.tokens().deviceToken, first.deviceToken);
});

t.test('a front end is told of new tokens from sign-in on', async (t) => {
  const { nationalCode } = await signUp(service);
  let refused = false;
  const { signIn } = createSavabegh({
    baseUrl: service.origin,
    fetch: (request) => {
      // As if the access token had ended in the meantime.
      if (!refused && request.url.endsWith('/v1/me')) {
        refused = true;
        request.headers.set('authorization', 'Bearer old.access.token');
      }
      return fetch(request);
    },
  });
  const told: unknown[] = [];
  const session = await signIn({ nationalCode, password: goodPassword }, (tokens) => told.push(tokens));
  const first = session.tokens();
  await unwrap(session.api.GET('/v1/me'));
  t.same(told, [session.tokens()]);
  t.not(session.tokens().refreshToken, first.refreshToken);
});

t.test('a token that the service refuses early is renewed, and the body sent again', async (t) => {
  const { nationalCode } = await signUp(service);
  const { signIn, resume, sent } = watchedClient();
  const good = (await signIn({ nationalCode, password: goodPassword })).tokens();
  const session = resume({ ...good, accessToken: 'old.access.token' });
  await unwrap(
    session.api.PUT('/v1/me/password', {
      body: {
        currentPassword: goodPassword,
        newPassword: otherPassword,
        newPasswordConfirmation: otherPassword,
      },
    }),
  );
  t.equal(refreshes(sent), 1);
  t.equal((await unwrap(session.api.GET('/v1/me'))).nationalCode, nationalCode);
  t.equal(refreshes(sent), 1);
});

t.test('the device of the session that changes the password stays known, and no other', async (t) => {
  const { nationalCode } = await signUp(service);
  const { signIn, resume } = watchedClient();
  const credentials = { nationalCode, password: goodPassword, rememberDevice: true };
  const elsewhere = (await signIn(credentials)).tokens().deviceToken ?? '';
  const session = await signIn(credentials);
  const { deviceToken = '' } = session.tokens();
  const change = (by: typeof session, currentPassword: string, newPassword: string) => {
    const body = { currentPassword, newPassword, newPasswordConfirmation: newPassword };
    return unwrap(by.api.PUT('/v1/me/password', { body }));
  };
  const thirdPassword = 'Jw5kBsf2Gc';
  await change(session, goodPassword, otherPassword);
  await change(resume(session.tokens()), otherPassword, thirdPassword);
  const signedIn = async (device: string) =>
    (await signIn({ nationalCode, password: thirdPassword, deviceToken: device })).tokens();
  t.equal((await signedIn(deviceToken)).deviceToken, deviceToken);
  t.equal((await signedIn(elsewhere)).deviceToken, undefined);
});

t.test('an answer to a refresh that was lost is got again, also after the app was killed', async (t) => {
  const { nationalCode } = await signUp(service);
  const { signIn, resume } = watchedClient();
  const kept = (await signIn({ nationalCode, password: goodPassword })).tokens();
  const expired = { ...kept, accessTokenExpiresInSeconds: 0 };
  const lossy = createSavabegh({
    baseUrl: service.origin,
    fetch: async (request) => {
      await fetch(request);
      throw new TypeError('the network went away');
    },
  });
  await t.rejects(unwrap(lossy.resume(expired).api.GET('/v1/me')), TypeError);
  await ageSessions(service, '9 hours');
  const session = resume(expired);
  t.equal((await unwrap(session.api.GET('/v1/me'))).nationalCode, nationalCode);
  t.not(session.tokens().refreshKey, kept.refreshKey, 'the next refresh has a key of its own');
});

t.test('what changes something is done once, however often its answer is lost on the way', async (t) => {
  const person = await insuredPerson(service);
  const keys: (string | null)[] = [];
  let losses = 0;
  const lossy = createSavabegh({
    baseUrl: service.origin,
    fetch: async (request) => {
      keys.push(request.headers.get('idempotency-key'));
      const response = await fetch(request);
      if (losses > 0) {
        losses -= 1;
        throw new TypeError('the network went away');
      }
      return response;
    },
  });
  const { nationalCode, birthDate, mobile } = person;
  const start = () =>
    unwrap(lossy.api.POST('/v1/registrations', { body: { nationalCode, birthDate, mobile } }));
  losses = 2;
  const started = await start();
  t.equal(new Set(keys).size, 1, 'one key for one request');
  t.match(keys[0], /^[0-9a-f]{32}$/);
  const rows = await service.db
    .selectFrom('registration')
    .where('national_code', '=', nationalCode)
    .select('id')
    .execute();
  t.same(rows, [{ id: started.id }], 'one registration');
  losses = 3;
  await t.rejects(start(), TypeError, 'a network that stays away is told');
  t.equal(keys.length, 6);
  t.equal(new Set(keys).size, 2, 'the next request has a key of its own');
  await unwrap(lossy.api.GET('/v1/security-questions'));
  t.equal(keys.at(-1), null, 'what changes nothing has none');
  losses = 1;
  await t.rejects(unwrap(lossy.api.GET('/v1/security-questions')), TypeError);
  const own = 'a-key-that-the-front-end-has-kept';
  const header = { 'idempotency-key': own };
  const body = { nationalCode };
  losses = 1;
  await unwrap(lossy.api.POST('/v1/recoveries', { params: { header }, body }));
  t.same(keys.slice(-2), [own, own], 'a key of the caller’s own stays');
});

t.test('a page keeps its session in cookies, also when it is loaded anew', async (t) => {
  const { nationalCode } = await signUp(service);
  const jar = new Map<string, string>();
  const page = () =>
    createSavabegh({
      baseUrl: service.origin,
      cookies: true,
      // What a browser does by itself.
      fetch: async (request) => {
        t.equal(request.credentials, 'include');
        request.headers.set('origin', service.config.publicUrl);
        request.headers.set('cookie', [...jar].map((pair) => pair.join('=')).join('; '));
        const response = await fetch(request);
        for (const line of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          if (value === '') jar.delete(name);
          else jar.set(name, value);
        }
        return response;
      },
    });
  const credentials = { nationalCode, password: goodPassword, rememberDevice: true };
  const session = await page().signIn(credentials);
  t.equal(session.tokens().refreshToken, undefined);
  t.equal(session.tokens().deviceToken, undefined);
  t.equal(jar.size, 2);
  const restored = await page().restore();
  t.equal((await unwrap(restored.api.GET('/v1/me'))).nationalCode, nationalCode);
  await restored.signOut();
  t.equal(jar.size, 1, 'the device stays known');
  await t.rejects(page().restore(), { code: 'refresh-not-accepted' });
});

t.test('a machine gets a token of its own accord, once for many requests', async (t) => {
  const { clientId, secret: clientSecret } = await machineClient(service, ['employer-lists:read']);
  const { machine, sent } = watchedClient();
  const api = machine({ clientId, clientSecret, scopes: ['employer-lists:read'] });
  const path = { id: '019a0000-0000-7000-8000-000000000000' };
  const look = () => unwrap(api.GET('/v1/employer-lists/{id}', { params: { path } }));
  await t.rejects(look(), { code: 'list-not-found' }, 'it is let in');
  await t.rejects(look(), { code: 'list-not-found' });
  t.equal(sent.filter((line) => line === 'POST /v1/oauth/token').length, 1);
  const stranger = machine({ clientId, clientSecret: 'wrong' });
  const refused = await unwrap(stranger.GET('/v1/me')).catch((error) => error);
  t.ok(refused instanceof OAuthError, 'the token endpoint speaks RFC 6749');
  t.match(refused, { status: 401, error: 'invalid_client' });
});

t.test('work that a device is asked for is done by the package, and the request repeated', async (t) => {
  const environment = { PROOF_OF_WORK_HASHES: '1000' };
  const busy = await startTestService(t, { environment, overrides: { background: false } });
  const sent: number[] = [];
  const { api } = createSavabegh({
    baseUrl: busy.origin,
    fetch: async (request) => {
      const response = await fetch(request);
      sent.push(response.status);
      return response;
    },
  });
  const start = () => unwrap(api.POST('/v1/recoveries', { body: { nationalCode: '0684159414' } }));
  await start();
  await changeQuotas(busy.db, (trx) => trx.updateTable('quota').set({ used: 600 }).execute());
  t.ok((await start()).flowToken);
  t.same(sent, [201, 428, 201]);
});
