import { createHash } from 'node:crypto';

/** Whose page it is: the same on all that people see. */
export const pageHeader =
  '<header class="brand"><span lang="fa">سامانهٔ سوابق</span> · <span lang="en">Savabegh</span></header>';

/** Of every page for people. Light and dark by the reader's own setting, in the system's colours. */
export const frameStyle = `
:root { color-scheme: light dark; --mark: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --mark: #8ab4f8; } }
body { font: 16px/1.8 system-ui, Vazirmatn, "Noto Sans Arabic", sans-serif; margin: 0 auto; padding: 0 1rem 3rem; overflow-wrap: break-word; }
.brand { padding: 1rem 0 .6rem; margin-bottom: 1.5rem; border-bottom: 3px solid var(--mark); font-weight: 700; }
a { color: var(--mark); }
`;

/** Text of any direction, code as code. */
const style = `${frameStyle}
body { max-width: 50rem; }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.2rem; margin-bottom: .3rem; } section + section { border-top: 1px solid; }
code { font: .85em/1.5 ui-monospace, Consolas, "Noto Sans Mono", monospace; }
pre { direction: ltr; text-align: left; line-height: 1.5; overflow-x: auto; padding: .8rem 1rem; border: 1px solid #8886; border-radius: .4rem; background: #8881; }
pre .language-text { display: block; unicode-bidi: plaintext; text-align: start; white-space: pre-wrap; }
table { display: block; overflow-x: auto; border-collapse: collapse; } th, td { text-align: start; vertical-align: top; padding: .3rem .6rem; border: 1px solid #8886; }
nav a { display: inline-block; margin-inline-end: 1rem; }
`;

/** A page of text: no script, and the one style sheet that is in it. */
export const textPagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export type TextPage = Readonly<{ title: string; lang: 'fa' | 'en'; main: string }>;

/** @param page `title` and `main` are HTML already */
export function textPage({ title, lang, main }: TextPage): string {
  return `<!doctype html>
<html lang="${lang}" dir="${lang === 'fa' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${pageHeader}
<main>
${main}
</main>
</body>
</html>
`;
}
