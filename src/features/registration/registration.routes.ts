import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { type JalaliDate, parseJalaliDate } from '../../kernel/jalali.ts';
import { type Mobile, parseMobile } from '../../kernel/mobile.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { viewContactChange } from '../contacts/index.ts';
import { toPersonId } from '../identity/index.ts';
import { ownershipProblems } from '../mobile-ownership/index.ts';
import {
  CodeBody,
  FlowParams,
  flowProblems,
  getFlowKey,
  registerFlow,
  stepProblems,
  untilUsed,
} from '../one-time-codes/index.ts';
import { passwordProblems } from '../passwords/index.ts';
import { getProofOfWork, proofOfWorkHeader, proofOfWorkProblems } from '../proof-of-work/index.ts';
import { securityAnswerProblems } from '../security-questions/index.ts';
import { completeRegistration } from './completion.service.ts';
import type { RegistrationDependencies } from './registration.dependencies.ts';
import { registrationProblems } from './registration.problems.ts';
import {
  CodeSentSchema,
  CompletionBody,
  CreatedSchema,
  RegistrationSchema,
  RegistrationStartBody,
  VerifiedSchema,
} from './registration.schemas.ts';
import {
  isUntouchedRegistration,
  resendRegistrationCode,
  startRegistration,
  verifyRegistration,
} from './registration.service.ts';

type RegistrationRoutes = FastifyPluginAsyncTypebox<{ registration: RegistrationDependencies }>;

const tags = ['registrations'];

export const registrationRoutes: RegistrationRoutes = async (app, options) => {
  for (const schema of [RegistrationSchema, CodeSentSchema, VerifiedSchema, CreatedSchema])
    app.addSchema(schema);
  await registerFlow(app, options, {
    start: startRoute,
    steps: [resendRoute, verificationRoute, completionRoute],
  });
};

const startRoute: RegistrationRoutes = async (app, { registration }) => {
  app.post(
    '/v1/registrations',
    {
      config: { repeats: untilUsed((key) => isUntouchedRegistration(registration, key)) },
      schema: {
        operationId: 'startRegistration',
        tags,
        summary: 'Start signing up',
        description:
          'Sends a six-digit code to the mobile. The answer is the same whoever asks; whether the details hold is told ' +
          'only after the mobile has been proved. Where nobody can be asked about the mobiles of foreign nationals, ' +
          'insurance numbers are refused at once.',
        security: [],
        headers: Type.Object(proofOfWorkHeader),
        body: RegistrationStartBody,
        response: {
          201: Type.Ref('Registration'),
          ...problemResponses(proofOfWorkProblems.required, ownershipProblems.notAskable),
        },
      },
    },
    async (request, reply) => {
      const { birthDate, mobile } = request.body;
      const started = await startRegistration(
        registration,
        {
          person: toPersonId(request.body),
          birthDate: parseJalaliDate(birthDate) as JalaliDate,
          mobile: parseMobile(mobile) as Mobile,
          proof: getProofOfWork(request),
        },
        toCaller(request),
      );
      return reply
        .code(201)
        .header('location', `/v1/registrations/${started.id}`)
        .send({
          ...started,
          expiresAt: started.expiresAt.toISOString(),
          codeExpiresAt: started.codeExpiresAt.toISOString(),
        });
    },
  );
};

const resendRoute: RegistrationRoutes = async (app, { registration }) => {
  app.post(
    '/v1/registrations/:id/code',
    {
      schema: {
        operationId: 'resendRegistrationCode',
        tags,
        summary: 'Send the code again',
        description: 'After the pause; the same code while it lives, so that a late message still works.',
        params: FlowParams,
        response: {
          200: Type.Ref('CodeSent'),
          ...problemResponses(...stepProblems, flowProblems.resendTooEarly, flowProblems.tooManyMessages),
        },
      },
    },
    async (request, reply) => {
      const sent = await resendRegistrationCode(registration, getFlowKey(request), toCaller(request));
      return reply.send({ ...sent, codeExpiresAt: sent.codeExpiresAt.toISOString() });
    },
  );
};

const verificationRoute: RegistrationRoutes = async (app, { registration }) => {
  app.post(
    '/v1/registrations/:id/verification',
    {
      schema: {
        operationId: 'verifyRegistration',
        tags,
        summary: 'Give the code',
        description: 'Proves the mobile; then the details are held against the register of insured people.',
        params: FlowParams,
        body: CodeBody,
        response: {
          200: Type.Ref('RegistrationVerified'),
          ...problemResponses(
            ...stepProblems,
            flowProblems.codeNotAccepted,
            flowProblems.tooManyFailedProofs,
            registrationProblems.detailsDoNotMatch,
            registrationProblems.alreadyRegistered,
            ownershipProblems.unavailable,
          ),
        },
      },
    },
    async (request, reply) => {
      const code = parseCode(request.body.code) ?? '';
      const { expiresAt } = await verifyRegistration(
        registration,
        getFlowKey(request),
        code,
        toCaller(request),
      );
      return reply.send({ expiresAt: expiresAt.toISOString() });
    },
  );
};

const completionRoute: RegistrationRoutes = async (app, { registration }) => {
  app.post(
    '/v1/registrations/:id/completion',
    {
      schema: {
        operationId: 'completeRegistration',
        tags,
        summary: 'Choose password and security answers',
        description:
          'Creates the account; sign in afterwards. Refused input leaves the registration as it is.',
        params: FlowParams,
        body: CompletionBody,
        response: {
          201: Type.Ref('AccountCreated'),
          ...problemResponses(
            ...stepProblems,
            passwordProblems.refused,
            securityAnswerProblems.refused,
            registrationProblems.alreadyRegistered,
          ),
        },
      },
    },
    async (request, reply) => {
      const { accountId, emailChange } = await completeRegistration(
        registration,
        getFlowKey(request),
        request.body,
        toCaller(request),
      );
      return reply
        .code(201)
        .header('location', '/v1/me')
        .send({ accountId, emailChange: emailChange && viewContactChange(emailChange) });
    },
  );
};
