import type { Locale } from '../kernel/locale.ts';

export type EmailContent = Readonly<{
  locale: Locale;
  title: string;
  /** A paragraph that is nothing but the code is set apart. */
  paragraphs: readonly string[];
  code: string | undefined;
}>;

const senderName: Readonly<Record<Locale, string>> = { fa: 'سوابق', en: 'Savabegh' };

export function renderEmailText({ locale, paragraphs }: EmailContent): string {
  return `${[...paragraphs, senderName[locale]].join('\n\n')}\n`;
}

/**
 * One column, system fonts, nothing loaded from anywhere and nothing to click. Colours are given for light
 * and dark themes; where a mail program drops the style sheet, its own colours remain and stay readable, and
 * long links still break.
 */
export function renderEmailHtml({ locale, title, paragraphs, code }: EmailContent): string {
  const direction = locale === 'fa' ? 'rtl' : 'ltr';
  const body = [...paragraphs, senderName[locale]].map((paragraph) =>
    paragraph === code
      ? `<p class="code" dir="ltr">${escapeHtml(paragraph)}</p>`
      : `<p dir="auto">${escapeHtml(paragraph)}</p>`,
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
.code { font: 700 32px/1.4 ui-monospace, Consolas, monospace; letter-spacing: 6px; text-align: center; }
@media (prefers-color-scheme: dark) { body { color: #ececf1; background: #17171a; } }
</style>
</head>
<body dir="${direction}">
<main dir="${direction}" style="overflow-wrap:anywhere">
${body.join('\n')}
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

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
