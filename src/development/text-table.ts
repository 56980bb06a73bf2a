import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { textCatalogue } from '../messaging/texts.catalogue.ts';

/** A text for people in both languages, wherever in the source it stands: `fa` and `en`, one after the other. */
const pair = /\bfa:\s*(['`])((?:\\.|(?!\1)[^\\])*)\1,\s*en:\s*(['"`])((?:\\.|(?!\3)[^\\])*)\3/g;

export type TextPair = Readonly<{ fa: string; en: string }>;

/** The pairs that stand in a file, in their order. */
export function toTextPairs(source: string): TextPair[] {
  return [...source.matchAll(pair)].map(([, , fa = '', , en = '']) => ({ fa, en }));
}

/**
 * Everything that people are told, both languages side by side, as Markdown to read through: what the source says by
 * file, then messages by purpose.
 * @param folder of the source
 */
export async function textTable(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  const sections: string[] = [];
  for (const file of files) {
    const pairs = toTextPairs(await readFile(join(folder, file), 'utf8')).filter(({ fa }) => fa !== '');
    if (pairs.length > 0) sections.push(section(`\`${file.replaceAll('\\', '/')}\``, pairs));
  }
  for (const [purpose, { fa, en }] of Object.entries(textCatalogue)) {
    const pairs = [
      { fa: fa.sms[0] ?? '', en: en.sms[0] ?? '' },
      { fa: fa.email.subject, en: en.email.subject },
      ...fa.email.paragraphs.map((paragraph, at) => ({ fa: paragraph, en: en.email.paragraphs[at] ?? '' })),
    ].filter(({ fa: text }) => !/^\{\w+\}$/.test(text));
    sections.push(section(`Message \`${purpose}\``, pairs));
  }
  const what =
    'Every text that people read, both languages side by side. Written by `npx savabegh generate texts`; mend a text where it stands.';
  return `# Texts\n\n${what}\n\n${sections.join('\n')}`;
}

function section(title: string, pairs: readonly TextPair[]): string {
  const rows = pairs.map(({ fa, en }) => `| ${cell(fa)} | ${cell(en)} |`);
  return `## ${title}\n\n| Persian | English |\n|---|---|\n${rows.join('\n')}\n`;
}

const cell = (text: string) => text.replaceAll('\\n', ' ').replaceAll('\n', ' ').replaceAll('|', '\\|');
