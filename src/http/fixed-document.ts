import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A public answer that is the same for everybody until the service is configured anew: JSON, or a text as it is. */
export type FixedDocument = Readonly<{ body: object | string; etag: string }>;

export function fixedDocument(body: object | string): FixedDocument {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  return { body, etag: `"${digest}"` };
}

/** Anybody may keep such an answer for an hour without asking. */
const defaultCaching = 'public, max-age=3600';
/** More tags than that are not a client's cache. */
const longestIfNoneMatch = 1024;

/** Whether `If-None-Match` (RFC 9110 §13.1.2) names this tag: a list or `*`, compared weakly. */
function namesTag(header: string, etag: string): boolean {
  if (header.length > longestIfNoneMatch) return false;
  return header.split(',').some((item) => item.trim() === '*' || item.trim().replace(/^W\//, '') === etag);
}

/** Answers with the document, or with 304 where the client has it. */
export function sendFixedDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag }: FixedDocument,
  caching = defaultCaching,
): FastifyReply {
  reply.header('etag', etag).header('cache-control', caching);
  const held = request.headers['if-none-match'];
  return held !== undefined && namesTag(held, etag) ? reply.code(304).send() : reply.send(body);
}
