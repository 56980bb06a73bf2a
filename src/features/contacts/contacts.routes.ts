import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { principalOf, requireAccessToken } from '../../http/authentication.ts';
import { clientOf } from '../../http/client.ts';
import { bodyProblems, problemResponses } from '../../http/problems.ts';
import { type Mobile, parseMobile } from '../../kernel/mobile.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { commonProblems } from '../../kernel/problem.ts';
import { accountProblems } from '../accounts/index.ts';
import { CodeBody, FlowParams } from '../flows/flow.schemas.ts';
import { flowProblems } from '../flows/flow.ts';
import { ownershipProblems } from '../mobile-ownership/index.ts';
import { contactProblems } from './contacts.problems.ts';
import {
  ContactChangedSchema,
  ContactChangeSchema,
  ContactChangesSchema,
  contactChangeAnswer,
  EmailChangeBody,
  MobileChangeBody,
  NoticeTokenBody,
} from './contacts.schemas.ts';
import type { ContactService } from './contacts.service.ts';
import type { ContactKind } from './contacts.table.ts';
import type { HoldService } from './holds.service.ts';

export type ContactRoutesOptions = Readonly<{ contacts: ContactService; holds: HoldService }>;

const tags = ['account'];
const startProblems = [
  ...bodyProblems,
  commonProblems.notAuthenticated,
  accountProblems.currentPasswordNotAccepted,
  contactProblems.unchanged,
  flowProblems.tooManyMessages,
];

export const contactRoutes: FastifyPluginAsyncTypebox<ContactRoutesOptions> = async (
  app,
  { contacts, holds },
) => {
  for (const schema of [ContactChangeSchema, ContactChangedSchema, ContactChangesSchema])
    app.addSchema(schema);

  await app.register(async (guarded) => {
    requireAccessToken(guarded);
    const own = guarded.withTypeProvider<TypeBoxTypeProvider>();

    own.get(
      '/v1/me/contact-changes',
      {
        schema: {
          operationId: 'listContactChanges',
          tags,
          summary: 'Changes of mobile and e-mail under way',
          description: 'Those that wait for a code, and those that can still be undone.',
          response: { 200: Type.Ref('ContactChanges'), ...problemResponses(commonProblems.notAuthenticated) },
        },
      },
      async (request, reply) => {
        const { pending, held } = await contacts.list(principalOf(request));
        return reply.header('cache-control', 'no-store').send({
          pending: pending.map(contactChangeAnswer),
          held: held.map(({ kind, heldUntil }) => ({ kind, heldUntil: heldUntil.toISOString() })),
        });
      },
    );

    own.post(
      '/v1/me/mobile-changes',
      {
        schema: {
          operationId: 'startMobileChange',
          tags,
          summary: 'Change the mobile',
          description: 'Needs the current password. Sends a code to the new number.',
          body: MobileChangeBody,
          response: {
            201: Type.Ref('ContactChange'),
            ...problemResponses(...startProblems, ownershipProblems.notAskable),
          },
        },
      },
      async (request, reply) => {
        const { currentPassword, mobile } = request.body;
        const address = parseMobile(mobile) as Mobile;
        const change = await contacts.start(
          principalOf(request),
          'mobile',
          { currentPassword, address },
          clientOf(request),
        );
        return reply.code(201).header('cache-control', 'no-store').send(contactChangeAnswer(change));
      },
    );

    own.post(
      '/v1/me/email-changes',
      {
        schema: {
          operationId: 'startEmailChange',
          tags,
          summary: 'Set, prove or change the e-mail address',
          description: 'Needs the current password. Sends a code to the address.',
          body: EmailChangeBody,
          response: { 201: Type.Ref('ContactChange'), ...problemResponses(...startProblems) },
        },
      },
      async (request, reply) => {
        const { currentPassword, email: address } = request.body;
        const change = await contacts.start(
          principalOf(request),
          'email',
          { currentPassword, address },
          clientOf(request),
        );
        return reply.code(201).header('cache-control', 'no-store').send(contactChangeAnswer(change));
      },
    );

    for (const kind of ['mobile', 'email'] as const) codeRoutes(guarded, kind, contacts);
  });

  for (const [action, operationId, summary, description] of [
    [
      'undo',
      'undoContactChange',
      'It was not me: put the replaced address back',
      'With the link that the replaced address was sent, for 72 hours. Ends every session; signing in needs a recovery first.',
    ],
    [
      'confirmation',
      'confirmContactChange',
      'It was me: trust the new address',
      'With the link that the replaced address was sent: recoveries go to the new address from now on.',
    ],
  ] as const) {
    app.post(
      `/v1/contact-changes/${action}`,
      {
        schema: {
          operationId,
          tags,
          summary,
          description,
          security: [],
          body: NoticeTokenBody,
          response: {
            204: Type.Null({ description: 'Done.' }),
            ...problemResponses(...bodyProblems, contactProblems.noticeNotAccepted),
          },
        },
      },
      async (request, reply) => {
        await holds[action === 'undo' ? 'undo' : 'confirm'](request.body.token, clientOf(request));
        return reply.code(204).send(null);
      },
    );
  }
};

/** Sending the code again and giving it: the same for both kinds of address. */
function codeRoutes(guarded: FastifyInstance, kind: ContactKind, contacts: ContactService): void {
  const own = guarded.withTypeProvider<TypeBoxTypeProvider>();
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
            ...bodyProblems,
            commonProblems.notAuthenticated,
            contactProblems.changeNotOpen,
            flowProblems.resendTooEarly,
            flowProblems.tooManyMessages,
          ),
        },
      },
    },
    async (request, reply) => {
      const key = { id: request.params.id, kind, principal: principalOf(request) };
      const change = await contacts.resend(key, clientOf(request));
      return reply.header('cache-control', 'no-store').send(contactChangeAnswer(change));
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
          'Changes the address and tells every address of the person; the replaced one can undo it for 72 hours.',
        params: FlowParams,
        body: CodeBody,
        response: {
          200: Type.Ref('ContactChanged'),
          ...problemResponses(
            ...bodyProblems,
            commonProblems.notAuthenticated,
            contactProblems.changeNotOpen,
            flowProblems.codeNotAccepted,
            flowProblems.tooManyFailedProofs,
            ...(kind === 'mobile' ? [contactProblems.mobileNotYours, ownershipProblems.unavailable] : []),
          ),
        },
      },
    },
    async (request, reply) => {
      const key = { id: request.params.id, kind, principal: principalOf(request) };
      const { recoveryFrom } = await contacts.verify(
        key,
        parseCode(request.body.code) ?? '',
        clientOf(request),
      );
      return reply
        .header('cache-control', 'no-store')
        .send({ recoveryFrom: recoveryFrom?.toISOString() ?? null });
    },
  );
}
