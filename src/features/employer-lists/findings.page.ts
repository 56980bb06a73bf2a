import type { Locale, Localised } from '../../kernel/locale.ts';
import { framed } from '../../pages/frame.ts';
import { escapeHtml } from '../../pages/negotiated-page.ts';
import type { FindingKind } from './finding-texts.ts';

const words = {
  all: { fa: 'ایرادهای لیست', en: 'What can be found in a list' },
  about: {
    fa: 'گزارش هر لیست این موارد را نام می‌برد. علت‌ها پیش از نتیجه‌ها آمده‌اند.',
    en: 'These are named by the reports of lists. Causes stand before their consequences.',
  },
  when: { fa: 'کی رخ می‌دهد', en: 'When it happens' },
  advice: { fa: 'چه باید کرد', en: 'What to do' },
  error: { fa: 'خطا: لیست ثبت نمی‌شود', en: 'Error: the list is refused' },
  warning: { fa: 'هشدار: لیست ثبت می‌شود', en: 'Warning: the list is imported' },
} as const satisfies Record<string, Localised>;

/** One kind of finding: when it happens, what to do. */
export function findingPage({ code, severity, title, when, advice }: FindingKind, locale: Locale): string {
  const heading = escapeHtml(title[locale]);
  const main = `<h1>${heading}</h1>
<p class="label"><code>${code}</code> · ${words[severity][locale]}</p>
<h2>${words.when[locale]}</h2>
<p>${escapeHtml(when[locale])}</p>
<h2>${words.advice[locale]}</h2>
<p>${escapeHtml(advice[locale])}</p>
<p class="steps"><a href="/findings">${words.all[locale]}</a></p>`;
  return framed({ title: heading, main, locale, path: `/findings/${code}` });
}

/** All of them, in the order in which reports tell them. */
export function findingIndex(kinds: readonly FindingKind[], locale: Locale): string {
  const section = ({ code, severity, title, when, advice }: FindingKind) =>
    `<section id="${code}"><h2><a href="/findings/${code}">${escapeHtml(title[locale])}</a></h2>
<p class="label"><code>${code}</code> · ${words[severity][locale]}</p>
<p>${escapeHtml(when[locale])}</p><p>${escapeHtml(advice[locale])}</p></section>`;
  const main = `<h1>${words.all[locale]}</h1>\n<p>${words.about[locale]}</p>\n${kinds.map(section).join('\n')}`;
  return framed({ title: words.all[locale], main, locale, path: '/findings' });
}
