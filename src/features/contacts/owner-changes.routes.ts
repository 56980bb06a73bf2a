import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { getPrincipal } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { securityAnswerProblems } from '../security-questions/index.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { changeProblems, contactProblems } from './contacts.problems.ts';
import { EmailRemovalBody, SecurityAnswersBody } from './contacts.schemas.ts';
import { changeAnswers, removeEmail } from './owner-changes.ts';

const tags = ['account'];

/** Changes that no new address has to be proved for. Guarded by the caller. */
export function ownerChangeRoutes(app: FastifyInstance, contacts: ContactDependencies): void {
  const own = app.withTypeProvider<TypeBoxTypeProvider>();
  own.post(
    '/v1/me/email-removals',
    {
      schema: {
        operationId: 'removeEmail',
        tags,
        summary: 'Remove the e-mail address',
        description:
          'Needs the current password. Pending like a change of it: every trusted address is told, and 72 hours later ' +
          'the address is gone.',
        body: EmailRemovalBody,
        response: {
          202: Type.Ref('ContactChanged'),
          ...problemResponses(...changeProblems, contactProblems.noEmail),
        },
      },
    },
    async (request, reply) => {
      await removeEmail(contacts, getPrincipal(request), request.body, toCaller(request));
      return reply.code(202).send({ state: 'pending' });
    },
  );

  own.put(
    '/v1/me/security-answers',
    {
      schema: {
        operationId: 'changeSecurityAnswers',
        tags,
        summary: 'Choose other security questions',
        description:
          'Needs the current password. Pending like a change of an address: every trusted address is told, and recoveries ' +
          'take the current answers for another 72 hours. A new password cancels it.',
        body: SecurityAnswersBody,
        response: {
          202: Type.Ref('ContactChanged'),
          ...problemResponses(...changeProblems, securityAnswerProblems.refused),
        },
      },
    },
    async (request, reply) => {
      await changeAnswers(contacts, getPrincipal(request), request.body, toCaller(request));
      return reply.code(202).send({ state: 'pending' });
    },
  );
}
