import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Test } from 'tap';

const inspectorPath = fileURLToPath(new URL('inspector.client.js', import.meta.url));
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

const patienceMs = 120_000;

/** Headless Chromium of this machine (`CHROMIUM` names another one), closed with the test. */
export async function startBrowser(t: Test): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath,
    // Chromium's sandbox does not work for root.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  t.teardown(() => browser.close());
  return browser;
}

export type Look = Readonly<{ colorScheme?: 'light' | 'dark'; width?: number; javaScriptEnabled?: boolean }>;

/** A page of its own, closed with the test, and what it did that a page must not do. */
export async function openPage(t: Test, browser: Browser, url: string, look: Look = {}) {
  const { colorScheme = 'light', width = 1000, javaScriptEnabled = true } = look;
  const context = await browser.newContext({
    colorScheme,
    javaScriptEnabled,
    viewport: { width, height: 800 },
  });
  t.teardown(() => context.close());
  await context.addInitScript({ path: inspectorPath });
  const page = await context.newPage();
  // A machine that is busy with other things shows pages late.
  page.setDefaultTimeout(patienceMs);
  const complaints = watch(page, new URL(url).origin);
  await page.goto(url);
  return { page, complaints };
}

/** Errors, broken policies, requests to elsewhere, dialogs. */
export function watch(page: Page, origin: string): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:') complaints.push(`request to ${url.origin}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return complaints;
}

/** Asks the page itself, in the words of `inspector.client.js`. */
export function inspect<T>(page: Page, expression: string): Promise<T> {
  return page.evaluate<T>(`inspector.${expression}`);
}
