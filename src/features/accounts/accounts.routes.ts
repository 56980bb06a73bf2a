import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { principalOf, requireAccessToken } from '../../http/authentication.ts';
import { clientOf } from '../../http/client.ts';
import { bodyProblems, problemResponses } from '../../http/problems.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { passwordProblems } from '../passwords/index.ts';
import { accountProblems } from './accounts.problems.ts';
import { PasswordChangeBody, ProfileSchema } from './accounts.schemas.ts';
import type { AccountService } from './accounts.service.ts';

const tags = ['account'];

export const accountRoutes: FastifyPluginAsyncTypebox<{ service: AccountService }> = async (
  app,
  { service },
) => {
  app.addSchema(ProfileSchema);
  requireAccessToken(app);

  app.get(
    '/v1/me',
    {
      schema: {
        operationId: 'getProfile',
        tags,
        summary: 'Who is signed in',
        description: 'The person’s own profile; contacts are masked.',
        response: { 200: Type.Ref('Profile'), ...problemResponses(commonProblems.notAuthenticated) },
      },
    },
    async (request, reply) => {
      const profile = await service.profile(principalOf(request));
      return reply.header('cache-control', 'no-store').send({
        ...profile,
        createdAt: profile.createdAt.toISOString(),
        passwordChangedAt: profile.passwordChangedAt.toISOString(),
      });
    },
  );

  app.put(
    '/v1/me/password',
    {
      schema: {
        operationId: 'changePassword',
        tags,
        summary: 'Change the password',
        description:
          'Needs the current password. Ends every other session and every open recovery, and tells every address of the person.',
        body: PasswordChangeBody,
        response: {
          204: Type.Null({ description: 'The password has been changed.' }),
          ...problemResponses(
            ...bodyProblems,
            commonProblems.notAuthenticated,
            accountProblems.currentPasswordNotAccepted,
            passwordProblems.refused,
          ),
        },
      },
    },
    async (request, reply) => {
      await service.changePassword(principalOf(request), request.body, clientOf(request));
      return reply.code(204).send(null);
    },
  );
};
