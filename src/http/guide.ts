import { readFileSync } from 'node:fs';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Marked, type Tokens } from 'marked';
import { fixedDocument, sendFixedDocument } from './fixed-document.ts';
import { textPage, textPagePolicy } from './text-page.ts';

const folder = new URL('../../docs/guide/', import.meta.url);
/** Pages of the guide, in the order in which they are read. */
const guidePages = ['mobile-app', 'record', 'employer', 'institution'] as const;
const path = '/docs/guide';

/** A paragraph of either language reads in its own direction, and a heading can be linked to. */
const markdown = new Marked({
  renderer: {
    paragraph({ tokens }: Tokens.Paragraph) {
      return `<p dir="auto">${this.parser.parseInline(tokens)}</p>\n`;
    },
    heading({ tokens, depth, text }: Tokens.Heading) {
      const id = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
      return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
  },
});

function renderPage(name: string) {
  const text = readFileSync(new URL(`${name}.md`, folder), 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1] ?? name;
  return { name, title, html: markdown.parse(text, { async: false }) };
}

/**
 * How to build on the service, beside the reference at `/docs`: pages of text, rendered once from
 * `docs/guide`, which need nothing from outside.
 */
export const guide: FastifyPluginAsync = async (app) => {
  const pages = guidePages.map(renderPage);
  const links = pages.map(({ name, title }) => `<a href="${path}/${name}">${title}</a>`);
  const elsewhere = [
    '<a href="/docs">API reference</a>',
    '<a href="/problems">Problems</a>',
    '<a href="/findings">Findings</a>',
  ];
  const nav = (...items: readonly string[]) => `<nav>${items.join('\n')}</nav>`;

  function serve(url: string, title: string, main: string): void {
    const document = fixedDocument(textPage({ title: `${title} · Savabegh`, lang: 'en', main }));
    app.get(url, { schema: { hide: true } }, async (request: FastifyRequest, reply: FastifyReply) => {
      reply.header('content-security-policy', textPagePolicy).type('text/html; charset=utf-8');
      return sendFixedDocument(request, reply, document);
    });
  }

  // Whoever has nothing but the address is led on, and not for ever: a front end may want this place.
  app.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect(path, 302));
  const list = `<ul>${links.map((link) => `<li>${link}</li>`).join('')}</ul>`;
  serve(path, 'Guide', `<h1>Building on Savabegh</h1>\n${list}\n${nav(...elsewhere)}`);
  const around = nav(...links, ...elsewhere);
  for (const { name, title, html } of pages) serve(`${path}/${name}`, title, `${around}\n${html}${around}`);
};
