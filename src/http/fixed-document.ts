import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';

/** A public response that is the same for everybody until the service is configured anew: JSON, or a text as it is. */
export type FixedDocument = Readonly<{ body: object | string; etag: string }>;

export function fixedDocument(body: object | string): FixedDocument {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  return { body, etag: `"${digest}"` };
}

/** Anybody may keep such a response for an hour without asking. */
const defaultCaching = 'public, max-age=3600';
/** Responds with the document, or with 304 where `If-None-Match` (RFC 9110 §13.1.2) says that the caller has it. */
export function sendFixedDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag }: FixedDocument,
  caching = defaultCaching,
): FastifyReply {
  reply.header('etag', etag).header('cache-control', caching);
  // Of the request this header alone: `fetch` adds `Cache-Control: no-cache` to whatever is conditional.
  const held = { 'if-none-match': request.headers['if-none-match'] };
  return fresh(held, { etag }) ? reply.removeHeader('content-type').code(304).send() : reply.send(body);
}
