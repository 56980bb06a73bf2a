import { Marked, type Token, type Tokens } from 'marked';
import type { Locale, Localised } from '../kernel/locale.ts';

/** A text in every language, from Markdown: the structure and the code are those of English. */
export type LocalisedMarkdown = Readonly<{ en: string; fa: string }>;

export type Heading = Readonly<{ id: string; depth: number; html: string }>;
export type RenderedText = Readonly<{ title: string; html: string; headings: readonly Heading[] }>;

const isHeading = (token: Token): token is Tokens.Heading => token.type === 'heading';
const isCode = (token: Token): token is Tokens.Code => token.type === 'code';

const tokensOf = (text: string) => new Marked().lexer(text);

/** Columns with sentences in them need room that a phone has not. */
const narrowColumns = 2;

const tableLabels: Localised = { fa: 'جدول', en: 'Table' };

/** `same` in the same order as in the other language. */
function paired<T>(same: readonly T[], what: string) {
  let next = 0;
  return (): T => {
    const one = same[next];
    next += 1;
    if (one === undefined) throw new Error(`the translation has more ${what} than the original`);
    return one;
  };
}

/**
 * The text in `locale` as HTML. Where a translation has an empty block of code, the block of the original stands, and its
 * headings have the names of the original's, so that an address leads to the same place in every language.
 */
export function renderMarkdown(text: LocalisedMarkdown, locale: Locale): RenderedText {
  const original = tokensOf(text.en);
  const nextName = paired(original.filter(isHeading), 'headings');
  const nextBlock = paired(original.filter(isCode), 'blocks of code');
  const headings: Heading[] = [];
  // English pages quote Persian, which reads in its own direction. A Persian paragraph may begin with a Latin word, and
  // reads from the right all the same.
  const direction = locale === 'fa' ? '' : ' dir="auto"';
  const markdown = new Marked({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const id = toId(nextName().text);
        const html = this.parser.parseInline(tokens);
        headings.push({ id, depth, html });
        return `<h${depth} id="${id}">${html}</h${depth}>\n`;
      },
      paragraph({ tokens }: Tokens.Paragraph) {
        return `<p${direction}>${this.parser.parseInline(tokens)}</p>\n`;
      },
      code() {
        const { text: code, lang = '' } = nextBlock();
        return `<pre tabindex="0"><code class="language-${lang}">${escapeCode(code)}</code></pre>\n`;
      },
      table({ header, rows }: Tokens.Table) {
        const cells = (row: readonly Tokens.TableCell[], name: 'th' | 'td') =>
          `<tr>${row.map(({ tokens }) => `<${name}>${this.parser.parseInline(tokens)}</${name}>`).join('')}</tr>`;
        const label = headings.at(-1)?.html.replace(/<[^>]+>/g, '') ?? tableLabels[locale];
        const width = header.length > narrowColumns ? ' wide' : '';
        return `<div class="scroll${width}" role="region" tabindex="0" aria-label="${label}"><table><thead>${cells(header, 'th')}</thead>
<tbody>${rows.map((row) => cells(row, 'td')).join('\n')}</tbody></table></div>\n`;
      },
    },
  });
  const html = markdown.parse(text[locale], { async: false });
  const title = headings.find(({ depth }) => depth === 1)?.html ?? '';
  return { title, html, headings };
}

const toId = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

function escapeCode(code: string): string {
  return code.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
