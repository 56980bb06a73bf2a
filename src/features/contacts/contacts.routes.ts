import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { getPrincipal, requireAccessToken } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { type Mobile, parseMobile } from '../../kernel/mobile.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { type AddressKind, accountProblems, addressKinds } from '../accounts/index.ts';
import { ownershipProblems } from '../mobile-ownership/index.ts';
import { CodeBody, FlowParams, flowProblems } from '../one-time-codes/index.ts';
import { resendContactCode, startAddressChange, toSentCode, verifyAddressChange } from './address-changes.ts';
import { barRoutes } from './bars.routes.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { contactProblems } from './contacts.problems.ts';
import {
  BarSchema,
  CancellationBody,
  ContactChangedSchema,
  ContactChangeSchema,
  ContactChangesSchema,
  EmailChangeBody,
  MobileChangeBody,
  PendingChangeSchema,
} from './contacts.schemas.ts';
import { viewContactChange, viewPendingChange } from './contacts.view.ts';
import { ownerChangeRoutes } from './owner-changes.routes.ts';
import { cancelChange, listChanges } from './pending-changes.ts';

export type ContactRoutesOptions = Readonly<{ contacts: ContactDependencies }>;

const tags = ['account'];
const waits =
  'Needs the current password, at most three times a day, and where no trusted address is left that could be told the ' +
  'answers to the current security questions. ';

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
    startRoutes(own, contacts);
    for (const kind of addressKinds) codeRoutes(own, kind, contacts);
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

const startProblems = [
  commonProblems.notAuthenticated,
  accountProblems.currentPasswordNotAccepted,
  accountProblems.tooManyWrongPasswords,
  contactProblems.answersNeeded,
  flowProblems.tooManyFailedProofs,
  contactProblems.tooManyChanges,
  flowProblems.tooManyMessages,
];

function startRoutes(app: FastifyInstance, contacts: ContactDependencies): void {
  const own = app.withTypeProvider<TypeBoxTypeProvider>();
  own.post(
    '/v1/me/mobile-changes',
    {
      schema: {
        operationId: 'startMobileChange',
        tags,
        summary: 'Change the mobile',
        description: `${waits}Sends a code to the new number.`,
        body: MobileChangeBody,
        response: {
          201: Type.Ref('ContactChange'),
          ...problemResponses(...startProblems, ownershipProblems.notAskable),
        },
      },
    },
    async (request, reply) => {
      const { mobile, ...proof } = request.body;
      const input = { ...proof, address: parseMobile(mobile) as Mobile };
      const change = await startAddressChange(
        contacts,
        getPrincipal(request),
        'mobile',
        input,
        toCaller(request),
      );
      return reply
        .code(201)
        .header('location', `/v1/me/mobile-changes/${change.id}`)
        .send(viewContactChange(change));
    },
  );

  own.post(
    '/v1/me/email-changes',
    {
      schema: {
        operationId: 'startEmailChange',
        tags,
        summary: 'Set or change the e-mail address',
        description: `${waits}Sends a code to the address.`,
        body: EmailChangeBody,
        response: { 201: Type.Ref('ContactChange'), ...problemResponses(...startProblems) },
      },
    },
    async (request, reply) => {
      const { email: address, ...proof } = request.body;
      const input = { ...proof, address };
      const change = await startAddressChange(
        contacts,
        getPrincipal(request),
        'email',
        input,
        toCaller(request),
      );
      return reply
        .code(201)
        .header('location', `/v1/me/email-changes/${change.id}`)
        .send(viewContactChange(change));
    },
  );
}

/** Sending the code again and giving it: the same for both kinds of address. */
function codeRoutes(app: FastifyInstance, kind: AddressKind, contacts: ContactDependencies): void {
  const own = app.withTypeProvider<TypeBoxTypeProvider>();
  const name = kind === 'mobile' ? 'Mobile' : 'Email';

  own.post(
    `/v1/me/${kind}-changes/:id/code`,
    {
      schema: {
        operationId: `resend${name}ChangeCode`,
        tags,
        summary: 'Send the code again',
        description: 'After the pause; the same code while it lives, so that a late message still works.',
        params: FlowParams,
        response: {
          200: Type.Ref('ContactChange'),
          ...problemResponses(
            commonProblems.notAuthenticated,
            contactProblems.changeNotOpen,
            flowProblems.stepDone,
            flowProblems.resendTooEarly,
            flowProblems.tooManyMessages,
          ),
        },
      },
    },
    async (request, reply) => {
      const key = { id: request.params.id, purpose: kind, principal: getPrincipal(request) };
      const change = await resendContactCode(contacts, key, toCaller(request));
      return reply.send(viewContactChange(change));
    },
  );

  own.post(
    `/v1/me/${kind}-changes/:id/verification`,
    {
      schema: {
        operationId: `verify${name}Change`,
        tags,
        summary: 'Give the code',
        description:
          'The change is pending then: every trusted address is told, can dispute it, and 72 hours later the new address ' +
          'is trusted. Meanwhile recoveries and notices go where they went before.',
        params: FlowParams,
        body: CodeBody,
        response: {
          200: Type.Ref('ContactChanged'),
          ...problemResponses(
            commonProblems.notAuthenticated,
            contactProblems.changeNotOpen,
            flowProblems.stepDone,
            flowProblems.codeNotAccepted,
            flowProblems.tooManyFailedProofs,
            ...(kind === 'mobile' ? [contactProblems.mobileNotYours, ownershipProblems.unavailable] : []),
          ),
        },
      },
    },
    async (request, reply) => {
      const key = { id: request.params.id, purpose: kind, principal: getPrincipal(request) };
      const code = parseCode(request.body.code) ?? '';
      const verified = await verifyAddressChange(contacts, key, code, toCaller(request));
      return reply.send(verified);
    },
  );
}
