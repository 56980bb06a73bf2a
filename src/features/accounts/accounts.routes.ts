import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { principalOf, requireAccessToken } from '../../http/authentication.ts';
import { browserCookieProblems, deviceTokenOf } from '../../http/browser-cookies.ts';
import { clientOf } from '../../http/client.ts';
import { bodyProblems, problemResponses } from '../../http/problems.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { DeviceHeaders } from '../flows/flow.schemas.ts';
import { passwordProblems } from '../passwords/index.ts';
import { securityAnswerProblems } from '../security-questions/index.ts';
import { accountProblems } from './accounts.problems.ts';
import {
  AccountExportSchema,
  PasswordChangeBody,
  ProfileSchema,
  SecurityAnswersBody,
} from './accounts.schemas.ts';
import type { AccountService } from './accounts.service.ts';

const tags = ['account'];

export const accountRoutes: FastifyPluginAsyncTypebox<{ service: AccountService }> = async (
  app,
  { service },
) => {
  for (const schema of [ProfileSchema, AccountExportSchema]) app.addSchema(schema);
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
          'Needs the current password. Ends every other session and every open recovery, forgets every known device but ' +
          'the one whose token is sent along, and tells every address of the person.',
        headers: DeviceHeaders,
        body: PasswordChangeBody,
        response: {
          204: Type.Null({ description: 'The password has been changed.' }),
          ...problemResponses(
            ...bodyProblems,
            commonProblems.notAuthenticated,
            browserCookieProblems.originNotAccepted,
            accountProblems.currentPasswordNotAccepted,
            passwordProblems.refused,
          ),
        },
      },
    },
    async (request, reply) => {
      const deviceToken = deviceTokenOf(request);
      await service.changePassword(principalOf(request), { ...request.body, deviceToken }, clientOf(request));
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/v1/me/security-answers',
    {
      schema: {
        operationId: 'changeSecurityAnswers',
        tags,
        summary: 'Choose other security questions',
        description:
          'Needs the current password. Ends open recoveries and tells every address of the person. For 72 hours recoveries ' +
          'go on asking the previous questions, those before the first of several changes, and answers alone are not ' +
          'enough: another method is needed as well, or a branch. A password set by a recovery in that time, “it was not ' +
          'me” and undoing a change of address put the previous questions back and tell every address. A change of the ' +
          'password does not.',
        body: SecurityAnswersBody,
        response: {
          204: Type.Null({ description: 'The answers have been replaced.' }),
          ...problemResponses(
            ...bodyProblems,
            commonProblems.notAuthenticated,
            accountProblems.currentPasswordNotAccepted,
            securityAnswerProblems.refused,
          ),
        },
      },
    },
    async (request, reply) => {
      await service.changeSecurityAnswers(principalOf(request), request.body, clientOf(request));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/v1/me/export',
    {
      schema: {
        operationId: 'exportAccount',
        tags,
        summary: 'Everything that is kept about the account',
        description:
          'Addresses whole, secrets not at all. Needs a sign-in, or a reauthentication, of the last five minutes. The insurance record has an address of its own.',
        response: {
          200: Type.Ref('AccountExport'),
          ...problemResponses(commonProblems.notAuthenticated, accountProblems.freshSignInNeeded),
        },
      },
    },
    async (request, reply) => {
      const exported = await service.exportOwn(principalOf(request), clientOf(request));
      // Instants become texts the way JSON writes them.
      const document: Static<typeof AccountExportSchema> = JSON.parse(JSON.stringify(exported));
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="savabegh-account.json"')
        .send(document);
    },
  );
};
