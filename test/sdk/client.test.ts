import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { fromBase64url, toBase64 } from '../../clients/typescript/src/base64.ts';
import {
  createMemoryStore,
  createSavabegh,
  OAuthError,
  ProblemError,
  UnexpectedAnswerError,
  unwrap,
} from '../../clients/typescript/src/index.ts';
import { startTestService } from '../support/app.ts';
import { machineClient } from '../support/clients.ts';
import { codeSentTo, goodPassword, insuredPerson, otherPassword, signUp } from '../support/journey.ts';
import { changeQuotas } from '../support/quotas.ts';
import { keptIn, somebody, watchedClient } from './support.ts';

const run = promisify(execFile);

const service = await startTestService(t);
const client = (locale: 'fa' | 'en' = 'fa') => watchedClient({ baseUrl: service.origin, locale });

t.test('its types are those of the committed contract', async (t) => {
  const program = fileURLToPath(new URL('../../bin/savabegh.js', import.meta.url));
  await t.resolves(
    run(process.execPath, [program, 'generate', 'sdk', 'sdk-keys', '--check']),
    'else: npm run generate',
  );
});

t.test('it is versioned with the contract, and its changelog says what the version brings', async (t) => {
  const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  const { info } = JSON.parse(await read('openapi/openapi.json'));
  t.equal(JSON.parse(await read('clients/typescript/package.json')).version, info.version);
  const [, newest] = /^## (\S+)/m.exec(await read('clients/typescript/CHANGELOG.md')) ?? [];
  t.equal(newest, info.version);
});

t.test('a front end signs somebody up, in, shows the record, and gets them back in', async (t) => {
  const { api, signIn, flow } = client();
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
  const store = createMemoryStore();
  const session = await signIn({ nationalCode, password: goodPassword, rememberDevice: true }, store);
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
  const { deviceToken } = await keptIn(store);
  t.ok(deviceToken);
  await signIn({ nationalCode, password: otherPassword, rememberDevice: true }, store);
  const { deviceToken: known } = await keptIn(store);
  t.not(known, deviceToken, 'a recovery forgets every device');
  const again = await signIn({ nationalCode, password: otherPassword }, store);
  t.equal((await keptIn(store)).deviceToken, known, 'the device is known');
  await again.signOut();
  t.same(await store.read(), { deviceToken: known }, 'and stays so when nobody is signed in');
  await t.rejects(unwrap(again.api.GET('/v1/me')), { code: 'refresh-not-accepted' });
});

t.test('a refusal is an error with the code, and a text in the language asked for', async (t) => {
  for (const [locale, text] of [
    ['fa', /[\u0600-\u06ff]/],
    ['en', /^[ -~]+$/],
  ] as const) {
    const { signIn } = client(locale);
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

t.test('engines without btoa sign machines in as well', async (t) => {
  const { clientId, secret: clientSecret } = await machineClient(service, ['employer-lists:read']);
  for (const text of ['', 'a', 'ab', 'abc', 'client:secret', 'client:secre~', '>>>???']) {
    t.equal(toBase64(text), Buffer.from(text).toString('base64'));
    t.equal(fromBase64url(Buffer.from(text).toString('base64url')), text);
  }
  const { btoa } = globalThis;
  t.teardown(() => Object.assign(globalThis, { btoa }));
  // The service runs in this process, on an engine that has it.
  const send = async (request: Request) => {
    Object.assign(globalThis, { btoa });
    const response = await fetch(request);
    Object.assign(globalThis, { btoa: undefined });
    return response;
  };
  Object.assign(globalThis, { btoa: undefined });
  const api = createSavabegh({ baseUrl: service.origin, fetch: send }).machine({ clientId, clientSecret });
  const path = { id: '019a0000-0000-7000-8000-000000000000' };
  await t.rejects(unwrap(api.GET('/v1/employer-lists/{id}', { params: { path } })), {
    code: 'list-not-found',
  });
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
  const store = createMemoryStore();
  await page().signIn(credentials, store);
  const { session, ...rest } = await keptIn(store);
  t.equal(session.refreshToken, undefined);
  t.same(rest, {});
  t.equal(jar.size, 2);
  const resumed = somebody(await page().resume());
  t.equal((await unwrap(resumed.api.GET('/v1/me'))).nationalCode, nationalCode);
  await resumed.signOut();
  t.equal(jar.size, 1, 'the device stays known');
  t.equal(await page().resume(), null);
});

t.test('a machine gets a token of its own accord, once for many requests', async (t) => {
  const { clientId, secret: clientSecret } = await machineClient(service, ['employer-lists:read']);
  const { machine, sent } = client();
  const api = machine({ clientId, clientSecret, scopes: ['employer-lists:read'] });
  const path = { id: '019a0000-0000-7000-8000-000000000000' };
  const look = () => unwrap(api.GET('/v1/employer-lists/{id}', { params: { path } }));
  await t.rejects(look(), { code: 'list-not-found' }, 'it is let in');
  await t.rejects(look(), { code: 'list-not-found' });
  t.equal(sent.filter((line) => line.startsWith('POST /v1/oauth/token')).length, 1);
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
