import { createHash } from 'node:crypto';
import { type Locale, type Localised, locales } from '../kernel/locale.ts';

/** One frame for all that people read: whose page it is, where else to go, and the same in the other language. */

const productName: Localised = { fa: 'سامانهٔ سوابق', en: 'Savabegh' };

const toDirection = (locale: Locale) => (locale === 'fa' ? 'rtl' : 'ltr');

/** On every page, linked to or not. */
export const brand = (locale: Locale) => `<span class="name">${productName[locale]}</span>`;

const languageNames: Localised = { fa: 'فارسی', en: 'English' };

/** Links to the same page in the other languages. `rest`: what else stands in the query, as HTML. */
const languageSwitch = (locale: Locale, rest = '') =>
  locales
    .filter((each) => each !== locale)
    .map(
      (other) =>
        `<a class="other" href="?lang=${other}${rest}" lang="${other}" hreflang="${other}">${languageNames[other]}</a>`,
    )
    .join('\n');

/** Of every page for people. Light and dark by the reader's own setting. */
export const frameStyle = `
:root { color-scheme: light dark; --ink: #1b1b1f; --quiet: #5a5a66; --paper: #fff; --soft: #f4f5f8; --line: #d3d5dd; --shade: #0004; --mark: #0b57d0; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #ececf1; --quiet: #a9a9b6; --paper: #17171a; --soft: #222226; --line: #3f3f48; --shade: #000c; --mark: #8ab4f8; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { font: 16px/1.75 system-ui, Vazirmatn, "Noto Sans Arabic", "Noto Sans", sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; padding: 0 1rem 3rem; overflow-wrap: break-word; }
.brand { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .1rem 1.5rem; padding: .9rem 0 .6rem; margin-bottom: 1.5rem; border-bottom: 3px solid var(--mark); font-weight: 700; }
.brand .name { font-size: 1.1rem; color: var(--ink); text-decoration: none; } .brand .other { font-weight: 400; }
a { color: var(--mark); text-underline-offset: .2em; }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; border-radius: .1rem; }
`;

/** Text of any direction, code as code, tables that show that they scroll. */
const style = `${frameStyle}
body { max-width: 52rem; }
.skip { position: absolute; inset-inline-start: -100vw; } .skip:focus { inset-inline-start: 1rem; top: .5rem; padding: .3rem .8rem; background: var(--paper); z-index: 1; }
.brand nav { order: 3; flex-basis: 100%; display: flex; flex-wrap: wrap; gap: 0 1.3rem; font-weight: 400; } .brand a { padding: .25rem 0; }
@media (min-width: 46rem) { .brand nav { order: 0; flex: 1 1 auto; } }
.brand nav a { text-decoration: none; } .brand nav a:hover { text-decoration: underline; } [aria-current] { color: var(--ink); font-weight: 600; border-bottom: 2px solid var(--mark); }
h1 { font-size: 1.6rem; line-height: 1.4; margin: 0 0 .8rem; } h2 { font-size: 1.25rem; line-height: 1.5; margin: 2.2rem 0 .4rem; } h3 { font-size: 1.05rem; margin: 1.6rem 0 .3rem; }
p, ul, ol { margin: 0 0 .9rem; } li { margin-bottom: .35rem; } ul, ol { padding-inline-start: 1.4rem; }
code { direction: ltr; unicode-bidi: isolate; overflow-wrap: anywhere; font: .86em/1.5 ui-monospace, Consolas, "Noto Sans Mono", monospace; background: var(--soft); border-radius: .25rem; padding: .1em .3em; }
a code { background: none; padding: 0; }
pre, .scroll { overflow-x: auto; scrollbar-width: thin; margin: 0 0 1.1rem; border: 1px solid var(--line); border-radius: .4rem;
  --under: var(--paper); background: linear-gradient(to right, var(--under) 30%, #0000) left / 3rem 100% local, linear-gradient(to left, var(--under) 30%, #0000) right / 3rem 100% local, linear-gradient(to right, var(--shade), #0000) left / .8rem 100% scroll, linear-gradient(to left, var(--shade), #0000) right / .8rem 100% scroll, var(--under); background-repeat: no-repeat; }
pre { --under: var(--soft); direction: ltr; text-align: left; line-height: 1.5; padding: .8rem 1rem; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
pre .language-text { display: block; direction: inherit; unicode-bidi: plaintext; text-align: start; white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; line-height: 1.55; } th, td { text-align: start; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid var(--line); } tr:last-child td { border-bottom: 0; } th { font-weight: 600; }
.scroll.wide table { min-width: 36rem; } td code { overflow-wrap: normal; }
blockquote { margin: 0 0 .9rem; padding-inline-start: .9rem; border-inline-start: 3px solid var(--line); color: var(--quiet); } blockquote p { margin: 0; }
.cards { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: .8rem; }
.cards li { margin: 0; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: .5rem; } .cards a { font-weight: 600; } .cards p { margin: .2rem 0 0; color: var(--quiet); font-size: .95em; }
.contents { margin: 0 0 1.5rem; padding: .6rem 1rem; background: var(--soft); border-radius: .5rem; } .contents ul { list-style: none; padding: 0; margin: 0; columns: 17rem; } .contents li { margin: 0; padding: .1rem 0; }
.steps { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .3rem 2rem; margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.label, small { font-size: .9em; color: var(--quiet); } .kinds { list-style: none; padding: 0; } .kinds li { padding: .55rem 0; margin: 0; border-bottom: 1px solid var(--line); } .kinds p { margin: 0; }
.operations { list-style: none; padding: 0; } .operations .label { display: block; }
section + section { border-top: 1px solid var(--line); padding-top: .4rem; } section > h2 { margin-top: 1rem; }
@media print {
  :root { color-scheme: light; } @page { margin: 16mm 14mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; line-height: 1.6; } .brand nav, .brand .other, .skip, .contents, .steps { display: none; }
  pre, .scroll { overflow: visible; background: none; } pre code { white-space: pre-wrap; overflow-wrap: anywhere; } .scroll.wide table { min-width: 0; } td code { overflow-wrap: anywhere; }
  h1, h2, h3, thead { break-after: avoid; } tr, blockquote, .cards li, .kinds li { break-inside: avoid; } a { color: inherit; }
}
`;

/** Of a style sheet or script that stands in a page, for its policy. */
export const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** A page without a script, whose style sheet is `css`. */
export const policyFor = (css: string) =>
  `default-src 'none'; style-src ${hashOf(css)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** A page of text: no script, and the one style sheet that is in it. */
export const framePolicy = policyFor(style);

const places: readonly (readonly [path: string, name: Localised])[] = [
  ['/docs/guide', { fa: 'راهنما', en: 'Guide' }],
  ['/docs', { fa: 'مرجع API', en: 'API reference' }],
  ['/problems', { fa: 'خطاها', en: 'Problems' }],
  ['/findings', { fa: 'ایرادهای لیست', en: 'List findings' }],
];

const words = {
  skip: { fa: 'رفتن به متن', en: 'Skip to the text' },
  places: { fa: 'بخش‌ها', en: 'Parts' },
} as const satisfies Record<string, Localised>;

/** Whoever chose a language keeps it from page to page. */
function withLanguage(html: string, locale: Locale): string {
  return html.replace(
    / href="\/(?:docs\/guide|problems|findings)(?:\/[a-z-]+)?(?=["#])/g,
    `$&?lang=${locale}`,
  );
}

export type Page = Readonly<{
  /** HTML already, as is `main`. */
  title: string;
  main: string;
  locale: Locale;
  /** Where the page stands. */
  path: string;
}>;

/** A page of text that exists in every language, at one address: links lead to the same language, a switch to the other. */
export function framed({ title, main, locale, path }: Page): string {
  const links = places.map(([place, name]) => {
    const isHere = place === path || (place !== '/docs' && path.startsWith(`${place}/`));
    return `<a href="${place}"${isHere ? ' aria-current="page"' : ''}>${name[locale]}</a>`;
  });
  const body = `<a class="skip" href="#text">${words.skip[locale]}</a>
<header class="brand">
<a class="name" href="/docs/guide">${productName[locale]}</a>
<nav aria-label="${words.places[locale]}">
${links.join('\n')}
</nav>
${languageSwitch(locale)}
</header>
<main id="text" tabindex="-1">
${main}
</main>`;
  return html({ title, locale, style, body: withLanguage(body, locale) });
}

export type PageAlone = Readonly<{
  /** HTML already, as are `main`, `head` and `end`. */
  title: string;
  main: string;
  locale: Locale;
  /** `frameStyle` and its own. */
  style: string;
  head?: string;
  end?: string;
  /** What the link to the other language takes along, `&amp;name=value`. */
  query?: string;
}>;

/** A page that people come to for one thing: its name and the other language, and nowhere else to go. */
export function framedAlone({ title, main, locale, style, query, head = '', end = '' }: PageAlone): string {
  const body = `<header class="brand">${brand(locale)}
${languageSwitch(locale, query)}
</header>
<main>
${main}
</main>
${end}`;
  return html({ title, locale, style, head, body });
}

type Html = Readonly<{ title: string; locale: Locale; style: string; head?: string; body: string }>;

const html = ({ title, locale, style, head = '', body }: Html) => `<!doctype html>
<html lang="${locale}" dir="${toDirection(locale)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}<title>${title} · ${productName[locale]}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
