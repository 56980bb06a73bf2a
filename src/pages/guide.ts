import { readFileSync } from 'node:fs';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type FixedDocument, fixedDocument, sendFixedDocument } from '../http/fixed-document.ts';
import type { Locale, Localised } from '../kernel/locale.ts';
import { framed, framePolicy } from './frame.ts';
import { type RenderedText, renderMarkdown } from './markdown.ts';
import { getPageLocale } from './negotiated-page.ts';

const folder = new URL('../../docs/guide/', import.meta.url);
export const guidePath = '/docs/guide';
const path = guidePath;

/** Pages of the guide, in the order in which they are read, and what each is for. */
const guidePages = {
  'mobile-app': {
    fa: 'برای برنامه‌نویسان اپ و وب: ثبت‌نام، ورود، بازیابی گذرواژه و تغییر نشانی‌ها، با کد آماده.',
    en: 'For developers of apps and front ends: sign-up, sign-in, recovery and changes of addresses, with code that runs.',
  },
  record: {
    fa: 'نمایش سوابق بیمه: خلاصه، سال‌ها و ماه‌ها، نگهداری یک نسخه در دستگاه و خروجی برای اکسل.',
    en: 'The insurance record on the screen: summary, years and months, a copy on the phone, a file for spreadsheets.',
  },
  employer: {
    fa: 'برای کارفرمایان و حسابداران: فرستادن لیست ماه، خواندن گزارش و اصلاح ایرادها.',
    en: 'For employers and accountants: sending a month’s list, reading its report, correcting what was wrong.',
  },
  institution: {
    fa: 'برای نرم‌افزارهای لیست و سامانه‌های سازمان‌ها: دسترسی، فرستادن لیست و واکنش به خطاها.',
    en: 'For payroll software and institutions’ systems: access, sending lists, and what to do when something is refused.',
  },
} as const satisfies Record<string, Localised>;

type PageName = keyof typeof guidePages;
const pageNames = Object.keys(guidePages) as readonly PageName[];

const words = {
  title: { fa: 'راهنمای سامانهٔ سوابق', en: 'Guide to Savabegh' },
  about: {
    fa: 'سامانهٔ سوابق خدمتی برای سازمان بیمهٔ اجتماعی است. بیمه‌شده با کد ملی ثبت‌نام می‌کند، سوابق بیمهٔ خود را می‌بیند و اگر گذرواژه را فراموش کند، با پیامک، ایمیل یا پرسش‌های امنیتی دوباره وارد می‌شود. اپ‌ها، صفحه‌های وب، کارفرمایان و سازمان‌های دیگر با یک API به آن وصل می‌شوند.',
    en: 'Savabegh is a service for a social-insurance organisation. An insured person signs up with the national code, sees the insurance record, and gets back in by SMS, e-mail or security questions when the password is lost. Apps, front ends, employers and other institutions reach it by one API.',
  },
  read: { fa: 'از کجا شروع کنید', en: 'Where to start' },
  lookUp: { fa: 'برای مراجعه', en: 'To look things up' },
  contents: { fa: 'در این صفحه', en: 'On this page' },
  steps: { fa: 'صفحه‌های دیگر راهنما', en: 'Other pages of the guide' },
  before: { fa: 'صفحهٔ پیش', en: 'Before' },
  next: { fa: 'صفحهٔ بعد', en: 'Next' },
} as const satisfies Record<string, Localised>;

const references: readonly (readonly [href: string, title: Localised, about: Localised])[] = [
  [
    '/docs',
    { fa: 'مرجع API', en: 'API reference' },
    {
      fa: 'همهٔ عملیات، با نمونه؛ همان‌جا می‌توانید بیازمایید.',
      en: 'Every operation, with examples; try them there.',
    },
  ],
  [
    '/openapi.json',
    { fa: 'قرارداد OpenAPI', en: 'OpenAPI contract' },
    { fa: 'برای ساختن کلاینت در هر زبان.', en: 'To generate a client in any language.' },
  ],
  [
    '/problems',
    { fa: 'خطاها', en: 'Problems' },
    { fa: 'هر خطا کی رخ می‌دهد و چه باید کرد.', en: 'When each problem happens, and what to do.' },
  ],
  [
    '/findings',
    { fa: 'ایرادهای لیست', en: 'List findings' },
    { fa: 'آنچه گزارش یک لیست می‌تواند بگوید.', en: 'What the report of a list can say.' },
  ],
];

const card = (href: string, title: string, about: string) =>
  `<li><a href="${href}">${title}</a><p>${about}</p></li>`;

function readText(name: PageName) {
  const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
  return { en: read(`${name}.md`), fa: read(`fa/${name}.md`) };
}

/**
 * How to build on the service, beside the reference at `/docs`: pages of text in Persian and English, rendered from
 * `docs/guide`, which need nothing from outside.
 */
export const guide: FastifyPluginAsync = async (app) => {
  const texts = new Map(pageNames.map((name) => [name, readText(name)]));
  const rendered = new Map<string, RenderedText>();

  function render(name: PageName, locale: Locale): RenderedText {
    const key = `${name} ${locale}`;
    const text = rendered.get(key) ?? renderMarkdown(texts.get(name) ?? { fa: '', en: '' }, locale);
    rendered.set(key, text);
    return text;
  }

  function frontPage(locale: Locale): string {
    const pages = pageNames.map((name) =>
      card(`${path}/${name}`, render(name, locale).title, guidePages[name][locale]),
    );
    const others = references.map(([href, title, about]) => card(href, title[locale], about[locale]));
    return `<h1>${words.title[locale]}</h1>
<p>${words.about[locale]}</p>
<h2>${words.read[locale]}</h2>
<ul class="cards">${pages.join('\n')}</ul>
<h2>${words.lookUp[locale]}</h2>
<ul class="cards">${others.join('\n')}</ul>`;
  }

  function textPage(name: PageName, locale: Locale): string {
    const { html, headings } = render(name, locale);
    const list = headings
      .filter(({ depth }) => depth === 2)
      .map(({ id, html }) => `<li><a href="#${id}">${html}</a></li>`);
    const contents = `<nav class="contents" aria-label="${words.contents[locale]}"><ul>${list.join('\n')}</ul></nav>`;
    const index = pageNames.indexOf(name);
    const step = (other: PageName | undefined, word: Localised) =>
      other
        ? `<a href="${path}/${other}"><small>${word[locale]}</small> ${render(other, locale).title}</a>`
        : '<span></span>';
    return `${html.replace('</h1>', `</h1>\n${contents}`)}
<nav class="steps" aria-label="${words.steps[locale]}">${step(pageNames[index - 1], words.before)}${step(pageNames[index + 1], words.next)}</nav>`;
  }

  /** Made when it is first asked for, once in each language. */
  function serve(url: string, titleOf: (locale: Locale) => string, mainOf: (locale: Locale) => string): void {
    const documents = new Map<Locale, FixedDocument>();
    app.get(url, { schema: { hide: true } }, async (request: FastifyRequest, reply: FastifyReply) => {
      const locale = getPageLocale(request);
      const document =
        documents.get(locale) ??
        fixedDocument(framed({ title: titleOf(locale), main: mainOf(locale), locale, path: url }));
      documents.set(locale, document);
      reply
        .header('content-security-policy', framePolicy)
        .header('content-language', locale)
        .header('vary', 'accept-language')
        .type('text/html; charset=utf-8');
      return sendFixedDocument(request, reply, document);
    });
  }

  serve(path, (locale) => words.title[locale], frontPage);
  for (const name of pageNames) {
    serve(
      `${path}/${name}`,
      (locale) => render(name, locale).title,
      (locale) => textPage(name, locale),
    );
  }
};
