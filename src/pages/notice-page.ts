import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Locale, Localised } from '../kernel/locale.ts';
import { commonProblems } from '../kernel/problem.ts';
import { framedAlone, frameStyle, hashOf } from './frame.ts';
import { getPageLocale, PageQuery, pageProblems, sendPage } from './negotiated-page.ts';

const style = `${frameStyle}
body { max-width: 34rem; }
h1 { font-size: 1.3rem; line-height: 1.5; } button { font: inherit; padding: .6rem 1rem; margin: .5rem 0; display: block; width: 100%; border: 1px solid var(--mark); border-radius: .4rem; background: none; color: var(--mark); cursor: pointer; } button:disabled { opacity: .6; } output { display: block; margin-top: 1rem; font-weight: bold; }
`;

/**
 * The secret is in the fragment, which browsers send to nobody; it leaves the address bar at once, and goes along to the
 * other language only. Only a pressed button does something, so that scanners and previews which open links do nothing.
 */
const script = `
const { hash } = location;
const [, purpose, token] = /^#([a-z-]+)=([\\w-]+)$/.exec(hash) ?? [];
history.replaceState(null, '', location.pathname + location.search);
for (const link of document.querySelectorAll('a.other')) link.hash = hash;
// Another link of this page, opened where this one is.
addEventListener('hashchange', () => location.reload());
const section = document.getElementById(purpose ?? 'unknown') ?? document.getElementById('unknown');
section.hidden = false;
const output = document.querySelector('output');
for (const button of section.querySelectorAll('button')) {
  button.onclick = async () => {
    const enable = (on) => { for (const each of section.querySelectorAll('button')) each.disabled = !on; };
    enable(false);
    const response = await fetch(button.value, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': document.documentElement.lang },
      body: JSON.stringify({ token }),
    }).catch(() => null);
    if (response?.ok) return void (output.textContent = button.dataset.done);
    const problem = await response?.json().catch(() => null);
    output.textContent = problem?.detail ?? output.dataset.lost;
    enable(true);
  };
}
`;

const words = {
  dispute: { fa: 'کار شما نبود؟', en: 'Wasn’t this you?' },
  what: {
    fa: 'اگر آنچه در پیام آمده کار شما نبود، همین‌جا اعلام کنید: از همهٔ دستگاه‌ها خارج می‌شوید، تغییرهای در انتظار لغو می‌شود و حساب قفل می‌شود. سپس گذرواژه را بازیابی کنید.',
    en: 'If what the message tells of was not you, report it here: all devices are signed out, pending changes are cancelled, and the account is locked. Recover the password afterwards.',
  },
  button: { fa: 'کار من نبود', en: 'This wasn’t me' },
  done: {
    fa: 'ثبت شد و حساب قفل است؛ اکنون گذرواژه را بازیابی کنید.',
    en: 'Reported, and the account is locked; recover the password now.',
  },
  incomplete: { fa: 'این لینک کامل نیست', en: 'This link is not complete' },
  openWhole: { fa: 'لینک را کامل از پیام باز کنید.', en: 'Open the whole link of the message.' },
  lost: { fa: 'پاسخی نیامد؛ دوباره تلاش کنید.', en: 'No response; try again.' },
  noScript: {
    fa: 'این صفحه بدون جاوااسکریپت کار نمی‌کند؛ آن را در مرورگر روشن کنید یا به شعبه بروید.',
    en: 'This page does not work without JavaScript; switch it on in the browser, or go to a branch.',
  },
} as const satisfies Record<string, Localised>;

const pageIn = (locale: Locale) =>
  framedAlone({
    title: words.dispute[locale],
    locale,
    style,
    head: '<meta name="robots" content="noindex">\n',
    main: `<section id="dispute" hidden>
<h1>${words.dispute[locale]}</h1>
<p>${words.what[locale]}</p>
<button value="/v1/disputes" data-done="${words.done[locale]}">${words.button[locale]}</button>
</section>
<section id="unknown" hidden>
<h1>${words.incomplete[locale]}</h1>
<p>${words.openWhole[locale]}</p>
</section>
<noscript><p>${words.noScript[locale]}</p></noscript>
<output role="status" data-lost="${words.lost[locale]}"></output>`,
    end: `<script>${script}</script>\n`,
  });

const pages: Localised = { fa: pageIn('fa'), en: pageIn('en') };

const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page that links in notices lead to, unless a front end has one of its own (`NOTICE_PAGE_URL`). */
export const noticePage: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/notice',
    {
      schema: {
        operationId: 'getNoticePage',
        tags: ['account'],
        summary: 'Where links in notices lead to',
        description: 'A page with a button; opening it changes nothing. The secret stays in the fragment.',
        security: [],
        // Others are passed over: what mail programs add to a link is not to shut its reader out.
        querystring: Type.Object(PageQuery.properties),
        response: {
          200: {
            description: 'The page.',
            content: { 'text/html': { schema: Type.String() } },
          },
          ...pageProblems(commonProblems.invalidInput),
        },
      },
    },
    async (request, reply) => {
      const locale = getPageLocale(request);
      reply.header('vary', 'accept-language');
      return sendPage(reply, pages[locale], locale, policy);
    },
  );
};
