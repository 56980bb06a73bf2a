import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { problemResponses } from '../http/problems.ts';
import { brand, frameStyle } from './frame.ts';

const style = `${frameStyle}
body { max-width: 34rem; }
h1 { font-size: 1.3rem; line-height: 1.5; } button { font: inherit; padding: .6rem 1rem; margin: .5rem 0; display: block; width: 100%; border: 1px solid var(--mark); border-radius: .4rem; background: none; color: var(--mark); cursor: pointer; } button:disabled { opacity: .6; } output { display: block; margin-top: 1rem; font-weight: bold; }
`;

/**
 * The secret is in the fragment, which browsers send to nobody; it leaves the address bar at once. Only a
 * pressed button does something, so that scanners and previews which open links do nothing.
 */
const script = `
const [, purpose, token] = /^#([a-z-]+)=([\\w-]+)$/.exec(location.hash) ?? [];
history.replaceState(null, '', location.pathname);
const section = document.getElementById(purpose ?? 'unknown') ?? document.getElementById('unknown');
section.hidden = false;
const output = document.querySelector('output');
for (const button of section.querySelectorAll('button')) {
  button.onclick = async () => {
    const enable = (on) => { for (const each of section.querySelectorAll('button')) each.disabled = !on; };
    enable(false);
    const response = await fetch(button.value, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    }).catch(() => null);
    if (response?.ok) return void (output.textContent = button.dataset.done);
    const problem = await response?.json().catch(() => null);
    output.textContent = problem?.detail ?? 'پاسخی نیامد؛ دوباره تلاش کنید. No response; try again.';
    enable(true);
  };
}
`;

const page = `<!doctype html>
<html lang="fa" dir="rtl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>سامانهٔ سوابق · Savabegh</title>
<style>${style}</style>
</head>
<body>
<header class="brand">${brand('fa')} · <span lang="en" dir="ltr">${brand('en')}</span></header>
<main>
<section id="dispute" hidden>
<h1>کار شما نبود؟</h1>
<p>اگر آنچه در پیام آمده کار شما نبود، همین‌جا اعلام کنید: از همهٔ دستگاه‌ها خارج می‌شوید، تغییرهای در انتظار لغو می‌شود و حساب قفل می‌شود. سپس گذرواژه را بازیابی کنید.</p>
<p lang="en" dir="ltr">If what the message tells of was not you, report it here: all devices are signed out, pending changes are cancelled, and the account is locked. Recover the password afterwards.</p>
<button value="/v1/disputes" data-done="ثبت شد و حساب قفل است؛ اکنون گذرواژه را بازیابی کنید. Reported, and the account is locked; recover the password now.">کار من نبود · This wasn’t me</button>
</section>
<section id="unknown" hidden>
<h1>این لینک کامل نیست</h1>
<p>لینک را کامل از پیام باز کنید.</p>
<p lang="en" dir="ltr">This link is not complete: open the whole link of the message.</p>
</section>
<output role="status"></output>
</main>
<script>${script}</script>
</body>
</html>
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
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
        description: 'A page with buttons; opening it changes nothing. The secret stays in the fragment.',
        security: [],
        response: {
          200: {
            description: 'The page.',
            content: { 'text/html': { schema: Type.String() } },
          },
          ...problemResponses(),
        },
      },
    },
    async (_request, reply) =>
      reply
        .header('content-security-policy', policy)
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .serializer(String)
        .send(page),
  );
};
