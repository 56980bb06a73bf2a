import type { FastifyPluginAsync } from 'fastify';
import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import { commonProblems, Problem } from '../kernel/problem.ts';
import { receiptPath } from './adapters/index.ts';
import type { Sender } from './ports.ts';
import { createReceiptListener } from './receipts.ts';

export type ReceiptRoutesOptions = Readonly<{
  db: Kysely<Database>;
  publicUrl: string;
  senders: readonly Sender<never>[];
}>;

const bodyLimitBytes = 16 * 1024;

/**
 * Where providers post what became of messages. Each signs what it posts in its own way; whatever is not
 * signed is refused. Not limited by network, for a provider posts everything from one. Hidden from the
 * API's description: the shapes are the providers'.
 */
export const receiptRoutes: FastifyPluginAsync<ReceiptRoutesOptions> = async (
  app,
  { db, publicUrl, senders },
) => {
  // Signatures are over the body as it came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: bodyLimitBytes }, (_request, body, done) =>
    done(null, body),
  );
  const names = new Set<string>();
  for (const { name, readPosted } of senders) {
    if (readPosted === undefined || names.has(name)) continue;
    names.add(name);
    const path = receiptPath(name);
    const listener = createReceiptListener(db, name);
    app.post(
      path,
      { config: { rateLimit: false, accepts: '*/*' }, schema: { hide: true } },
      async (request, reply) => {
        const body = typeof request.body === 'string' ? request.body : '';
        const posted = readPosted({ url: publicUrl + path, headers: request.headers, body });
        if (posted === null) throw new Problem(commonProblems.notAuthenticated);
        const { providerMessageId, receipt } = posted;
        if (receipt !== null && !(await listener(providerMessageId, receipt))) {
          throw new Problem(commonProblems.notFound);
        }
        return reply.code(204).send();
      },
    );
  }
};
