import t from 'tap';
import type { NewMessage } from '../../src/messaging/index.ts';
import { createOutbox } from '../../src/messaging/outbox.ts';
import { startTestService } from '../support/app.ts';
import { forgetQuotas } from '../support/quotas.ts';
import { inspect, openPage, startBrowser } from './browser.ts';

const service = await startTestService(t);
const browser = await startBrowser(t);
const outbox = createOutbox();
const url = `${service.origin}/dev/messages`;

type CodeMessage = Extract<NewMessage, { purpose: 'registration-code' | 'recovery-code' }>;

async function send(changes: Partial<CodeMessage> = {}): Promise<void> {
  const message: CodeMessage = {
    channel: 'sms',
    purpose: 'registration-code',
    locale: 'fa',
    accountId: null,
    destination: '+989121234567',
    challengeId: crypto.randomUUID(),
    usefulForSeconds: 600,
    ...changes,
  };
  await service.db.transaction().execute((trx) => outbox.enqueue(trx, message));
}

t.beforeEach(async () => {
  await forgetQuotas(service.db);
  await service.db.deleteFrom('message').execute();
});

t.test('a message appears by itself, newest first, and so does its state', async (t) => {
  const { page, complaints } = await openPage(t, browser, url);
  t.equal(await page.locator('.empty').innerText(), 'Nothing yet.');
  await send();
  const sms = page.locator('article[data-channel=sms]');
  await sms.waitFor({ timeout: 5_000 });
  const code = await sms.locator('output').innerText();
  t.match(code, /^\d{6}$/);
  t.match(await sms.locator('pre').innerText(), code);
  await sms.locator('[data-state=handed_over]').waitFor({ timeout: 5_000 });
  await send({ channel: 'email', purpose: 'recovery-code', locale: 'en', destination: 'a@savabegh.example' });
  await page.locator('article[data-channel=email]').waitFor({ timeout: 5_000 });
  t.equal(await page.locator('article').first().getAttribute('data-channel'), 'email');
  t.same(complaints, []);
});

t.test('Persian reads from the right, numbers and the line for machines from the left', async (t) => {
  await send();
  const { page } = await openPage(t, browser, url);
  t.equal(await inspect(page, `direction('article pre')`), 'rtl');
  t.equal(await inspect(page, `direction('article bdi')`), 'ltr');
  t.equal(await inspect(page, `direction('html')`), 'ltr');
  type Edges = { left: number; right: number };
  const { box, lines } = await inspect<{ box: Edges; lines: Edges[] }>(page, `lineElements('article pre')`);
  const [persian, machine] = [lines[0], lines.at(-1)];
  t.ok(persian && Math.abs(persian.right - box.right) < 2, 'Persian starts at the right edge');
  t.ok(machine && Math.abs(machine.left - box.left) < 2, 'the last line starts at the left edge');
});

t.test('the line for the phone reads as it is written, on a Persian page too', async (t) => {
  await send();
  for (const lang of ['fa', 'en']) {
    const { page } = await openPage(t, browser, `${url}?lang=${lang}`);
    t.equal(await inspect(page, `direction('html')`), lang === 'fa' ? 'rtl' : 'ltr');
    const { text, lefts } = await inspect<{ text: string; lefts: number[] }>(
      page,
      `characters('.line:last-child')`,
    );
    t.match(text, /^@127\.0\.0\.1 #\d{6}$|^@savabegh\.test #\d{6}$/);
    t.same(
      lefts,
      lefts.toSorted((a, b) => a - b),
      `${lang}: from the left to the right`,
    );
  }
});

t.test('times are those of the reader, with date and zone', async (t) => {
  await send();
  const { page } = await openPage(t, browser, `${url}?lang=en`);
  t.match(await page.locator('time').innerText(), /^\d{1,2} \w+ \d{4}.* \d\d:\d\d:\d\d \S+$/);
});

t.test('what is searched for is all that is shown', async (t) => {
  await send();
  await send({ destination: '+989350001111' });
  const { page, complaints } = await openPage(t, browser, url);
  await page.locator('input[type=search]').fill('۰۹۳۵');
  await page.locator('form button').click();
  await page.waitForURL(/q=/);
  t.equal(await page.locator('article').count(), 1);
  t.match(await page.locator('article bdi').first().innerText(), '+989350001111');
  t.same(complaints, []);
});

t.test('what is selected stays selected while nothing new comes', async (t) => {
  await send();
  const { page } = await openPage(t, browser, url);
  await page.locator('[data-state=handed_over]').waitFor({ timeout: 5_000 });
  await page.locator('output').click();
  const selected = () => inspect<string>(page, 'selection()');
  const code = await selected();
  t.match(code, /^\d{6}$/, 'one click selects the whole code');
  await page.waitForTimeout(2_500);
  t.equal(await selected(), code);
});

t.test('nothing in a message is run or fetched', async (t) => {
  const hostile = '<img src=x onerror=alert(1)><script>alert(2)</script>@savabegh.example';
  await send({ channel: 'email', purpose: 'recovery-code', destination: hostile });
  const { page, complaints } = await openPage(t, browser, url);
  t.equal(await page.locator('article bdi').first().innerText(), hostile);
  t.equal(await page.locator('article img, article script').count(), 0);
  t.equal(await inspect(page, 'runsForeignScript()'), false, 'the policy stops what gets in all the same');
  t.same(
    complaints.filter((complaint) => !complaint.includes('Content Security Policy')),
    [],
  );
});

t.test('both themes are readable, on narrow screens too', async (t) => {
  await send();
  await send({
    channel: 'email',
    purpose: 'recovery-code',
    destination: `${'long.'.repeat(12)}a@savabegh.example`,
  });
  const backgrounds: string[] = [];
  for (const theme of ['light', 'dark'] as const) {
    const { page } = await openPage(t, browser, url, { colorScheme: theme, width: 320 });
    t.ok(
      (await inspect<number>(page, `lowestContrast('h1, p, a, dt, dd, bdi, pre, h2, output')`)) >= 4.5,
      theme,
    );
    t.ok((await inspect<number>(page, 'overflow()')) <= 0, `${theme}: nothing to scroll sideways`);
    backgrounds.push(await inspect<string>(page, 'pageBackground()'));
  }
  t.not(backgrounds[0], backgrounds[1]);
});

t.test('an HTML mail is readable in both themes, from the right, and loads nothing', async (t) => {
  await send({ channel: 'email', purpose: 'recovery-code', destination: 'a@savabegh.example' });
  for (const theme of ['light', 'dark'] as const) {
    const { page, complaints } = await openPage(t, browser, url, { colorScheme: theme });
    await page.getByText('as HTML mail').click();
    await page.waitForLoadState();
    t.equal(await inspect(page, `direction('main')`), 'rtl');
    t.match(await page.locator('.code').innerText(), /^\d{6}$/);
    t.ok((await inspect<number>(page, `lowestContrast('p')`)) >= 7, theme);
    t.same(complaints, []);
  }
});

t.test('without a script the page still shows the messages', async (t) => {
  await send();
  const { page } = await openPage(t, browser, url, { javaScriptEnabled: false });
  t.equal(await page.locator('article').count(), 1);
});
