import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { clientOf } from '../../http/client.ts';
import { inEvenTime } from '../../http/even-time.ts';
import { bodyProblems, problemResponses } from '../../http/problems.ts';
import { machineClientOf, machineGuardProblems, OfficerHeaders, requireScope } from '../clients/index.ts';
import { flowProblems } from '../flows/flow.ts';
import { personIdOf } from '../flows/identity.ts';
import {
  BranchRecoveryBody,
  BranchRecoverySchema,
  RedemptionBody,
  RedemptionSchema,
} from './branch.schemas.ts';
import type { BranchService } from './branch.service.ts';

const tags = ['recoveries'];

export const branchRoutes: FastifyPluginAsyncTypebox<{ service: BranchService }> = async (
  app,
  { service },
) => {
  for (const schema of [BranchRecoverySchema, RedemptionSchema]) app.addSchema(schema);
  app.addHook('onSend', inEvenTime(app));

  app.post(
    '/v1/recoveries/redemptions',
    {
      schema: {
        operationId: 'redeemPrintedCode',
        tags,
        summary: 'Use the code printed at a branch',
        description:
          'Opens a recovery that may set the password. The code is good for 24 hours and for one new password.',
        security: [],
        body: RedemptionBody,
        response: {
          201: Type.Ref('RecoveryRedemption'),
          ...problemResponses(...bodyProblems, flowProblems.codeNotAccepted, flowProblems.tooManyMessages),
        },
      },
    },
    async (request, reply) => {
      const opened = await service.redeem(personIdOf(request.body), request.body.code, clientOf(request));
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...opened, permissionExpiresAt: opened.permissionExpiresAt.toISOString() });
    },
  );

  await app.register(async (scope) => {
    requireScope(scope, 'branch-recoveries:write');
    scope.withTypeProvider<TypeBoxTypeProvider>().post(
      '/v1/branch/recoveries',
      {
        schema: {
          operationId: 'startBranchRecovery',
          tags,
          summary: 'Start a recovery for somebody at the desk',
          description:
            'Issues a code to be printed for the person, who sets a password with it. The officer learns nothing: the ' +
            'answer is the same where there is no account. An account whose recovery is on hold or was disowned ' +
            'needs the same request of a second officer. Every address of the person is told.',
          headers: OfficerHeaders,
          body: BranchRecoveryBody,
          response: {
            201: Type.Ref('BranchRecovery'),
            ...problemResponses(...bodyProblems, ...machineGuardProblems, flowProblems.tooManyMessages),
          },
        },
      },
      async (request, reply) => {
        const officer = {
          clientId: machineClientOf(request).clientId,
          officerId: request.headers['officer-id'],
        };
        const printed = await service.start(personIdOf(request.body), officer, clientOf(request));
        return reply
          .code(201)
          .header('cache-control', 'no-store')
          .send({ ...printed, expiresAt: printed.expiresAt.toISOString() });
      },
    );
  });
};
