import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { preferredType } from './negotiation.ts';
import { textPagePolicy } from './text-page.ts';

/** Addresses that are a page for people and JSON for programs, the same for everybody. */

const maxAgeSeconds = 3600;

/** The page beside the JSON of a response, for the contract. */
export const pageContent = {
  'text/html': { schema: Type.String({ description: 'The same for people.' }) },
};

/** A text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Browsers ask for HTML, programs do not. */
export function wantsPage(request: FastifyRequest): boolean {
  return preferredType(request, ['application/json', 'text/html']) === 'text/html';
}

/** Says that anybody may keep the answer, one for each form. */
export function negotiated(reply: FastifyReply): FastifyReply {
  return reply.header('vary', 'accept').header('cache-control', `public, max-age=${maxAgeSeconds}`);
}

export function sendPage(reply: FastifyReply, html: string, policy = textPagePolicy) {
  return reply
    .header('content-security-policy', policy)
    .type('text/html; charset=utf-8')
    .serializer(String)
    .send(html as never);
}
