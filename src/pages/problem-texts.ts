import { readFileSync } from 'node:fs';
import { Marked } from 'marked';
import { type Locale, locales } from '../kernel/locale.ts';

/** When a problem happens and what to do, as HTML: `docs/problems/en.md` and `fa.md`, a section for each code. */
export type ProblemText = Readonly<{ when: string; advice: string }>;

const folder = new URL('../../docs/problems/', import.meta.url);
const markdown = new Marked();

function readTexts(locale: Locale): ReadonlyMap<string, ProblemText> {
  const [, ...parts] = readFileSync(new URL(`${locale}.md`, folder), 'utf8').split(/^## ([a-z-]+)$/m);
  const texts = new Map<string, ProblemText>();
  for (let index = 0; index < parts.length; index += 2) {
    const [code = '', text = ''] = parts.slice(index, index + 2);
    const [when, advice, ...more] = text
      .trim()
      .split(/\n{2,}/)
      .map((paragraph) => markdown.parseInline(paragraph, { async: false }));
    if (!when || !advice || more.length > 0 || texts.has(code)) {
      throw new Error(`${locale}.md says of ${code} once when it happens, and what to do`);
    }
    texts.set(code, { when, advice });
  }
  return texts;
}

export type ProblemTexts = Readonly<Record<Locale, ReadonlyMap<string, ProblemText>>>;

export const readProblemTexts = (): ProblemTexts =>
  Object.fromEntries(locales.map((locale) => [locale, readTexts(locale)])) as ProblemTexts;
