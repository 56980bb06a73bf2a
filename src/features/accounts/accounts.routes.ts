import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { getPrincipal, requireAccessToken } from '../../http/authentication.ts';
import { browserCookieProblems, getDeviceToken } from '../../http/browser-cookies.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { DeviceHeaders } from '../one-time-codes/index.ts';
import { passwordProblems } from '../passwords/index.ts';
import { accountProblems } from './accounts.problems.ts';
import {
  AccountExportSchema,
  PasswordChangeBody,
  PasswordSetSchema,
  ProfileSchema,
} from './accounts.schemas.ts';
import {
  type AccountDependencies,
  changePassword,
  exportOwnAccount,
  readProfile,
} from './accounts.service.ts';

const tags = ['account'];

type AccountRoutes = FastifyPluginAsyncTypebox<{ accounts: AccountDependencies }>;

export const accountRoutes: AccountRoutes = async (app, { accounts }) => {
  for (const schema of [ProfileSchema, AccountExportSchema, PasswordSetSchema]) app.addSchema(schema);
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
      const profile = await readProfile(accounts, getPrincipal(request));
      return reply.send({
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
          'the one whose token is sent along, cancels pending changes of addresses and answers, and tells every trusted ' +
          'address of the person, which can dispute it for 72 hours.',
        headers: DeviceHeaders,
        body: PasswordChangeBody,
        response: {
          200: Type.Ref('PasswordSet'),
          ...problemResponses(
            commonProblems.notAuthenticated,
            browserCookieProblems.originNotAccepted,
            accountProblems.currentPasswordNotAccepted,
            accountProblems.tooManyWrongPasswords,
            passwordProblems.refused,
          ),
        },
      },
    },
    async (request, reply) => {
      const change = { ...request.body, deviceToken: getDeviceToken(request) };
      const cancelledChanges = await changePassword(
        accounts,
        getPrincipal(request),
        change,
        toCaller(request),
      );
      return reply.send({ cancelledChanges });
    },
  );

  await app.register(exportRoute, { accounts });
};

const exportRoute: AccountRoutes = async (app, { accounts }) => {
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
          ...problemResponses(
            commonProblems.notAuthenticated,
            accountProblems.freshSignInNeeded,
            accountProblems.tooManyExports,
          ),
        },
      },
    },
    async (request, reply) => {
      const exported = await exportOwnAccount(accounts, getPrincipal(request), toCaller(request));
      // Instants become texts the way JSON writes them.
      const document: Static<typeof AccountExportSchema> = JSON.parse(JSON.stringify(exported));
      return reply
        .header('content-disposition', 'attachment; filename="savabegh-account.json"')
        .send(document);
    },
  );
};
