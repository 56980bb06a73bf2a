import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { installClient } from '../support/guide.ts';
import { goodPassword, type Person, signUp } from '../support/journey.ts';
import { ageSessions, kindsOf } from '../support/sessions.ts';
import { startBrowser } from './browser.ts';

const service = await startTestService(t, { environment: await reachableEnvironment() });
const browser = await startBrowser(t);
const program = t.testdir({});
await installClient(program);
const openapiFetch = createRequire(import.meta.url)
  .resolve('openapi-fetch')
  .replace(/\.cjs$/, '.mjs');

const html = `<!doctype html><title>SDK</title>
<script type="importmap">{ "imports": { "openapi-fetch": "/sdk-test/openapi-fetch.mjs" } }</script>
<script type="module">
  import * as sdk from '/sdk-test/index.js';
  /** Refreshes of this page, from when to when, on the clock of all pages. */
  const refreshes = [];
  let spoilsToken = false;
  const now = () => performance.timeOrigin + performance.now();
  async function send(request) {
    const isRefresh = request.url.endsWith('/refresh');
    if (spoilsToken && !isRefresh) {
      // As if the access token had ended.
      spoilsToken = false;
      request.headers.set('authorization', 'Bearer old');
    }
    const from = now();
    const response = await fetch(request);
    if (isRefresh) refreshes.push([from, now()]);
    return response;
  }
  const client = (cookies) => sdk.createSavabegh({ baseUrl: location.origin, cookies, fetch: send });
  const stores = { cookies: undefined, texts: sdk.createTextStore(localStorage) };
  let session = null;
  window.program = {
    refreshes,
    async signIn(kind, credentials) {
      session = await client(kind === 'cookies').signIn(credentials, stores[kind]);
    },
    async resume(kind) {
      session = await client(kind === 'cookies').resume(stores[kind]);
      return session !== null;
    },
    async me() {
      const { nationalCode } = await sdk.unwrap(session.api.GET('/v1/me'));
      return nationalCode;
    },
    async meWithNewToken() {
      spoilsToken = true;
      return this.me();
    },
    signOut: () => session.signOut(),
  };
</script>`;

/** Pages of the service's own origin that have the SDK, as it is built. */
async function openContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  t.teardown(() => context.close());
  await context.route('**/sdk-test/**', async (route) => {
    const name = new URL(route.request().url()).pathname.replace('/sdk-test/', '');
    if (name === '') return route.fulfill({ contentType: 'text/html', body: html });
    const file = name.startsWith('openapi-fetch')
      ? openapiFetch
      : join(program, 'node_modules/@savabegh/client/dist', name);
    return route.fulfill({ contentType: 'text/javascript', body: await readFile(file, 'utf8') });
  });
  return context;
}

async function openTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${service.origin}/sdk-test/`);
  await page.waitForFunction('window.program');
  return page;
}

const call = <Result>(page: Page, expression: string) =>
  page.evaluate<Result>(`window.program.${expression}`);

type Span = readonly [from: number, to: number];

/** The refreshes of the tabs, no two of which went on at once. */
async function oneByOne(t: Test, tabs: readonly Page[]): Promise<Span[]> {
  const ofTabs = await Promise.all(tabs.map((tab) => call<Span[]>(tab, 'refreshes')));
  const spans = ofTabs.flat().sort(([a], [b]) => a - b);
  // Clocks of two pages agree to less than a millisecond.
  const atOnce = spans.filter(([from], index) => from < (spans[index - 1]?.[1] ?? 0) - 1);
  t.same(atOnce, [], 'no two at once');
  return spans;
}

const rounds = 8;

async function renewTogether(t: Test, tabs: readonly Page[], { nationalCode }: Person): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const codes = await Promise.all(tabs.map((tab) => call(tab, 'meWithNewToken()')));
    t.same(codes, [nationalCode, nationalCode]);
  }
}

/** Two tabs in which the same person is signed in. */
async function twoTabs(kind: 'cookies' | 'texts') {
  const person = await signUp(service);
  const credentials = { nationalCode: person.nationalCode, password: goodPassword, rememberDevice: true };
  const context = await openContext();
  const tabs = [await openTab(context), await openTab(context)] as const;
  await call(tabs[0], `signIn('${kind}', ${JSON.stringify(credentials)})`);
  t.ok(await call(tabs[1], `resume('${kind}')`));
  return { person, tabs };
}

t.test('two tabs over one localStorage refresh one after the other, mostly once for both', async (t) => {
  const { person, tabs } = await twoTabs('texts');
  await renewTogether(t, tabs, person);
  // A page may see what another has written a moment late, and refresh once more with the same key: one successor.
  const { length } = await oneByOne(t, tabs);
  t.ok(length >= rounds && length <= 2 * rounds, `${length} refreshes`);
  await call(tabs[0], 'signOut()');
  await t.rejects(call(tabs[1], 'me()'), /ProblemError/, 'signed out in both');
  t.notOk(await call(tabs[1], `resume('texts')`));
  t.notOk((await kindsOf(service, person)).includes('session-revoked'));
});

t.test('two tabs that share cookies refresh one after the other, and end nobody’s session', async (t) => {
  const { person, tabs } = await twoTabs('cookies');
  t.equal(await tabs[0].evaluate('document.cookie'), '', 'no script reads them');
  t.equal(await tabs[0].evaluate('localStorage.length'), 0);
  await renewTogether(t, tabs, person);
  const { length } = await oneByOne(t, tabs);
  t.equal(length, 1 + 2 * rounds, 'each page has a token of its own');
  // Another tab has renewed since this one slept: a token of its own would be taken for a stolen copy.
  await ageSessions(service, '11 minutes', 'alive');
  t.equal(await call(tabs[0], 'meWithNewToken()'), person.nationalCode);
  await tabs[1].reload();
  await tabs[1].waitForFunction('window.program');
  t.ok(await call(tabs[1], `resume('cookies')`), 'after a reload');
  t.equal(await call(tabs[1], 'me()'), person.nationalCode);
  await call(tabs[1], 'signOut()');
  await tabs[0].reload();
  await tabs[0].waitForFunction('window.program');
  t.notOk(await call(tabs[0], `resume('cookies')`));
  t.notOk((await kindsOf(service, person)).includes('session-revoked'));
});

t.test('a page does not act as somebody else who signs in in another tab', async (t) => {
  const { person, tabs } = await twoTabs('cookies');
  const next = await signUp(service);
  const credentials = { nationalCode: next.nationalCode, password: goodPassword };
  await call(tabs[1], `signIn('cookies', ${JSON.stringify(credentials)})`);
  t.equal(await call(tabs[0], 'me()'), person.nationalCode, 'its token is its own');
  await t.rejects(call(tabs[0], 'meWithNewToken()'), /SomebodyElseError/);
  t.equal(await call(tabs[1], 'meWithNewToken()'), next.nationalCode);
});
