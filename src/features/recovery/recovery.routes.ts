import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { browserCookieProblems, getDeviceToken } from '../../http/browser-cookies.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { PasswordSetSchema } from '../accounts/index.ts';
import { toPersonId } from '../identity/index.ts';
import {
  DeviceHeaders,
  FlowParams,
  flowProblems,
  getFlowKey,
  registerFlow,
  stepProblems,
  untilUsed,
} from '../one-time-codes/index.ts';
import { passwordProblems } from '../passwords/index.ts';
import { getProofOfWork, proofOfWorkHeader, proofOfWorkProblems } from '../proof-of-work/index.ts';
import { requireDifferentQuestions } from '../security-questions/index.ts';
import { challengeRecovery } from './challenge-recovery.ts';
import type { RecoveryDependencies } from './recovery.dependencies.ts';
import { recoveryProblems } from './recovery.problems.ts';
import {
  ChallengeBody,
  ChallengeSchema,
  NewPasswordBody,
  NextStepSchema,
  ProofBody,
  RecoverySchema,
  RecoveryStartBody,
} from './recovery.schemas.ts';
import { setRecoveredPassword } from './set-recovered-password.ts';
import { isUntouched, startRecovery } from './start-recovery.ts';
import { verifyRecovery } from './verify-recovery.ts';

type RecoveryRoutes = FastifyPluginAsyncTypebox<{ recovery: RecoveryDependencies }>;

const tags = ['recoveries'];

export const recoveryRoutes: RecoveryRoutes = async (app, options) => {
  for (const schema of [RecoverySchema, ChallengeSchema, NextStepSchema, PasswordSetSchema])
    app.addSchema(schema);
  await registerFlow(app, options, {
    start: startRoute,
    steps: [challengeRoute, verificationRoute, passwordRoute],
  });
};

const startRoute: RecoveryRoutes = async (app, { recovery }) => {
  app.post(
    '/v1/recoveries',
    {
      config: { repeats: untilUsed((key) => isUntouched(recovery, key)) },
      schema: {
        operationId: 'startRecovery',
        tags,
        summary: 'Start getting back in',
        description:
          'Opens a recovery and says which methods there are. The answer is the same whether an account exists or not: ' +
          'every method that is switched on, and no address. A device that the account knows, by its `Device-Token`, is ' +
          'shown the methods that the person has, with masked addresses.',
        security: [],
        headers: Type.Object({ ...DeviceHeaders.properties, ...proofOfWorkHeader }),
        body: RecoveryStartBody,
        response: {
          201: Type.Ref('Recovery'),
          ...problemResponses(browserCookieProblems.originNotAccepted, proofOfWorkProblems.required),
        },
      },
    },
    async (request, reply) => {
      const person = toPersonId(request.body);
      const given = { person, deviceToken: getDeviceToken(request), proof: getProofOfWork(request) };
      const flow = await startRecovery(recovery, given, toCaller(request));
      return reply
        .code(201)
        .header('location', `/v1/recoveries/${flow.id}`)
        .send({ ...flow, expiresAt: flow.expiresAt.toISOString() });
    },
  );
};

const challengeRoute: RecoveryRoutes = async (app, { recovery }) => {
  app.post(
    '/v1/recoveries/:id/challenge',
    {
      schema: {
        operationId: 'challengeRecovery',
        tags,
        summary: 'Choose a method',
        description:
          'Sends a six-digit code to the registered address, the same one again after the pause while it lives; or ' +
          'asks for the security answers. Which questions somebody chose is shown to a device that the account knows; ' +
          'elsewhere the person says so, from the catalogue. Choosing another method ends the challenge before it.',
        params: FlowParams,
        body: ChallengeBody,
        response: {
          200: Type.Ref('RecoveryChallenge'),
          ...problemResponses(
            ...stepProblems,
            recoveryProblems.methodNotOffered,
            flowProblems.resendTooEarly,
            flowProblems.tooManyMessages,
          ),
        },
      },
    },
    async (request, reply) => {
      const challenge = await challengeRecovery(
        recovery,
        getFlowKey(request),
        request.body.method,
        toCaller(request),
      );
      return reply.send({ ...challenge, expiresAt: challenge.expiresAt.toISOString() });
    },
  );
};

const verificationRoute: RecoveryRoutes = async (app, { recovery }) => {
  app.post(
    '/v1/recoveries/:id/verification',
    {
      schema: {
        operationId: 'verifyRecovery',
        tags,
        summary: 'Give the code or the answers',
        description:
          'The right proof opens one step, setting the password, for ten minutes, unless more is needed. All answers ' +
          'must be right; which one is not is never told. After too many failures at one person, devices that the account ' +
          'does not know go in two steps: a code is answered with `prove-another-method` and not looked at, answers are ' +
          'answered with `prove-another-method` whether they were right or not; only if they were, a code then leaves, ' +
          'five times a day at most, and decides both. What is not asked for (a code where answers are) is no guess. ' +
          '`too-many-failed-proofs` is answered to printed codes and to answers after a code alone.',
        params: FlowParams,
        headers: Type.Object(proofOfWorkHeader),
        body: ProofBody,
        response: {
          200: Type.Ref('RecoveryNextStep'),
          ...problemResponses(
            ...stepProblems,
            flowProblems.codeNotAccepted,
            recoveryProblems.answersNotAccepted,
            flowProblems.tooManyFailedProofs,
            proofOfWorkProblems.required,
          ),
        },
      },
    },
    async (request, reply) => {
      const { code, answers } = request.body;
      if (answers) requireDifferentQuestions(answers);
      const given = answers ? { answers } : { code: parseCode(code ?? '') ?? '' };
      const step = await verifyRecovery(
        recovery,
        getFlowKey(request),
        given,
        toCaller(request),
        getProofOfWork(request),
      );
      return reply.send({
        next: step.next,
        ...('methods' in step && { methods: [...step.methods] }),
        ...('permissionExpiresAt' in step && {
          permissionExpiresAt: step.permissionExpiresAt.toISOString(),
        }),
      });
    },
  );
};

const passwordRoute: RecoveryRoutes = async (app, { recovery }) => {
  app.put(
    '/v1/recoveries/:id/password',
    {
      schema: {
        operationId: 'setRecoveredPassword',
        tags,
        summary: 'Set the new password',
        description:
          'Opens a locked account, ends every session and open recovery, cancels pending changes, and tells every trusted ' +
          'address; those that the recovery did not rest on can dispute it for 72 hours. Creates no session. A refused ' +
          'password leaves the permission as it is.',
        params: FlowParams,
        body: NewPasswordBody,
        response: {
          200: Type.Ref('PasswordSet'),
          ...problemResponses(...stepProblems, passwordProblems.refused),
        },
      },
    },
    async (request, reply) => {
      const key = getFlowKey(request);
      const cancelledChanges = await setRecoveredPassword(recovery, key, request.body, toCaller(request));
      return reply.send({ cancelledChanges });
    },
  );
};
