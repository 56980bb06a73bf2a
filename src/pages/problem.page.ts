import type { Locale, Localised } from '../kernel/locale.ts';
import type { ProblemKind } from '../kernel/problem.ts';
import { framed } from './frame.ts';
import { escapeHtml } from './negotiated-page.ts';
import type { Answering } from './problem-operations.ts';
import type { ProblemTexts } from './problem-texts.ts';

const words = {
  all: { fa: 'خطاهای سامانه', en: 'Problems' },
  about: {
    fa: 'هر پاسخی که انجام‌نشدن کاری را می‌گوید یکی از این کدها را دارد. کدها تغییر نمی‌کنند؛ برنامه بر پایهٔ کد تصمیم می‌گیرد و جملهٔ همراه آن را به کاربر نشان می‌دهد.',
    en: 'Every answer that refuses something carries one of these codes. Codes are stable: a program branches on the code, and shows the sentence that comes with it.',
  },
  said: { fa: 'آنچه به کاربر گفته می‌شود', en: 'What people are told' },
  when: { fa: 'کی رخ می‌دهد', en: 'When it happens' },
  advice: { fa: 'چه باید کرد', en: 'What to do' },
  operations: { fa: 'کدام عملیات آن را برمی‌گرداند', en: 'Which operations answer it' },
  everyOperation: {
    fa: 'همهٔ عملیات می‌توانند این پاسخ را بدهند.',
    en: 'Every operation can answer it.',
  },
  status: { fa: 'وضعیت HTTP', en: 'HTTP status' },
} as const satisfies Record<string, Localised>;

const sometime: Localised = { fa: 'کمی بعد', en: 'later' };

/** What differs from case to case is left open. */
export const general = (text: Localised, locale: Locale) =>
  text[locale].replaceAll('{later}', sometime[locale]).replace(/\{\w+\}/g, '…');

export type ProblemPage = Readonly<{
  kind: ProblemKind;
  texts: ProblemTexts;
  answering: readonly Answering[];
  /** Nearly all do: naming them would say nothing. */
  isEverywhere: boolean;
}>;

/** Operations stand in the reference under this address. */
const toReference = ({ tag, operationId }: Answering) =>
  `/docs#/${encodeURIComponent(tag)}/${encodeURIComponent(operationId)}`;

function operationList(answering: readonly Answering[]): string {
  const items = answering.map((operation) => {
    const { method, path, summary } = operation;
    return `<li><a href="${toReference(operation)}"><code>${method} ${escapeHtml(path)}</code></a><span class="label"><bdi lang="en">${escapeHtml(summary)}</bdi></span></li>`;
  });
  return `<ul class="operations">${items.join('\n')}</ul>`;
}

/** What one kind of problem means: when, what to do, where. */
export function problemPage({ kind, texts, answering, isEverywhere }: ProblemPage, locale: Locale): string {
  const { code, status, title, detail } = kind;
  const text = texts[locale].get(code);
  const paragraph = (heading: Localised, html: string | undefined) =>
    html === undefined ? '' : `<h2>${heading[locale]}</h2>\n<p>${html}</p>\n`;
  const operations = isEverywhere ? `<p>${words.everyOperation[locale]}</p>` : operationList(answering);
  const main = `<h1>${escapeHtml(general(title, locale))}</h1>
<p class="label"><code>${code}</code> · ${words.status[locale]} <bdi>${status}</bdi></p>
${paragraph(words.when, text?.when)}${paragraph(words.advice, text?.advice)}<h2>${words.said[locale]}</h2>
<blockquote><p>${escapeHtml(general(detail, locale))}</p></blockquote>
<h2>${words.operations[locale]}</h2>
${operations}
<p class="steps"><a href="/problems">${words.all[locale]}</a></p>`;
  return framed({ title: escapeHtml(general(title, locale)), main, locale, path: `/problems/${code}` });
}

/** All of them, by status. */
export function problemIndex(kinds: readonly ProblemKind[], texts: ProblemTexts, locale: Locale): string {
  const groups = Map.groupBy(
    [...kinds].sort((a, b) => a.status - b.status),
    ({ status }) => status,
  );
  const item = ({ code, title }: ProblemKind) =>
    `<li id="${code}"><a href="/problems/${code}">${escapeHtml(general(title, locale))}</a> <code>${code}</code><p class="label">${texts[locale].get(code)?.when ?? ''}</p></li>`;
  const sections = [...groups].map(
    ([status, same]) => `<h2 id="status-${status}">${words.status[locale]} <bdi>${status}</bdi></h2>
<ul class="kinds">${same.map(item).join('\n')}</ul>`,
  );
  const main = `<h1>${words.all[locale]}</h1>\n<p>${words.about[locale]}</p>\n${sections.join('\n')}`;
  return framed({ title: words.all[locale], main, locale, path: '/problems' });
}
