import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page, Request } from 'playwright-core';
import t, { type Test } from 'tap';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { goodPassword, insuredPerson, type Person, signUp } from '../support/journey.ts';
import { startBrowser } from './browser.ts';

/** What pages of others can do with the cookies of somebody who is signed in: nothing (OWASP CSRF Prevention). */

const service = await startTestService(t, { environment: await reachableEnvironment() });
const { origin } = service;
const browser = await startBrowser(t);
const person = await signUp(service, goodPassword, await insuredPerson(service));
const attacker = await signUp(service, goodPassword, await insuredPerson(service));
const hostilePort = await serveHostilePage(t);

/** A page of somebody else, empty: the tests write into it. */
async function serveHostilePage(t: Test): Promise<number> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Win a phone</title>');
  });
  server.listen(0);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Another port is another origin of the same site, where `SameSite` lets cookies through; another name is another site. */
const hostileOrigins = {
  'another origin of the same site': `http://127.0.0.1:${hostilePort}`,
  'another site': `http://localhost:${hostilePort}`,
} as const;

type Sent = Readonly<{ status: number; body: { code?: string; accessToken?: string } }>;

/** A call as the front end makes it, from a page of the service. */
function callFromOwnPage(page: Page, path: string, body: object): Promise<Sent> {
  return page.evaluate<Sent>(`fetch(${JSON.stringify(path)}, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'savabegh-client': 'web' },
    body: ${JSON.stringify(JSON.stringify(body))},
  }).then(async (response) => ({ status: response.status, body: await response.json() }))`);
}

const credentials = ({ nationalCode }: Person) => ({ nationalCode, password: goodPassword, keep: 'cookie' });

/** Somebody signed in, in a browser of their own, on a device that is known. */
async function signedInBrowser(t: Test): Promise<{ context: BrowserContext; own: Page }> {
  const context = await browser.newContext();
  t.teardown(() => context.close());
  const own = await context.newPage();
  await own.goto(`${origin}/notice`);
  const { status } = await callFromOwnPage(own, '/v1/sessions', {
    ...credentials(person),
    rememberDevice: true,
  });
  t.equal(status, 201);
  return { context, own };
}

const cookiesOf = async (context: BrowserContext) =>
  (await context.cookies(origin)).map(({ name, value }) => `${name}=${value}`).sort();

/** Names of the cookies that go with a request, as the network saw it. */
const cookiesWith = async (request: Request) =>
  ((await request.allHeaders()).cookie ?? '').split('; ').map((pair) => pair.split('=')[0]);

const liveSessions = async () =>
  (await service.db.selectFrom('session').select('id').orderBy('id').execute()).map(({ id }) => id);

/** A form that a click, or a script, sends by itself; the value is shaped to read as JSON where the type is plain text. */
async function postForm(page: Page, path: string, type: string, body: object): Promise<Request> {
  const text = JSON.stringify(body);
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.url() === `${origin}${path}`),
    page.evaluate(`
      const form = document.body.appendChild(document.createElement('form'));
      Object.assign(form, { method: 'post', action: ${JSON.stringify(origin + path)}, enctype: ${JSON.stringify(type)} });
      const field = form.appendChild(document.createElement('input'));
      field.name = ${JSON.stringify(`${text.slice(0, -1)},"x":"`)};
      field.value = '"}';
      form.submit();
    `),
  ]);
  await page.waitForURL(origin + path);
  return request;
}

/** What came of a `fetch`: its status, or the name of the error. */
const fetchFrom = (page: Page, path: string, options: string) =>
  page.evaluate<number | string>(
    `fetch(${JSON.stringify(origin + path)}, ${options}).then(({ status }) => status, ({ name }) => name)`,
  );

for (const [site, hostileOrigin] of Object.entries(hostileOrigins)) {
  t.test(`${site} cannot refresh, sign out or sign in with the visitor’s cookies`, async (t) => {
    const { context, own } = await signedInBrowser(t);
    const cookies = await cookiesOf(context);
    t.same(
      cookies.map((pair) => pair.split('=')[0]),
      ['savabegh-device', 'savabegh-refresh'],
    );
    const sessions = await liveSessions();
    const page = await context.newPage();
    const isSameSite = hostileOrigin.includes('127.0.0.1');

    for (const path of ['/v1/sessions/refresh', '/v1/sessions']) {
      const body = path === '/v1/sessions' ? credentials(attacker) : {};
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
        await page.goto(hostileOrigin);
        const request = await postForm(page, path, type, body);
        const status = (await request.response())?.status() ?? 0;
        t.ok([400, 403, 415].includes(status), `a form as ${type} to ${path}: ${status}`);
        t.equal(
          (await cookiesWith(request)).includes('savabegh-refresh'),
          isSameSite,
          isSameSite ? 'its cookies are sent all the same' : 'its cookies stay at home',
        );
      }
    }

    await page.goto(hostileOrigin);
    const json = "headers: { 'content-type': 'application/json', 'savabegh-client': 'web' }";
    const ask = `method: 'POST', credentials: 'include', body: '{}'`;
    t.equal(await fetchFrom(page, '/v1/sessions/refresh', `{ ${ask}, ${json} }`), 'TypeError', 'asked first');
    t.equal(await fetchFrom(page, '/v1/sessions/refresh', `{ ${ask} }`), 'TypeError', 'not to be read');
    // Sent without being asked first; of the answer not even that there was one is seen (Cross-Origin-Resource-Policy).
    t.equal(await fetchFrom(page, '/v1/sessions/refresh', `{ ${ask}, mode: 'no-cors' }`), 'TypeError');
    const signIn = `method: 'POST', credentials: 'include', mode: 'no-cors', body: '${JSON.stringify(credentials(attacker))}'`;
    t.equal(await fetchFrom(page, '/v1/sessions', `{ ${signIn} }`), 'TypeError');
    const signOut = `{ method: 'DELETE', credentials: 'include', headers: { 'savabegh-client': 'web' } }`;
    t.equal(await fetchFrom(page, '/v1/me/sessions/current', signOut), 'TypeError');

    t.same(await cookiesOf(context), cookies, 'no cookie was set, changed or taken away');
    t.same(await liveSessions(), sessions, 'nobody was signed in or out');
    const { status, body } = await callFromOwnPage(own, '/v1/sessions/refresh', {});
    t.equal(status, 200, 'the page of the service goes on');
    const { body: me } = await service.get('/v1/me', { token: body.accessToken ?? '' });
    t.equal(me.nationalCode, person.nationalCode);
  });
}
