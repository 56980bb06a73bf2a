import { readFile } from 'node:fs/promises';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import { getLocale } from '../http/caller.ts';
import { preferredType } from '../http/negotiation.ts';
import { type Locale, locales } from '../kernel/locale.ts';
import { foldText } from '../kernel/text.ts';
import type { RenderMessage } from '../messaging/index.ts';
import { hashOf } from '../pages/frame.ts';
import { inboxStyle, renderInbox } from './inbox.page.ts';
import { findMail, type InboxMessage } from './inbox.repository.ts';

export type InboxDeps = Readonly<{ db: Kysely<Database>; render: RenderMessage }>;

const path = '/dev/messages';
const maxMessages = 100;
/** How many of the newest are looked through. */
const maxSearched = 2_000;
const maxQueryLength = 100;

/** Only what the service itself serves, and nothing that a message could smuggle in. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src ${hashOf(inboxStyle)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** A mail's own page: its style and nothing else, in a sandbox. */
const mailPolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/**
 * The messages that people would have received, codes included. For development only: whoever may look here
 * may sign in as anybody, so the composition root registers it in no other place.
 */
export const inboxRoutes: FastifyPluginAsync<InboxDeps> = async (app, { db, render }) => {
  const hidden = { schema: { hide: true } } as const;
  const script = await readFile(new URL('inbox.client.js', import.meta.url), 'utf8');

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', policy);
  });

  async function read(request: FastifyRequest): Promise<readonly InboxMessage[]> {
    const [destination, query] = [textOf(request, 'destination') || null, getQuery(request)];
    const messages = await findMail(db, render, destination, query === '' ? maxMessages : maxSearched);
    return messages.filter((message) => matches(message, query)).slice(0, maxMessages);
  }

  app.get(path, hidden, async (request, reply) => {
    const messages = await read(request);
    if (wantsJson(request)) return { messages };
    reply.header('vary', 'accept, accept-language').type('text/html; charset=utf-8');
    return reply.send(renderInbox({ messages, locale: getLanguage(request), query: getQuery(request) }));
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
};

/** `?destination=`: only what went to this mobile or address. `?q=`: only what holds this. */
function textOf({ query }: FastifyRequest, name: 'destination' | 'q' | 'lang'): string {
  const value = (query as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}

const getQuery = (request: FastifyRequest) => textOf(request, 'q').slice(0, maxQueryLength).trim();

function getLanguage(request: FastifyRequest): Locale {
  const chosen = textOf(request, 'lang');
  return locales.find((locale) => locale === chosen) ?? getLocale(request);
}

/** Digits and letters in whatever script; a mobile also as people write it. */
function matches({ destination, purpose, subject, text, code }: InboxMessage, query: string): boolean {
  if (query === '') return true;
  const national = destination.replace(/^\+98/, '0');
  const held = foldText([destination, national, purpose, subject, text, code].join('\n'));
  return held.includes(foldText(query));
}

/** Browsers ask for HTML; programs that name JSON get JSON. */
const wantsJson = (request: FastifyRequest): boolean =>
  preferredType(request, ['text/html', 'application/json']) === 'application/json';
