import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { getPrincipal, requireAccessToken } from '../../http/authentication.ts';
import { getLocale } from '../../http/caller.ts';
import { toPage } from '../../http/paging.ts';
import { problemResponses } from '../../http/problems.ts';
import { toCursor, uuidPosition } from '../../kernel/cursor.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { ActivityQuery, ActivitySchema } from './activity.schemas.ts';
import type { ActivityService } from './activity.service.ts';

export const activityRoutes: FastifyPluginAsyncTypebox<{ service: ActivityService }> = async (
  app,
  { service },
) => {
  app.addSchema(ActivitySchema);
  requireAccessToken(app);

  app.get(
    '/v1/me/activity',
    {
      schema: {
        operationId: 'listActivity',
        tags: ['account'],
        summary: 'What happened to the account',
        description: 'Newest first: what, when, from where, and how it ended.',
        querystring: ActivityQuery,
        response: {
          200: Type.Ref('ActivityPage'),
          ...problemResponses(commonProblems.invalidInput, commonProblems.notAuthenticated),
        },
      },
    },
    async (request, reply) => {
      const { entries, nextCursor } = await service.page(
        getPrincipal(request),
        toPage(request.query, uuidPosition),
        getLocale(request),
      );
      return reply.header('content-language', getLocale(request)).send({
        entries: entries.map((entry) => ({ ...entry, occurredAt: entry.occurredAt.toISOString() })),
        nextCursor: toCursor(nextCursor),
      });
    },
  );
};
