import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { getPrincipal, requireAccessToken } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { toPage } from '../../http/paging.ts';
import { problemResponses } from '../../http/problems.ts';
import { toCursor, uuidPosition } from '../../kernel/cursor.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { accountProblems } from '../accounts/index.ts';
import { grantProblems } from './grants.problems.ts';
import { GrantParams, GrantsSchema, LooksQuery, LooksSchema } from './grants.schemas.ts';
import { type GrantDependencies, keepGrant, listGrants, listLooks, withdrawGrant } from './grants.service.ts';

const tags = ['grants'];

type Options = Readonly<{ grants: GrantDependencies }>;

/** What a person has of the institutions that may look. */
export const grantRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  app.addSchema(GrantsSchema);
  app.addSchema(LooksSchema);
  requireAccessToken(app);
  for (const route of [listRoute, withdrawRoute, keepRoute, looksRoute]) await app.register(route, options);
};

const listRoute: FastifyPluginAsyncTypebox<Options> = async (app, { grants }) => {
  app.get(
    '/v1/me/grants',
    {
      schema: {
        operationId: 'listGrants',
        tags,
        summary: 'Who may look at the record',
        description:
          'Every grant that has not run out, newest first; those that a new password suspended too.',
        response: { 200: Type.Ref('GrantList'), ...problemResponses(commonProblems.notAuthenticated) },
      },
    },
    async (request, reply) => {
      const found = await listGrants(grants, getPrincipal(request));
      return reply.send({
        grants: found.map((grant) => ({
          ...grant,
          scopes: [...grant.scopes],
          createdAt: grant.createdAt.toISOString(),
          expiresAt: grant.expiresAt.toISOString(),
        })),
      });
    },
  );
};

const withdrawRoute: FastifyPluginAsyncTypebox<Options> = async (app, { grants }) => {
  app.delete(
    '/v1/me/grants/:id',
    {
      schema: {
        operationId: 'withdrawGrant',
        tags,
        summary: 'Withdraw a grant',
        description: 'The institution is refused from its next request on.',
        params: GrantParams,
        response: {
          204: Type.Null({ description: 'The grant is withdrawn.' }),
          ...problemResponses(
            commonProblems.invalidInput,
            commonProblems.notAuthenticated,
            grantProblems.grantNotFound,
          ),
        },
      },
    },
    async (request, reply) => {
      await withdrawGrant(grants, getPrincipal(request), request.params.id, toCaller(request));
      return reply.code(204).send(null);
    },
  );
};

const keepRoute: FastifyPluginAsyncTypebox<Options> = async (app, { grants }) => {
  app.post(
    '/v1/me/grants/:id/keep',
    {
      config: { repeats: { exempt: 'a grant that is kept twice is kept' } },
      schema: {
        operationId: 'keepGrant',
        tags,
        summary: 'Let a grant go on after a new password',
        description:
          'A new password suspends every grant. The session must be fresh: `POST /v1/me/reauthentication`.',
        params: GrantParams,
        response: {
          204: Type.Null({ description: 'The grant holds.' }),
          ...problemResponses(
            commonProblems.invalidInput,
            commonProblems.notAuthenticated,
            accountProblems.freshSignInNeeded,
            grantProblems.grantNotFound,
          ),
        },
      },
    },
    async (request, reply) => {
      await keepGrant(grants, getPrincipal(request), request.params.id, toCaller(request));
      return reply.code(204).send(null);
    },
  );
};

const looksRoute: FastifyPluginAsyncTypebox<Options> = async (app, { grants }) => {
  app.get(
    '/v1/me/record-accesses',
    {
      schema: {
        operationId: 'listRecordAccesses',
        tags,
        summary: 'Who has looked at the record',
        description: 'Newest first: when, who, which scope, by which grant.',
        querystring: LooksQuery,
        response: {
          200: Type.Ref('RecordAccessPage'),
          ...problemResponses(commonProblems.invalidInput, commonProblems.notAuthenticated),
        },
      },
    },
    async (request, reply) => {
      const page = toPage(request.query, uuidPosition);
      const { looks, next } = await listLooks(grants, getPrincipal(request), page);
      return reply.send({
        accesses: looks.map((look) => ({ ...look, accessedAt: look.accessedAt.toISOString() })),
        nextCursor: toCursor(next),
      });
    },
  );
};
