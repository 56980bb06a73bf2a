import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { getPrincipal, requireAccessToken } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { accountProblems } from '../accounts/index.ts';
import { grantScopes } from '../clients/index.ts';
import {
  AuthorizationParams,
  AuthorizationSchema,
  DecisionBody,
  DecisionSchema,
} from './authorizations.schemas.ts';
import { type AuthorizationDependencies, decide, getAuthorization } from './authorizations.service.ts';
import { oauthProblems } from './oauth.problems.ts';

const tags = ['grants'];
const defaultDays = 30;
const defaultLooks = 10;

/** What a consent page works through. */
export const authorizationRoutes: FastifyPluginAsyncTypebox<{
  authorizations: AuthorizationDependencies;
}> = async (app, { authorizations }) => {
  app.addSchema(AuthorizationSchema);
  app.addSchema(DecisionSchema);
  requireAccessToken(app);

  app.get(
    '/v1/authorizations/:id',
    {
      schema: {
        operationId: 'getAuthorization',
        tags,
        summary: 'What an institution asks the person for',
        description: 'Who asks, what for, and what it would see. It can be decided once, until `expiresAt`.',
        params: AuthorizationParams,
        response: {
          200: Type.Ref('Authorization'),
          ...problemResponses(
            commonProblems.invalidInput,
            commonProblems.notAuthenticated,
            oauthProblems.authorizationNotFound,
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { institution, purpose, scopes, expiresAt } = await getAuthorization(
        authorizations,
        getPrincipal(request),
        id,
      );
      return reply.send({
        institution,
        purpose,
        scopes: scopes.map((scope) => ({ scope, title: grantScopes[scope] })),
        expiresAt: expiresAt.toISOString(),
      });
    },
  );

  app.post(
    '/v1/authorizations/:id/decision',
    {
      config: { repeats: { exempt: 'it can be decided once; the address to go on at is given once' } },
      schema: {
        operationId: 'decideAuthorization',
        tags,
        summary: 'Allow or refuse what an institution asks for',
        description:
          'The session must be fresh: `POST /v1/me/reauthentication`. The person may give less than was asked. Works out only ' +
          'in the browser that began at the institution: elsewhere `continueAt` leads nowhere.',
        params: AuthorizationParams,
        body: DecisionBody,
        response: {
          200: Type.Ref('DecisionTaken'),
          ...problemResponses(
            commonProblems.notAuthenticated,
            accountProblems.freshSignInNeeded,
            oauthProblems.authorizationNotFound,
          ),
        },
      },
    },
    async (request, reply) => {
      const { allow, scopes = [], days = defaultDays, looks = defaultLooks } = request.body;
      const input = { allow, scopes, days, looks };
      const principal = getPrincipal(request);
      return reply.send(await decide(authorizations, principal, request.params.id, input, toCaller(request)));
    },
  );
};
