import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { principalOf, requireAccessToken } from '../../http/authentication.ts';
import { clientOf } from '../../http/client.ts';
import { bodyProblems, problemResponses } from '../../http/problems.ts';
import { type NationalCode, parseNationalCode } from '../../kernel/national-code.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { DeviceHeaders } from '../flows/flow.schemas.ts';
import { sessionProblems } from './sessions.problems.ts';
import { RefreshBody, SignInBody, TokensSchema } from './sessions.schemas.ts';
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
  app.addSchema(TokensSchema);

  app.post(
    '/v1/sessions',
    {
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
          ),
        },
      },
    },
    async (request, reply) => {
      const tokens = await service.signIn(
        {
          nationalCode: parseNationalCode(request.body.nationalCode) as NationalCode,
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
    guarded.withTypeProvider<TypeBoxTypeProvider>().delete(
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
        await service.endCurrent(principalOf(request), clientOf(request));
        return reply.code(204).send(null);
      },
    );
  });
};
