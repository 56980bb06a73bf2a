import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { browserCookieProblems, deviceTokenOf } from '../../http/browser-cookies.ts';
import { clientOf } from '../../http/client.ts';
import { inEvenTime } from '../../http/even-time.ts';
import { bodyProblems, problemResponses } from '../../http/problems.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { DeviceHeaders, FlowParams } from '../flows/flow.schemas.ts';
import { flowProblems } from '../flows/flow.ts';
import { flowKeyOf, requireFlowToken } from '../flows/flow-token.ts';
import { personIdOf } from '../flows/identity.ts';
import { passwordProblems } from '../passwords/index.ts';
import type { Objections } from './objections.ts';
import { recoveryProblems } from './recovery.problems.ts';
import {
  CancellationBody,
  ChallengeBody,
  ChallengeSchema,
  NewPasswordBody,
  NextStepSchema,
  ProofBody,
  RecoverySchema,
  RecoveryStartBody,
} from './recovery.schemas.ts';
import type { RecoveryService } from './recovery.service.ts';

const tags = ['recoveries'];

export const recoveryRoutes: FastifyPluginAsyncTypebox<{
  service: RecoveryService;
  objections: Objections;
}> = async (app, { service, objections }) => {
  for (const schema of [RecoverySchema, ChallengeSchema, NextStepSchema]) app.addSchema(schema);
  app.addHook('onSend', inEvenTime(app));

  app.post(
    '/v1/recoveries',
    {
      schema: {
        operationId: 'startRecovery',
        tags,
        summary: 'Start getting back in',
        description:
          'Opens a recovery and says which methods there are. The answer is the same whether an account exists or ' +
          'not; for who has none it names methods and masked addresses that stay the same.',
        security: [],
        headers: DeviceHeaders,
        body: RecoveryStartBody,
        response: {
          201: Type.Ref('Recovery'),
          ...problemResponses(
            ...bodyProblems,
            browserCookieProblems.originNotAccepted,
            flowProblems.tooManyMessages,
          ),
        },
      },
    },
    async (request, reply) => {
      const person = personIdOf(request.body);
      const flow = await service.start({ person, deviceToken: deviceTokenOf(request) }, clientOf(request));
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...flow, expiresAt: flow.expiresAt.toISOString() });
    },
  );

  app.post(
    '/v1/recoveries/cancellations',
    {
      schema: {
        operationId: 'disownRecovery',
        tags,
        summary: 'It was not me',
        description:
          'Takes the token from the notice of a recovery. Ends every session and locks signing in and recovery until ' +
          'the person proves a method that the disowned recovery was not proved by, or goes to a branch.',
        security: [],
        body: CancellationBody,
        response: {
          204: Type.Null({ description: 'The account is locked.' }),
          ...problemResponses(...bodyProblems, recoveryProblems.cancellationNotAccepted),
        },
      },
    },
    async (request, reply) => {
      await objections.cancel(request.body.token, clientOf(request));
      return reply.code(204).send(null);
    },
  );

  await app.register(async (scope) => {
    requireFlowToken(scope);
    const flow = scope.withTypeProvider<TypeBoxTypeProvider>();

    flow.post(
      '/v1/recoveries/:id/challenge',
      {
        schema: {
          operationId: 'challengeRecovery',
          tags,
          summary: 'Choose a method',
          description:
            'Sends a six-digit code to the registered address, the same one again after the pause while it lives; or ' +
            'shows the security questions. Choosing another method ends the challenge before it.',
          params: FlowParams,
          body: ChallengeBody,
          response: {
            200: Type.Ref('RecoveryChallenge'),
            ...problemResponses(
              ...bodyProblems,
              flowProblems.notOpen,
              flowProblems.stepNotOpen,
              recoveryProblems.methodNotOffered,
              flowProblems.resendTooEarly,
              flowProblems.tooManyMessages,
            ),
          },
        },
      },
      async (request, reply) => {
        const challenge = await service.challenge(flowKeyOf(request), request.body.method, clientOf(request));
        return reply
          .header('cache-control', 'no-store')
          .send({ ...challenge, expiresAt: challenge.expiresAt.toISOString() });
      },
    );

    flow.post(
      '/v1/recoveries/:id/verification',
      {
        schema: {
          operationId: 'verifyRecovery',
          tags,
          summary: 'Give the code or the answers',
          description:
            'The right proof opens one step, setting the password, for ten minutes, unless more is needed. All answers ' +
            'must be right; which one is not is never told.',
          params: FlowParams,
          body: ProofBody,
          response: {
            200: Type.Ref('RecoveryNextStep'),
            ...problemResponses(
              ...bodyProblems,
              flowProblems.notOpen,
              flowProblems.stepNotOpen,
              flowProblems.codeNotAccepted,
              recoveryProblems.answersNotAccepted,
              flowProblems.tooManyFailedProofs,
            ),
          },
        },
      },
      async (request, reply) => {
        const { code, answers } = request.body;
        const given = answers ? { answers } : { code: parseCode(code ?? '') ?? '' };
        const step = await service.verify(flowKeyOf(request), given, clientOf(request));
        return reply.header('cache-control', 'no-store').send({
          next: step.next,
          ...('methods' in step && { methods: [...step.methods] }),
          ...('heldUntil' in step && { heldUntil: step.heldUntil.toISOString() }),
          ...('permissionExpiresAt' in step && {
            permissionExpiresAt: step.permissionExpiresAt.toISOString(),
          }),
        });
      },
    );

    flow.put(
      '/v1/recoveries/:id/password',
      {
        schema: {
          operationId: 'setRecoveredPassword',
          tags,
          summary: 'Set the new password',
          description:
            'Ends every session and open recovery and tells every address of the person. Creates no session. A refused ' +
            'password leaves the permission as it is.',
          params: FlowParams,
          body: NewPasswordBody,
          response: {
            204: Type.Null({ description: 'The password has been set; sign in with it.' }),
            ...problemResponses(
              ...bodyProblems,
              flowProblems.notOpen,
              flowProblems.stepNotOpen,
              passwordProblems.refused,
            ),
          },
        },
      },
      async (request, reply) => {
        await service.setPassword(flowKeyOf(request), request.body, clientOf(request));
        return reply.code(204).send(null);
      },
    );
  });
};
