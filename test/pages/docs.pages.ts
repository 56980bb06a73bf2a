import t from 'tap';
import { reachableEnvironment, startTestService } from '../support/app.ts';
import { readGuide } from '../support/guide.ts';
import { goodPassword, insuredPerson, signIn, signUp } from '../support/journey.ts';
import { inspect, openPage, startBrowser } from './browser.ts';

const service = await startTestService(t, { environment: await reachableEnvironment() });
const { origin } = service;
const browser = await startBrowser(t);
const person = await signUp(service, goodPassword, await insuredPerson(service));
const { accessToken } = (await signIn(service, person)).body;

t.test(
  'the reference renders, an operation can be tried with a token, nothing comes from outside',
  async (t) => {
    const { page, complaints } = await openPage(t, browser, `${origin}/docs`, { colorScheme: 'dark' });
    await page.locator('.opblock').first().waitFor();
    t.match(await page.locator('.info .title').innerText(), /Savabegh API/);
    t.ok((await page.locator('.opblock').count()) > 40);
    t.notOk(await page.locator('.topbar').isVisible(), 'no address of another document can be typed in');

    await page.locator('button.authorize').first().click();
    const form = page.locator('.auth-container', { hasText: 'accessToken' });
    await form.locator('input').fill(accessToken);
    await form.locator('button[type=submit]').click();
    await page.locator('.modal-ux .btn-done').first().click();
    const operation = page.locator('.opblock', { has: page.locator('[data-path="/v1/me"]') });
    await operation.locator('.opblock-summary-control').first().click();
    await operation.locator('button.execute').click();
    const live = operation.locator('.live-responses-table');
    await live.locator('.response-col_status', { hasText: '200' }).waitFor({ timeout: 5_000 });
    t.match(await live.locator('.response-col_description code').first().innerText(), person.nationalCode);
    const refusal = '.response[data-code="401"] .example code';
    const problem = await operation.locator(refusal).innerText();
    t.match(problem, /"detail": "زمان ورود شما تمام شده است/);
    t.equal(await inspect(page, `direction('${refusal}')`), 'ltr', 'JSON reads from the left');

    await page.locator('.info a.info__extdocs').click();
    t.same(complaints, []);
  },
);

const everything = 'h1, h2, h3, p, li, td, th, code, a, button';
const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const;

t.test('pages of text are readable in both themes, on narrow screens too', async (t) => {
  const paths = [
    '/docs/guide',
    ...['fa', 'en'].flatMap((lang) => [
      ...readGuide().map(({ name }) => `/docs/guide/${name}?lang=${lang}`),
      `/problems?lang=${lang}`,
      `/problems/not-authenticated?lang=${lang}`,
      `/findings?lang=${lang}`,
      `/findings/days-above-month?lang=${lang}`,
      `/notice?lang=${lang}#dispute=abc`,
    ]),
  ];
  for (const look of looks) {
    const { page, complaints } = await openPage(t, browser, `${origin}${paths[0]}`, look);
    const backgrounds = new Set<string>();
    for (const path of paths) {
      const name = `${path}, ${look.colorScheme}`;
      await page.goto(`${origin}${path}`);
      t.ok((await inspect<number>(page, `lowestContrast('${everything}')`)) >= 4.5, `${name}: contrast`);
      t.ok((await inspect<number>(page, 'overflow()')) <= 0, `${name}: nothing to scroll sideways`);
      backgrounds.add(await inspect<string>(page, 'pageBackground()'));
    }
    t.same(complaints, []);
    t.equal(backgrounds.size, 1, 'all alike');
    t.equal(backgrounds.has('255 255 255'), look.colorScheme === 'light');
  }
});

t.test('Persian reads from the right, English and code from the left', async (t) => {
  const directions = {
    '/docs/guide/record?lang=en': { html: 'ltr', 'blockquote p': 'rtl', 'main > p': 'ltr', pre: 'ltr' },
    '/docs/guide/record?lang=fa': { html: 'rtl', 'main > p': 'rtl', pre: 'ltr', 'p code': 'ltr' },
    '/problems/not-authenticated?lang=fa': { 'main p': 'rtl', '.operations code': 'ltr' },
    '/problems/not-authenticated?lang=en': { 'main p': 'ltr' },
    '/findings/days-above-month?lang=fa': { 'main p': 'rtl', code: 'ltr' },
  };
  const { page } = await openPage(t, browser, 'about:blank');
  for (const [path, expected] of Object.entries(directions)) {
    await page.goto(`${origin}${path}`);
    for (const [selector, direction] of Object.entries(expected)) {
      t.equal(await inspect(page, `direction('${selector}')`), direction, `${path} ${selector}`);
    }
  }
});

t.test('a Persian paragraph reads from the right, whatever word it begins with', async (t) => {
  const { page } = await openPage(t, browser, 'about:blank');
  let looked = 0;
  for (const { name } of readGuide()) {
    await page.goto(`${origin}/docs/guide/${name}?lang=fa`);
    const seen = await inspect<string[][]>(page, `directions('main p, main li')`);
    looked += seen.length;
    t.same(
      seen.filter(([direction]) => direction !== 'rtl'),
      [],
      name,
    );
  }
  t.ok(looked > 100, `${looked} were looked at`);
});

t.test('the text of an SMS stands in the guide as a phone shows it', async (t) => {
  const { page } = await openPage(t, browser, `${origin}/docs/guide/mobile-app`);
  type Edges = { left: number; right: number };
  const { box, lines } = await inspect<{ box: Edges; lines: Edges[] }>(page, `lines('.language-text')`);
  const [persian, machine] = lines;
  t.ok(persian && Math.abs(persian.right - box.right) < 2, 'Persian starts at the right edge');
  t.ok(machine && Math.abs(machine.left - box.left) < 2, 'the last line starts at the left edge');
});

t.test('the keyboard goes to the text first, then name, parts and the other language', async (t) => {
  for (const lang of ['fa', 'en'] as const) {
    const { page, complaints } = await openPage(t, browser, `${origin}/problems/busy?lang=${lang}`, {
      width: 360,
    });
    const order: (string | null)[] = [];
    for (let step = 0; step < 7; step += 1) {
      await page.keyboard.press('Tab');
      order.push(await page.evaluate<string | null>("document.activeElement.getAttribute('href')"));
    }
    const other = lang === 'fa' ? 'en' : 'fa';
    t.same(order, [
      '#text',
      `/docs/guide?lang=${lang}`,
      `/docs/guide?lang=${lang}`,
      '/docs',
      `/problems?lang=${lang}`,
      `/findings?lang=${lang}`,
      `?lang=${other}`,
    ]);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/problems/busy?lang=${other}`);
    t.equal(await page.locator('html').getAttribute('lang'), other, 'the same page in the other language');
    await page.locator('.brand nav a').nth(2).click();
    await page.waitForURL(`**/problems?lang=${other}`);
    t.same(complaints, []);
  }
});

t.test('a table that is wider than a phone scrolls by itself, by keyboard too', async (t) => {
  for (const lang of ['fa', 'en']) {
    const { page } = await openPage(t, browser, `${origin}/docs/guide/mobile-app?lang=${lang}`, {
      width: 360,
    });
    type Scrolling = { hidden: number; scrolled: number };
    const look = () => inspect<Scrolling>(page, `scrolling('.scroll.wide')`);
    t.ok((await look()).hidden > 50, `${lang}: there is more than is seen`);
    await page.locator('.scroll.wide').first().focus();
    await page.keyboard.press(lang === 'fa' ? 'ArrowLeft' : 'ArrowRight');
    let { scrolled } = await look();
    for (let tries = 0; scrolled === 0 && tries < 50; tries += 1) {
      await page.waitForTimeout(100);
      ({ scrolled } = await look());
    }
    t.ok(scrolled > 0, `${lang}: it scrolls`);
  }
});

t.test('every guide and problem page leads to an operation of the reference', async (t) => {
  const { page } = await openPage(t, browser, `${origin}/problems/code-not-accepted?lang=en`);
  await page.locator('.operations a').first().click();
  await page.locator('.opblock.is-open').first().waitFor();
  t.match(
    await page.locator('.opblock.is-open').first().innerText(),
    '/v1/registrations/{id}/verification'.slice(0, 17),
  );
});
