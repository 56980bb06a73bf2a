import type { FastifyReply, FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { getLocale } from '../http/caller.ts';
import { preferredType } from '../http/negotiation.ts';
import { problemResponses } from '../http/problems.ts';
import { type Locale, locales } from '../kernel/locale.ts';
import type { ProblemKind } from '../kernel/problem.ts';
import { framePolicy } from './frame.ts';

/** Addresses that are a page for people and JSON for programs, the same for everybody. */

const maxAgeSeconds = 3600;

const pageContent = { 'text/html': { schema: Type.String({ description: 'The same for people.' }) } };

/** The response of such an address, for the contract. */
export function pageOrJson<Schema extends TSchema>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema }, ...pageContent } };
}

/** `problemResponses` of such an address: browsers get a refusal as a page too (`toRefusalPage`). */
export function pageProblems(...kinds: readonly ProblemKind[]) {
  const responses = Object.entries(problemResponses(...kinds)).map(([status, response]) => [
    status,
    { ...response, content: { ...response.content, ...pageContent } },
  ]);
  return Object.fromEntries(responses) as ReturnType<typeof problemResponses>;
}

/** The query of such an address. */
export const PageQuery = Type.Object(
  {
    lang: Type.Optional(
      Type.Unsafe<Locale>({
        type: 'string',
        enum: [...locales],
        description: 'Language of the page, instead of `Accept-Language`. JSON has every language.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** A text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The language that the page's switch has chosen (`?lang=`), or else that of `Accept-Language`. */
export function getPageLocale(request: FastifyRequest): Locale {
  const { lang } = request.query as Readonly<{ lang?: unknown }>;
  return locales.find((locale) => locale === lang) ?? getLocale(request);
}

/**
 * Sends the page where it is preferred, as browsers prefer it; `null` where JSON is, which is the caller's to send then.
 * Anybody may keep either, one for each form and language.
 */
export function sendPreferredPage(
  request: FastifyRequest,
  reply: FastifyReply,
  toPage: (locale: Locale) => string,
): FastifyReply | null {
  reply.header('vary', 'accept, accept-language').header('cache-control', `public, max-age=${maxAgeSeconds}`);
  if (preferredType(request, ['application/json', 'text/html']) !== 'text/html') return null;
  const locale = getPageLocale(request);
  return sendPage(reply, toPage(locale), locale);
}

export function sendPage(reply: FastifyReply, html: string, locale: Locale, policy = framePolicy) {
  return reply
    .header('content-language', locale)
    .header('content-security-policy', policy)
    .type('text/html; charset=utf-8')
    .serializer(String)
    .send(html as never);
}
