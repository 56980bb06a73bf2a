import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { createKeyring } from '../../src/kernel/keyring.ts';
import { type Locale, locales } from '../../src/kernel/locale.ts';
import { Secret } from '../../src/kernel/secret.ts';
import type { MessagePurpose } from '../../src/messaging/index.ts';
import { createRenderer } from '../../src/messaging/render.ts';
import { textCatalogue } from '../../src/messaging/texts.catalogue.ts';
import { createMessageTexts } from '../../src/messaging/texts.ts';
import { inspect, type Look, openPage, startBrowser } from './browser.ts';

const browser = await startBrowser(t);
const publicUrl = 'https://savabegh.example';
const render = createRenderer({
  keyring: createKeyring([{ id: 'test', key: new Secret(randomBytes(32)) }]),
  texts: createMessageTexts({ publicUrl }),
  noticePageUrl: `${publicUrl}/notice`,
});
const purposes = Object.keys(textCatalogue) as MessagePurpose[];

function mailOf(purpose: MessagePurpose, locale: Locale) {
  const createdAt = new Date('2026-11-22T09:30:00Z');
  const parameters = {
    network: '2001:db8:1234::/48',
    address: 'a•••@e•••.ir',
    kind: 'mobile',
    device: 'Chrome, Android',
    branch: '0204',
    institution: 'بانک نمونهٔ همراه ایرانیان',
    institutionEn: 'Example Bank of Iranians',
  };
  const address = 'arezoo@example.ir';
  const message = render({
    purpose,
    locale,
    createdAt,
    parameters,
    address,
    challengeId: crypto.randomUUID(),
  });
  return { code: message.code, html: message.email().html };
}

type Seen = Readonly<{
  directions: readonly string[];
  contrast: number;
  /** Pixels. */
  beyond: number;
  isWhite: boolean;
  code: Readonly<{ text: string; direction: string }> | null;
}>;

async function look(t: Test, page: Page, locale: Locale, html: string, name: string): Promise<Seen> {
  await page.setContent(html);
  const seen = await inspect<Seen>(page, 'mail()');
  const direction = locale === 'fa' ? 'rtl' : 'ltr';
  t.same(seen.directions, [direction, direction], `${name}: direction`);
  t.ok(seen.contrast >= 4.5, `${name}: contrast`);
  t.ok(seen.beyond <= 0, `${name}: nothing sticks out to the side`);
  return seen;
}

const looks: Required<Pick<Look, 'colorScheme' | 'width'>>[] = [
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'light', width: 1200 },
  { colorScheme: 'dark', width: 360 },
  { colorScheme: 'dark', width: 1200 },
];

for (const { colorScheme, width } of looks) {
  t.test(`every mail is readable, ${colorScheme}, ${width} pixels wide, and loads nothing`, async (t) => {
    const { page, complaints } = await openPage(t, browser, 'about:blank', { colorScheme, width });
    t.ok(purposes.length > 10);
    for (const purpose of purposes) {
      for (const locale of locales) {
        const name = `${purpose} ${locale}`;
        const { code, html } = mailOf(purpose, locale);
        const seen = await look(t, page, locale, html, name);
        t.equal(seen.isWhite, colorScheme === 'light', `${name}: theme`);
        t.same(seen.code, code && { text: code, direction: 'ltr' }, `${name}: the code, in its order`);
      }
    }
    t.same(complaints, []);
  });
}

t.test('a mail program that drops the style sheet leaves it readable', async (t) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openPage(t, browser, 'about:blank', { colorScheme, width: 360 });
    for (const locale of locales) {
      const { html } = mailOf('password-recovered', locale);
      const plain = html.replace(/<style>.*<\/style>/s, '');
      await look(t, page, locale, plain, `${locale} ${colorScheme}`);
    }
  }
});
