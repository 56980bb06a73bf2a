import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { principalOf, requireAccessToken } from '../../http/authentication.ts';
import { clientOf } from '../../http/client.ts';
import { inEvenTime } from '../../http/even-time.ts';
import { bodyProblems, problemResponses } from '../../http/problems.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { DeviceHeaders } from '../flows/flow.schemas.ts';
import { personIdOf } from '../flows/identity.ts';
import { sessionProblems } from './sessions.problems.ts';
import {
  RefreshBody,
  SessionParams,
  SessionsQuery,
  SessionsSchema,
  SignInBody,
  TokensSchema,
} from './sessions.schemas.ts';
import type { SessionService, Tokens } from './sessions.service.ts';

const tags = ['sessions'];
const answer = (tokens: Tokens & { deviceToken?: string }) => ({
  ...tokens,
  sessionExpiresAt: tokens.sessionExpiresAt.toISOString(),
});

export const sessionRoutes: FastifyPluginAsyncTypebox<{ service: SessionService }> = async (
  app,
  { service },
) => {
  for (const schema of [TokensSchema, SessionsSchema]) app.addSchema(schema);

  app.post(
    '/v1/sessions',
    {
      onSend: inEvenTime(app),
      schema: {
        operationId: 'signIn',
        tags,
        summary: 'Sign in',
        description: 'National code and password for an access token and a refresh token.',
        security: [],
        headers: DeviceHeaders,
        body: SignInBody,
        response: {
          201: Type.Ref('Tokens'),
          ...problemResponses(
            ...bodyProblems,
            sessionProblems.credentialsNotAccepted,
            sessionProblems.accountDisabled,
            sessionProblems.accountLocked,
          ),
        },
      },
    },
    async (request, reply) => {
      const tokens = await service.signIn(
        {
          person: personIdOf(request.body),
          password: request.body.password,
          deviceToken: request.headers['device-token'] ?? null,
        },
        clientOf(request),
      );
      return reply.code(201).header('cache-control', 'no-store').send(answer(tokens));
    },
  );

  app.post(
    '/v1/sessions/refresh',
    {
      schema: {
        operationId: 'refreshSession',
        tags,
        summary: 'Rotate the tokens',
        description:
          'A refresh token is good for one refresh; using an earlier one again ends the session. A retry of the same ' +
          'client within 30 seconds gets the same answer.',
        security: [],
        body: RefreshBody,
        response: {
          200: Type.Ref('Tokens'),
          ...problemResponses(...bodyProblems, sessionProblems.refreshNotAccepted),
        },
      },
    },
    async (request, reply) => {
      const tokens = await service.refresh(request.body.refreshToken, clientOf(request));
      return reply.header('cache-control', 'no-store').send(answer(tokens));
    },
  );

  await app.register(async (guarded) => {
    requireAccessToken(guarded);
    const own = guarded.withTypeProvider<TypeBoxTypeProvider>();

    own.get(
      '/v1/me/sessions',
      {
        schema: {
          operationId: 'listSessions',
          tags,
          summary: 'Where the person is signed in',
          description: 'Every live session, used last first.',
          response: { 200: Type.Ref('Sessions'), ...problemResponses(commonProblems.notAuthenticated) },
        },
      },
      async (request, reply) => {
        const sessions = await service.list(principalOf(request));
        return reply.header('cache-control', 'no-store').send({
          sessions: sessions.map((session) => ({
            ...session,
            createdAt: session.createdAt.toISOString(),
            lastUsedAt: session.lastUsedAt.toISOString(),
            expiresAt: session.expiresAt.toISOString(),
          })),
        });
      },
    );

    own.delete(
      '/v1/me/sessions/current',
      {
        schema: {
          operationId: 'signOut',
          tags,
          summary: 'Sign out',
          description: 'Ends this session; its tokens are refused from the next request on.',
          response: {
            204: Type.Null({ description: 'The session has ended.' }),
            ...problemResponses(commonProblems.notAuthenticated),
          },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        await service.end(principal, principal.sessionId, clientOf(request));
        return reply.code(204).send(null);
      },
    );

    own.delete(
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
        await service.end(principalOf(request), request.params.id, clientOf(request));
        return reply.code(204).send(null);
      },
    );

    own.delete(
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
        await service.endAll(principalOf(request), keepCurrent, clientOf(request));
        return reply.code(204).send(null);
      },
    );
  });
};
