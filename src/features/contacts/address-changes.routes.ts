import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { getPrincipal } from '../../http/authentication.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { type Mobile, parseMobile } from '../../kernel/mobile.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { type AddressKind, addressKinds } from '../accounts/index.ts';
import { ownershipProblems } from '../mobile-ownership/index.ts';
import { CodeBody, FlowParams, flowProblems } from '../one-time-codes/index.ts';
import { resendContactCode, startAddressChange, verifyAddressChange } from './address-changes.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { changeProblems, contactProblems } from './contacts.problems.ts';
import { EmailChangeBody, MobileChangeBody } from './contacts.schemas.ts';
import { viewContactChange } from './contacts.view.ts';

const tags = ['account'];
const waits =
  'Needs the current password, at most three times a day, and where no trusted address is left that could be told the ' +
  'answers to the current security questions. ';

/** Changes of the mobile and the e-mail address, up to the code that proves the new one. Guarded by the caller. */
export function addressChangeRoutes(app: FastifyInstance, contacts: ContactDependencies): void {
  startRoutes(app, contacts);
  for (const kind of addressKinds) codeRoutes(app, kind, contacts);
}

const startProblems = [...changeProblems, flowProblems.tooManyMessages];

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
