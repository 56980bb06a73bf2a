import type { Locale } from '../kernel/locale.ts';

export type EmailContent = Readonly<{
  locale: Locale;
  title: string;
  /** A paragraph that is nothing but the code is set apart. */
  paragraphs: readonly string[];
  code: string | undefined;
}>;

const senderName: Readonly<Record<Locale, string>> = { fa: 'سامانهٔ سوابق', en: 'Savabegh' };
const footer: Readonly<Record<Locale, string>> = {
  fa: 'این ایمیل را سامانهٔ سوابق خودکار فرستاده است؛ به آن پاسخ ندهید. هیچ‌کس از سوی سامانه گذرواژه یا کد شما را نمی‌پرسد.',
  en: 'Sent automatically by Savabegh: please do not reply. Nobody from Savabegh asks for your password or a code.',
};

export function renderEmailText({ locale, paragraphs }: EmailContent): string {
  return `${[...paragraphs, senderName[locale], footer[locale]].join('\n\n')}\n`;
}

/**
 * One column in a frame with the sender's name, system fonts, nothing loaded from anywhere. Colours are given for light
 * and dark themes; where a mail program drops the style sheet, its own colours remain and stay readable, and
 * long links still break.
 */
export function renderEmailHtml({ locale, title, paragraphs, code }: EmailContent): string {
  const direction = locale === 'fa' ? 'rtl' : 'ltr';
  const body = paragraphs.map((paragraph) =>
    paragraph === code
      ? `<p class="code" dir="ltr">${escapeHtml(paragraph)}</p>`
      : `<p dir="auto">${linkedHtml(paragraph)}</p>`,
  );
  return `<!doctype html>
<html lang="${locale}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; padding: 24px; font: 16px/1.8 Tahoma, "Segoe UI", system-ui, sans-serif; color: #1b1b1f; background: #ffffff; }
main { max-width: 32em; margin: 0 auto; }
.sender { margin: 0; padding: 0 0 8px; border-bottom: 3px solid #0b57d0; font-weight: 700; }
.footer { margin-top: 32px; padding-top: 8px; border-top: 1px solid #8888; font-size: 13px; }
a { color: #0b57d0; }
.code { font: 700 32px/1.4 ui-monospace, Consolas, monospace; letter-spacing: 6px; text-align: center; }
@media (prefers-color-scheme: dark) { body { color: #ececf1; background: #17171a; } a { color: #8ab4f8; } }
</style>
</head>
<body dir="${direction}">
<main dir="${direction}" style="overflow-wrap:anywhere">
<p class="sender">${senderName[locale]}</p>
${body.join('\n')}
<p class="footer">${footer[locale]}</p>
</main>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** An address on the web as far as it surely goes: what ends a sentence is none of it. */
const webAddress = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)؟،؛])/;

/** Text as HTML in which web addresses are links. */
export function linkedHtml(text: string): string {
  return text
    .split(webAddress)
    .map((part, index) =>
      index % 2 === 0
        ? escapeHtml(part)
        : `<a href="${escapeHtml(part)}" rel="noreferrer" dir="ltr">${escapeHtml(part)}</a>`,
    )
    .join('');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
