import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { getPrincipal } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { accountProblems } from '../accounts/index.ts';
import { FlowParams, flowProblems } from '../one-time-codes/index.ts';
import { startBar, verifyBar } from './bars.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { contactProblems } from './contacts.problems.ts';
import { BarBody, BarProofBody } from './contacts.schemas.ts';
import { viewBar } from './contacts.view.ts';

const tags = ['account'];

/** Barring a way into the account that somebody else holds. Guarded by the caller. */
export function barRoutes(app: FastifyInstance, contacts: ContactDependencies): void {
  const own = app.withTypeProvider<TypeBoxTypeProvider>();
  own.post(
    '/v1/me/barred-kinds',
    {
      schema: {
        operationId: 'startBar',
        tags,
        summary: 'Bar a stolen SIM, a hacked mailbox, or known answers',
        description:
          'Needs the current password and a proof of another kind, on which no recovery rested for 72 hours: a code is ' +
          'sent to the account’s own address, or the answers are asked for.',
        body: BarBody,
        response: {
          201: Type.Ref('Bar'),
          ...problemResponses(
            commonProblems.notAuthenticated,
            accountProblems.currentPasswordNotAccepted,
            accountProblems.tooManyWrongPasswords,
            contactProblems.barNotPossible,
            flowProblems.tooManyMessages,
          ),
        },
      },
    },
    async (request, reply) => {
      const bar = await startBar(contacts, getPrincipal(request), request.body, toCaller(request));
      return reply.code(201).header('location', `/v1/me/barred-kinds/${bar.id}`).send(viewBar(bar));
    },
  );

  own.post(
    '/v1/me/barred-kinds/:id/verification',
    {
      schema: {
        operationId: 'verifyBar',
        tags,
        summary: 'Give the code or the answers',
        description:
          'The kind is barred at once: it neither recovers the account nor is told of anything, until a change of it has ' +
          'been trusted. It is told of this, and can dispute it for 72 hours.',
        params: FlowParams,
        body: BarProofBody,
        response: {
          204: Type.Null({ description: 'The kind is barred.' }),
          ...problemResponses(
            commonProblems.notAuthenticated,
            contactProblems.changeNotOpen,
            flowProblems.stepDone,
            contactProblems.barNotPossible,
            flowProblems.codeNotAccepted,
            flowProblems.tooManyFailedProofs,
          ),
        },
      },
    },
    async (request, reply) => {
      const key = { id: request.params.id, purpose: 'bar', principal: getPrincipal(request) } as const;
      await verifyBar(contacts, key, request.body, toCaller(request));
      return reply.code(204).send(null);
    },
  );
}
