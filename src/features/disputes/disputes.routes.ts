import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { disputeProblems } from './disputes.problems.ts';
import { type DisputeDependencies, dispute } from './disputes.ts';

const DisputeBody = Type.Object(
  {
    token: Type.String({
      maxLength: 100,
      description: 'What follows `#dispute=` in the link of the notice.',
    }),
  },
  { title: 'DisputeToken', additionalProperties: false },
);

export const disputeRoutes: FastifyPluginAsyncTypebox<{ disputes: DisputeDependencies }> = async (
  app,
  { disputes },
) => {
  app.post(
    '/v1/disputes',
    {
      schema: {
        operationId: 'dispute',
        tags: ['account'],
        summary: 'It was not me',
        description:
          'With the link of a notice, for 72 hours, as long as the account trusts the address that it went to. Ends all ' +
          'sessions and pending changes and locks the account: the password opens nothing until a recovery. What a disputed ' +
          'recovery rested on is barred. The same link again gets the same answer.',
        security: [],
        body: DisputeBody,
        response: {
          204: Type.Null({ description: 'The account is locked.' }),
          ...problemResponses(disputeProblems.notAccepted),
        },
      },
    },
    async (request, reply) => {
      await dispute(disputes, request.body.token, toCaller(request));
      return reply.code(204).send(null);
    },
  );
};
