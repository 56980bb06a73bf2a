import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { clientOf } from '../../http/client.ts';
import { bodyProblems, problemResponses } from '../../http/problems.ts';
import { type NationalCode, parseNationalCode } from '../../kernel/national-code.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { CodeBody, DeviceHeaders, FlowParams } from '../flows/flow.schemas.ts';
import { flowProblems } from '../flows/flow.ts';
import { flowKeyOf, requireFlowToken } from '../flows/flow-token.ts';
import { passwordProblems } from '../passwords/index.ts';
import {
  ChallengeBody,
  ChallengeSchema,
  NewPasswordBody,
  PermissionSchema,
  RecoverySchema,
  RecoveryStartBody,
} from './recovery.schemas.ts';
import type { RecoveryService } from './recovery.service.ts';

const tags = ['recoveries'];

export const recoveryRoutes: FastifyPluginAsyncTypebox<{ service: RecoveryService }> = async (
  app,
  { service },
) => {
  for (const schema of [RecoverySchema, ChallengeSchema, PermissionSchema]) app.addSchema(schema);

  app.post(
    '/v1/recoveries',
    {
      schema: {
        operationId: 'startRecovery',
        tags,
        summary: 'Start getting back in',
        description:
          'Opens a recovery for a national code. The answer is the same whether an account exists or not; for who has ' +
          'none it names a masked number that stays the same.',
        security: [],
        headers: DeviceHeaders,
        body: RecoveryStartBody,
        response: {
          201: Type.Ref('Recovery'),
          ...problemResponses(...bodyProblems, flowProblems.tooManyMessages),
        },
      },
    },
    async (request, reply) => {
      const nationalCode = parseNationalCode(request.body.nationalCode) as NationalCode;
      const deviceToken = request.headers['device-token'] ?? null;
      const flow = await service.start({ nationalCode, deviceToken }, clientOf(request));
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...flow, expiresAt: flow.expiresAt.toISOString() });
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
          summary: 'Send the code',
          description:
            'Sends a six-digit code to the registered mobile; asked again after the pause, the same code while it lives.',
          params: FlowParams,
          body: ChallengeBody,
          response: {
            200: Type.Ref('RecoveryChallenge'),
            ...problemResponses(
              ...bodyProblems,
              flowProblems.notOpen,
              flowProblems.stepNotOpen,
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
          .send({ ...challenge, codeExpiresAt: challenge.codeExpiresAt.toISOString() });
      },
    );

    flow.post(
      '/v1/recoveries/:id/verification',
      {
        schema: {
          operationId: 'verifyRecovery',
          tags,
          summary: 'Give the code',
          description: 'The right code opens one step, setting the password, for ten minutes.',
          params: FlowParams,
          body: CodeBody,
          response: {
            200: Type.Ref('RecoveryPermission'),
            ...problemResponses(
              ...bodyProblems,
              flowProblems.notOpen,
              flowProblems.stepNotOpen,
              flowProblems.codeNotAccepted,
              flowProblems.tooManyFailedProofs,
            ),
          },
        },
      },
      async (request, reply) => {
        const code = parseCode(request.body.code) ?? '';
        const { permissionExpiresAt } = await service.verify(flowKeyOf(request), code, clientOf(request));
        return reply
          .header('cache-control', 'no-store')
          .send({ permissionExpiresAt: permissionExpiresAt.toISOString() });
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
