import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { commonProblems, Problem } from '../kernel/problem.ts';
import { StringEnum } from './fields.ts';
import { problemResponses } from './problems.ts';

export type HealthOptions = Readonly<{
  /** Resolves when the service can do its work: database reachable, schema as expected. */
  checkReadiness(): Promise<void>;
}>;

const Health = Type.Object({ status: StringEnum(['ok']) }, { title: 'Health' });
const retryAfterSeconds = 5;

export const health: FastifyPluginAsyncTypebox<HealthOptions> = async (app, { checkReadiness }) => {
  const unlimited = { rateLimit: false } as const;

  app.get(
    '/livez',
    {
      config: unlimited,
      schema: {
        operationId: 'getLiveness',
        tags: ['operations'],
        summary: 'Is the process alive?',
        description:
          'Answers without looking at anything else. A process that does not answer is to be restarted.',
        security: [],
        response: { 200: Health, ...problemResponses() },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: unlimited,
      schema: {
        operationId: 'getReadiness',
        tags: ['operations'],
        summary: 'Can the process serve requests?',
        description:
          'Looks at the database, the version of its schema, and whether messages are dispatched where this process does that. While it fails, send no traffic here.',
        security: [],
        response: { 200: Health, ...problemResponses() },
      },
    },
    async () => {
      try {
        if (app.isLeaving) throw new Error('about to end');
        await checkReadiness();
      } catch (cause) {
        throw new Problem(commonProblems.busy, { retryAfterSeconds, cause });
      }
      return { status: 'ok' as const };
    },
  );

  app.get(
    '/.well-known/jwks.json',
    {
      schema: {
        operationId: 'getJsonWebKeySet',
        tags: ['operations'],
        summary: 'Public keys of access tokens',
        description: 'RFC 7517. The newest key signs; tokens of the others are accepted until they expire.',
        security: [],
        response: {
          200: Type.Object(
            {
              keys: Type.Array(
                Type.Object(
                  {
                    kty: Type.String(),
                    crv: Type.String(),
                    x: Type.String(),
                    y: Type.String(),
                    kid: Type.String(),
                    alg: Type.String(),
                    use: Type.String(),
                  },
                  { title: 'JsonWebKey' },
                ),
              ),
            },
            { title: 'JsonWebKeySet' },
          ),
          ...problemResponses(),
        },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return app.accessTokens.jwks;
    },
  );
};
