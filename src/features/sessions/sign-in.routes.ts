import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import {
  browserCookieProblems,
  getDeviceToken,
  keepInCookie,
  requireOwnPage,
} from '../../http/browser-cookies.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import { quantiseResponseTime } from '../../http/response-quantum.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { toPersonId } from '../identity/index.ts';
import {
  DeviceHeaders,
  FlowParams,
  flowProblems,
  getFlowKey,
  requireFlowToken,
  untilUsed,
} from '../one-time-codes/index.ts';
import { getProofOfWork, proofOfWorkHeader, proofOfWorkProblems } from '../proof-of-work/index.ts';
import { sendTokens } from './browser-tokens.ts';
import { deviceUnusedSeconds } from './known-device.ts';
import { refreshRoute, signOutRoute } from './refresh.routes.ts';
import { sessionProblems } from './sessions.problems.ts';
import {
  SignInBody,
  SignInCodeBody,
  SignOutHeaders,
  type TokensSchema,
  sessionTags as tags,
} from './sessions.schemas.ts';
import type { SessionService } from './sessions.service.ts';

type Options = Readonly<{ service: SessionService }>;

/** Signing in, refreshing and signing out: what works without an access token. */
export const signInRoutes: FastifyPluginAsyncTypebox<Options> = async (app, options) => {
  await app.register(signInRoute, options);
  await app.register(signInCodeRoute, options);
  await app.register(refreshRoute, options);
  await app.register(signOutRoute, options);
};

type SignInStep = Readonly<{ next: 'code'; id: string; flowToken: string }>;

/** How a sign-in whose answer was lost is answered again, until its tokens, or its flow token, have been used. */
function untilRefreshed(
  { accessTokens: { people } }: Pick<FastifyInstance, 'accessTokens'>,
  service: SessionService,
) {
  const step = untilUsed(service.isUntouched);
  return {
    async again(answered: Static<typeof TokensSchema> | SignInStep) {
      if ('flowToken' in answered) return step.again(answered);
      // A new access token of the same session, as the one before may have ended.
      const principal = people.decode(answered.accessToken);
      return (await service.isUnrefreshed(principal))
        ? { ...answered, accessToken: people.sign(principal) }
        : null;
    },
  };
}

const signInRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  app.post(
    '/v1/sessions',
    {
      onSend: quantiseResponseTime(app),
      config: { repeats: untilRefreshed(app, service) },
      schema: {
        operationId: 'signIn',
        tags,
        summary: 'Sign in',
        description:
          'National code and password for an access token and a refresh token. A sign-in on a device that the account does ' +
          'not know is told to every address of the person; so is the end of the least recently used session, if there ' +
          'were more than 20. After too many failures at one person, devices that the account does not know get 202 ' +
          'whatever the password: if it was right, a code is on its way to the mobile of the person, five times a day at ' +
          'most, and `POST /v1/sessions/{id}/verification` decides.',
        security: [],
        headers: Type.Object({ ...DeviceHeaders.properties, ...proofOfWorkHeader }),
        body: SignInBody,
        response: {
          201: Type.Ref('SignInOutcome'),
          202: Type.Ref('SignInOutcome'),
          ...problemResponses(
            sessionProblems.credentialsNotAccepted,
            sessionProblems.accountDisabled,
            sessionProblems.accountLocked,
            proofOfWorkProblems.required,
            browserCookieProblems.originNotAccepted,
          ),
        },
      },
    },
    async (request, reply) => {
      const { password, rememberDevice = false, keep } = request.body;
      const inCookie = keep === 'cookie';
      // Else a page of others could sign its visitors in to an account of its own.
      if (inCookie) requireOwnPage(request);
      const presented = getDeviceToken(request);
      const step = await service.signIn(
        {
          person: toPersonId(request.body),
          password,
          deviceToken: presented,
          rememberDevice,
          proof: getProofOfWork(request),
        },
        toCaller(request),
      );
      if (step.next === 'code') {
        return reply.code(202).send({ ...step, expiresAt: step.expiresAt.toISOString() });
      }
      const { tokens, deviceToken, barredKinds } = step;
      // What came in a cookie stays out of the reach of scripts.
      const deviceInCookie = inCookie || (presented !== null && !request.headers['device-token']);
      if (deviceToken && deviceInCookie) keepInCookie(reply, 'device', deviceToken, deviceUnusedSeconds);
      return reply
        .code(201)
        .header('location', '/v1/me/sessions/current')
        .send({
          next: 'none',
          ...sendTokens(reply, tokens, inCookie),
          ...(deviceToken && !deviceInCookie && { deviceToken }),
          ...(barredKinds.length > 0 && { barredKinds: [...barredKinds] }),
        });
    },
  );
};

const signInCodeRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  requireFlowToken(app);
  app.post(
    '/v1/sessions/:id/verification',
    {
      onSend: quantiseResponseTime(app),
      config: { repeats: untilRefreshed(app, service) },
      schema: {
        operationId: 'verifySignIn',
        tags,
        summary: 'Give the code of a sign-in',
        description:
          'The second step of a sign-in that answered 202. The code is right only if the password was; there are five ' +
          'guesses. For another code sign in again.',
        headers: SignOutHeaders,
        params: FlowParams,
        body: SignInCodeBody,
        response: {
          201: Type.Ref('Tokens'),
          ...problemResponses(
            flowProblems.notOpen,
            flowProblems.codeNotAccepted,
            sessionProblems.accountDisabled,
            sessionProblems.accountLocked,
            browserCookieProblems.originNotAccepted,
          ),
        },
      },
    },
    async (request, reply) => {
      const { code, rememberDevice = false, keep } = request.body;
      const inCookie = keep === 'cookie';
      if (inCookie) requireOwnPage(request);
      const { tokens, newDeviceToken, barredKinds } = await service.verify(
        getFlowKey(request),
        { code: parseCode(code) ?? '', rememberDevice },
        toCaller(request),
      );
      if (newDeviceToken && inCookie) keepInCookie(reply, 'device', newDeviceToken, deviceUnusedSeconds);
      return reply
        .code(201)
        .header('location', '/v1/me/sessions/current')
        .send({
          ...sendTokens(reply, tokens, inCookie),
          ...(newDeviceToken && !inCookie && { deviceToken: newDeviceToken }),
          ...(barredKinds.length > 0 && { barredKinds: [...barredKinds] }),
        });
    },
  );
};
