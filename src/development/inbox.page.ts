import { readFileSync } from 'node:fs';
import type { Locale } from '../kernel/locale.ts';
import { channels, escapeHtml, linkedHtml } from '../messaging/index.ts';
import { framedAlone, frameStyle } from '../pages/frame.ts';
import type { InboxMessage } from './inbox.repository.ts';

const words = {
  fa: {
    title: 'صندوق پیام‌ها',
    about: 'پیامک‌ها و ایمیل‌هایی که به دست افراد می‌رسید. فقط برای توسعه.',
    json: 'خروجی JSON',
    search: 'جستجو در شماره، نشانی، متن و کد',
    find: 'جستجو',
    none: 'هنوز پیامی نیست.',
    notFound: 'پیامی با این جستجو پیدا نشد.',
    guide: 'راهنما',
    to: 'گیرنده',
    by: 'راه',
    purpose: 'موضوع',
    state: 'وضعیت',
    at: 'زمان',
    code: 'کد',
    asHtml: 'نمایش به شکل ایمیل',
    states: {
      queued: 'در صف',
      sending: 'در حال ارسال',
      handed_over: 'ارسال شد',
      delivered: 'رسید',
      failed: 'ناموفق',
      expired: 'منقضی',
      dropped: 'بدون گیرنده',
    },
  },
  en: {
    title: 'Inbox',
    about: 'SMS and e-mails that people would have received. Development only.',
    json: 'as JSON',
    search: 'Search numbers, addresses, texts and codes',
    find: 'Search',
    none: 'Nothing yet.',
    notFound: 'No message matches.',
    guide: 'Guide',
    to: 'to',
    by: 'by',
    purpose: 'purpose',
    state: 'state',
    at: 'at',
    code: 'code',
    asHtml: 'as HTML mail',
    states: {
      queued: 'queued',
      sending: 'sending',
      handed_over: 'dispatched',
      delivered: 'delivered',
      failed: 'failed',
      expired: 'expired',
      dropped: 'dropped',
    },
  },
} as const;

const toDirection = (locale: Locale) => (locale === 'fa' ? 'rtl' : 'ltr');

const sheet = readFileSync(new URL('inbox.css', import.meta.url), 'utf8');
export const inboxStyle = `${frameStyle}\n${sheet}`;

export type InboxPage = Readonly<{
  messages: readonly InboxMessage[];
  locale: Locale;
  /** What was searched for; '' = everything. */
  query: string;
}>;

/** The inbox as a page. Its script fetches the same page again and takes over what has changed. */
export function renderInbox({ messages, locale, query }: InboxPage): string {
  const say = words[locale];
  const nothing = query === '' ? say.none : say.notFound;
  return framedAlone({
    title: say.title,
    locale,
    style: inboxStyle,
    query: query === '' ? '' : `&amp;q=${encodeURIComponent(query)}`,
    head: `<link rel="icon" href="data:,">
<script src="/dev/messages.js" type="module"></script>
`,
    main: `<h1>${say.title}</h1>
<p>${say.about} <a href="/dev/messages.json">${say.json}</a> · <a href="/docs/guide?lang=${locale}">${say.guide}</a></p>
<form role="search"><input type="hidden" name="lang" value="${locale}"><input type="search" name="q" value="${escapeHtml(query)}" aria-label="${say.search}" placeholder="${say.search}" dir="auto"> <button>${say.find}</button></form>
<section aria-live="polite">
${messages.length === 0 ? `<p class="empty">${nothing}</p>` : messages.map((message) => renderMessage(message, locale)).join('\n')}
</section>`,
  });
}

/** The line for the phone (`@host #code`) has no letter that shows its direction. */
const isForMachines = (line: string) => /^@\S+ #\S+$/.test(line);

const renderLine = (line: string) =>
  `<span class="line" dir="${isForMachines(line) ? 'ltr' : 'auto'}">${linkedHtml(line)}</span>`;

const stateWord = (state: string, locale: Locale): string =>
  Object.hasOwn(words[locale].states, state)
    ? words[locale].states[state as keyof (typeof words)['fa']['states']]
    : state;

function renderMessage(message: InboxMessage, locale: Locale): string {
  const say = words[locale];
  const direction = toDirection(message.locale);
  const { id, channel, purpose, destination, subject, text, code, at, state } = message;
  return `<article data-id="${escapeHtml(id)}" data-channel="${channel}">
<dl>
<div><dt>${say.to}</dt><dd><bdi dir="ltr">${escapeHtml(destination)}</bdi></dd></div>
<div><dt>${say.by}</dt><dd>${channels[channel].name[locale]}</dd></div>
<div><dt>${say.purpose}</dt><dd><bdi dir="ltr">${escapeHtml(purpose)}</bdi></dd></div>
<div><dt>${say.state}</dt><dd data-state="${escapeHtml(state)}">${escapeHtml(stateWord(state, locale))}</dd></div>
<div><dt>${say.at}</dt><dd><time datetime="${at}" dir="auto">${at.slice(0, 19).replace('T', ' ')} UTC</time></dd></div>
</dl>
${subject === null ? '' : `<h2 lang="${message.locale}" dir="${direction}">${escapeHtml(subject)}</h2>`}
<pre lang="${message.locale}" dir="${direction}">${text.split('\n').map(renderLine).join('')}</pre>
${code === null ? '' : `<p class="code">${say.code} <output dir="ltr">${code}</output></p>`}
${message.html === null ? '' : `<p><a href="/dev/messages/${escapeHtml(id)}/mail">${say.asHtml}</a></p>`}
</article>`;
}
