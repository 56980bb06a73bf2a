import { readFile } from 'node:fs/promises';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { RenderMessage } from '../messaging/index.ts';
import { renderInBox } from './in-box.page.ts';
import { findMail, type InBoxMessage } from './in-box.repository.ts';

export type InBoxDeps = Readonly<{ db: Kysely<Database>; render: RenderMessage }>;

const path = '/dev/messages';
const mostMessages = 100;

/** Only what the service itself serves, and nothing that a message could smuggle in. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A mail's own page: its style and nothing else, in a sandbox. */
const mailPolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/**
 * The messages that people would have received, codes included. For development only: whoever may look here
 * may sign in as anybody, so the composition root registers it in no other place.
 */
export const inBoxRoutes: FastifyPluginAsync<InBoxDeps> = async (app, { db, render }) => {
  const hidden = { schema: { hide: true } } as const;
  const asset = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');
  const [script, style] = await Promise.all([asset('in-box.client.js'), asset('in-box.css')]);

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    reply.header('content-security-policy', policy);
  });

  const read = (request: FastifyRequest): Promise<readonly InBoxMessage[]> =>
    findMail(db, render, destinationOf(request), mostMessages);

  app.get(path, hidden, async (request, reply) => {
    const messages = await read(request);
    if (wantsJson(request)) return { messages };
    return reply.type('text/html; charset=utf-8').send(renderInBox(messages));
  });
  app.get(`${path}.json`, hidden, async (request) => ({ messages: await read(request) }));
  app.get<{ Params: { id: string } }>(`${path}/:id/mail`, hidden, async (request, reply) => {
    const message = (await read(request)).find(({ id }) => id === request.params.id);
    if (!message?.html) return reply.callNotFound();
    reply.header('content-security-policy', mailPolicy);
    return reply.type('text/html; charset=utf-8').send(message.html);
  });
  app.get(`${path}.js`, hidden, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(script),
  );
  app.get(`${path}.css`, hidden, (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
};

/** `?destination=`: only what went to this mobile or address. */
function destinationOf({ query }: FastifyRequest): string | null {
  const { destination } = query as { destination?: unknown };
  return typeof destination === 'string' ? destination : null;
}

/** Browsers name HTML; programs that name JSON first get JSON. */
function wantsJson({ headers }: FastifyRequest): boolean {
  const accept = headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
}
