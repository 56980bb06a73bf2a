import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { problemResponses } from './problems.ts';

const style = `
:root { color-scheme: light dark; }
body { font-family: system-ui, Vazirmatn, "Noto Sans Arabic", sans-serif; line-height: 1.8; max-width: 34rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; } button { font: inherit; padding: .4rem 1rem; margin: .3rem 0; display: block; width: 100%; } output { display: block; margin-top: 1rem; font-weight: bold; }
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
    output.textContent = problem?.detail ?? 'پاسخی نیامد؛ دوباره تلاش کنید. No answer; try again.';
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
<title>سوابق · Savabegh</title>
<style>${style}</style>
</head>
<body>
<main>
<section id="contact-change" hidden>
<h1>شماره یا ایمیل حساب شما عوض شده است</h1>
<p>اگر کار شما نبود، آن را پس بگیرید: همهٔ نشست‌ها پایان می‌یابد و برای ورود باید گذرواژه را بازیابی کنید.</p>
<p lang="en" dir="ltr">The mobile or e-mail address of your account was changed. If this was not you, undo it: every session ends, and signing in needs a recovery of the password.</p>
<button value="/v1/contact-changes/undo" data-done="پس گرفته شد؛ اکنون گذرواژه را بازیابی کنید. Undone; recover your password now.">کار من نبود؛ پس بگیر · It was not me: undo it</button>
<button value="/v1/contact-changes/confirmation" data-done="تأیید شد. Confirmed.">کار من بود؛ تأیید می‌کنم · It was me</button>
</section>
<section id="recovery" hidden>
<h1>گذرواژهٔ حساب شما بازیابی شده است</h1>
<p>اگر کار شما نبود، اعتراض کنید: همهٔ نشست‌ها پایان می‌یابد و حساب قفل می‌شود تا آن را از راه دیگری بازیابی کنید.</p>
<p lang="en" dir="ltr">The password of your account was recovered. If this was not you, object: every session ends, and the account is locked until you recover it in another way.</p>
<button value="/v1/recoveries/cancellations" data-done="اعتراض شما ثبت شد. Your objection was taken in.">کار من نبود · It was not me</button>
</section>
<section id="unknown" hidden>
<h1>این پیوند کامل نیست</h1>
<p>پیوند را کامل از پیام باز کنید.</p>
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
