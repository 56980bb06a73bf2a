import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Test } from 'tap';
import { watch } from './browser.ts';

/** The front end of `web/`, as people meet it. */

export type Look = Readonly<{
  lang?: 'fa' | 'en';
  width?: number;
  colorScheme?: 'light' | 'dark';
}>;

/** Phone and desk, Persian and English, light and dark: every pair of them once. */
export const looks: readonly Required<Look>[] = [
  { lang: 'fa', width: 360, colorScheme: 'light' },
  { lang: 'fa', width: 1280, colorScheme: 'dark' },
  { lang: 'en', width: 360, colorScheme: 'dark' },
  { lang: 'en', width: 1280, colorScheme: 'light' },
];

const inspector = new URL('inspector.client.js', import.meta.url).pathname;
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export type WebPage = Readonly<{ page: Page; context: BrowserContext; complaints: readonly string[] }>;

/** Where pictures go, for who wants to look at them. */
const screenshots = process.env.SCREENSHOTS;

/** A browser of somebody's own, at one page. Waiting is bounded by the test's time, not by the machine's speed. */
export async function openWeb(
  t: Test,
  browser: Browser,
  url: string,
  { lang = 'fa', width = 360, colorScheme = 'light' }: Look = {},
): Promise<WebPage> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  t.teardown(async () => {
    if (screenshots) await page.screenshot({ path: join(screenshots, `last-${t.name.slice(0, 40)}.png`) });
    await context.close();
  });
  context.setDefaultTimeout(30_000);
  await context.addInitScript({ path: inspector });
  await context.addInitScript(await readFile(axe, 'utf8'));
  const page = await context.newPage();
  const complaints = watch(page, new URL(url).origin);
  await page.goto(`${url}?lang=${lang}`);
  await page.locator('h1').waitFor();
  return { page, context, complaints };
}

type Violation = Readonly<{ id: string; nodes: readonly { html: string; failureSummary: string }[] }>;

/** What axe finds (WCAG 2.2 A and AA, best practice), and what sticks out to the side. With SCREENSHOTS, a picture. */
export async function inspectWeb(t: Test, page: Page, name: string): Promise<void> {
  const violations = await page.evaluate<Violation[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  );
  t.same(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
    `${name}: axe`,
  );
  t.ok((await page.evaluate<number>('inspector.overflow()')) <= 0, `${name}: nothing to scroll sideways`);
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

/** The heading that has the focus once a step has come. */
export const heading = (page: Page, text: string) => page.getByRole('heading', { level: 1, name: text });
