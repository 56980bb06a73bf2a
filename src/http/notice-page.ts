import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { problemResponses } from './problems.ts';
import { frameStyle, pageHeader } from './text-page.ts';

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
${pageHeader}
<main>
<section id="contact-change" hidden>
<h1>شمارهٔ همراه یا ایمیل حساب شما تغییر کرده است</h1>
<p>اگر کار شما نبود، تغییر را لغو کنید. با این کار از همهٔ دستگاه‌ها خارج می‌شوید و برای ورود باید گذرواژه را بازیابی کنید.</p>
<p lang="en" dir="ltr">The mobile number or e-mail address of your account was changed. If this wasn’t you, cancel the change: every device is signed out, and you recover the password to sign in.</p>
<button value="/v1/contact-changes/undo" data-done="تغییر لغو شد؛ اکنون گذرواژه را بازیابی کنید. The change is cancelled; recover your password now.">کار من نبود؛ لغو تغییر · This wasn’t me: cancel the change</button>
<button value="/v1/contact-changes/confirmation" data-done="تأیید شد. Confirmed.">کار من بود · This was me</button>
</section>
<section id="recovery" hidden>
<h1>گذرواژهٔ حساب شما بازیابی شده است</h1>
<p>اگر کار شما نبود، خبر دهید. با این کار از همهٔ دستگاه‌ها خارج می‌شوید و حساب قفل می‌شود تا گذرواژه را از راه دیگری بازیابی کنید.</p>
<p lang="en" dir="ltr">The password of your account was recovered. If this wasn’t you, report it: every device is signed out, and the account is locked until you recover the password in another way.</p>
<button value="/v1/recoveries/cancellations" data-done="گزارش شما ثبت شد. Your report was received.">کار من نبود · This wasn’t me</button>
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
