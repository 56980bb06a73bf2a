import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { getPrincipal, requireAccessToken } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { accountProblems } from '../accounts/index.ts';
import { FlowParams } from '../one-time-codes/index.ts';
import { addressChangeRoutes } from './address-changes.routes.ts';
import { toSentCode } from './address-changes.ts';
import { barRoutes } from './bars.routes.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { contactProblems } from './contacts.problems.ts';
import {
  BarSchema,
  CancellationBody,
  ContactChangedSchema,
  ContactChangeSchema,
  ContactChangesSchema,
  PendingChangeSchema,
} from './contacts.schemas.ts';
import { viewContactChange, viewPendingChange } from './contacts.view.ts';
import { ownerChangeRoutes } from './owner-changes.routes.ts';
import { cancelChange, listChanges } from './pending-changes.ts';

export type ContactRoutesOptions = Readonly<{ contacts: ContactDependencies }>;

const tags = ['account'];

export const contactRoutes: FastifyPluginAsyncTypebox<ContactRoutesOptions> = async (app, { contacts }) => {
  const schemas = [
    ContactChangeSchema,
    ContactChangedSchema,
    PendingChangeSchema,
    ContactChangesSchema,
    BarSchema,
  ];
  for (const schema of schemas) app.addSchema(schema);
  await app.register(async (guarded) => {
    requireAccessToken(guarded);
    const own = guarded.withTypeProvider<TypeBoxTypeProvider>();
    listRoutes(own, contacts);
    addressChangeRoutes(own, contacts);
    ownerChangeRoutes(own, contacts);
    barRoutes(own, contacts);
  });
};

function listRoutes(app: FastifyInstance, contacts: ContactDependencies): void {
  const own = app.withTypeProvider<TypeBoxTypeProvider>();
  own.get(
    '/v1/me/contact-changes',
    {
      schema: {
        operationId: 'listContactChanges',
        tags,
        summary: 'Changes of mobile, e-mail and answers under way',
        description: 'Those that wait for a code, and those that wait to be trusted.',
        response: { 200: Type.Ref('ContactChanges'), ...problemResponses(commonProblems.notAuthenticated) },
      },
    },
    async (request, reply) => {
      const { flows, pending } = await listChanges(contacts, getPrincipal(request));
      return reply.send({
        unproved: flows.map((flow) => viewContactChange(toSentCode(flow))),
        pending: pending.map(viewPendingChange),
      });
    },
  );

  own.post(
    '/v1/me/contact-changes/:id/cancellation',
    {
      schema: {
        operationId: 'cancelContactChange',
        tags,
        summary: 'Cancel a pending change',
        description: 'Needs the current password. What was trusted stays trusted.',
        params: FlowParams,
        body: CancellationBody,
        response: {
          204: Type.Null({ description: 'The change has been cancelled.' }),
          ...problemResponses(
            commonProblems.notAuthenticated,
            accountProblems.currentPasswordNotAccepted,
            accountProblems.tooManyWrongPasswords,
            contactProblems.changeNotOpen,
          ),
        },
      },
    },
    async (request, reply) => {
      const change = { id: request.params.id, ...request.body };
      await cancelChange(contacts, getPrincipal(request), change, toCaller(request));
      return reply.code(204).send(null);
    },
  );
}
