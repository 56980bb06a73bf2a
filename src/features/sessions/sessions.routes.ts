import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { getPrincipal, requireAccessToken } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { accountProblems } from '../accounts/index.ts';
import { clearBrowser } from './browser-tokens.ts';
import { sessionProblems } from './sessions.problems.ts';
import {
  ReauthenticationBody,
  SessionParams,
  SessionsQuery,
  SessionsSchema,
  SignInOutcomeSchema,
  TokensSchema,
  sessionTags as tags,
} from './sessions.schemas.ts';
import type { SessionService } from './sessions.service.ts';
import { signInRoutes } from './sign-in.routes.ts';

type Options = Readonly<{ service: SessionService }>;

export const sessionRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  for (const schema of [TokensSchema, SignInOutcomeSchema, SessionsSchema]) app.addSchema(schema);
  await app.register(signInRoutes, options);
  await app.register(async (own) => {
    requireAccessToken(own);
    for (const route of [listRoute, endRoute, endAllRoute, reauthenticationRoute]) {
      await own.register(route, options);
    }
  });
};

const listRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  app.get(
    '/v1/me/sessions',
    {
      schema: {
        operationId: 'listSessions',
        tags,
        summary: 'Where the person is signed in',
        description: 'Every live session, used last first.',
        response: { 200: Type.Ref('SessionList'), ...problemResponses(commonProblems.notAuthenticated) },
      },
    },
    async (request, reply) => {
      const sessions = await service.list(getPrincipal(request));
      return reply.send({
        sessions: sessions.map((session) => ({
          ...session,
          createdAt: session.createdAt.toISOString(),
          lastUsedAt: session.lastUsedAt.toISOString(),
          expiresAt: session.expiresAt.toISOString(),
        })),
      });
    },
  );
};

const endRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  app.delete(
    '/v1/me/sessions/:id',
    {
      schema: {
        operationId: 'endSession',
        tags,
        summary: 'End a session',
        description: 'Its tokens are refused from the next request on.',
        params: SessionParams,
        response: {
          204: Type.Null({ description: 'The session has ended.' }),
          ...problemResponses(
            commonProblems.invalidInput,
            commonProblems.notAuthenticated,
            sessionProblems.sessionNotFound,
          ),
        },
      },
    },
    async (request, reply) => {
      const principal = getPrincipal(request);
      await service.end(principal, request.params.id, toCaller(request));
      if (request.params.id === principal.sessionId) clearBrowser(request, reply);
      return reply.code(204).send(null);
    },
  );
};

const endAllRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  app.delete(
    '/v1/me/sessions',
    {
      schema: {
        operationId: 'endSessions',
        tags,
        summary: 'End every session',
        description: 'This one too, unless `except=current` keeps it.',
        querystring: SessionsQuery,
        response: {
          204: Type.Null({ description: 'The sessions have ended.' }),
          ...problemResponses(commonProblems.invalidInput, commonProblems.notAuthenticated),
        },
      },
    },
    async (request, reply) => {
      const keepCurrent = request.query.except === 'current';
      await service.endAll(getPrincipal(request), keepCurrent, toCaller(request));
      if (!keepCurrent) clearBrowser(request, reply);
      return reply.code(204).send(null);
    },
  );
};

const reauthenticationRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  app.post(
    '/v1/me/reauthentication',
    {
      config: {
        repeats: { exempt: 'it holds for five minutes from when it was given, not from an earlier time' },
      },
      schema: {
        operationId: 'reauthenticate',
        tags,
        summary: 'Give the password again',
        description:
          'For five minutes from now the session may do what needs a fresh sign-in, like exporting the account.',
        body: ReauthenticationBody,
        response: {
          204: Type.Null({ description: 'The session counts as freshly signed in.' }),
          ...problemResponses(
            commonProblems.notAuthenticated,
            accountProblems.currentPasswordNotAccepted,
            accountProblems.tooManyWrongPasswords,
          ),
        },
      },
    },
    async (request, reply) => {
      await service.reauthenticate(getPrincipal(request), request.body.currentPassword, toCaller(request));
      return reply.code(204).send(null);
    },
  );
};
