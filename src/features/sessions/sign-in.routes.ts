import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest, onSendAsyncHookHandler } from 'fastify';
import { type Static, Type } from 'typebox';
import { bearerOf } from '../../http/authentication.ts';
import {
  browserCookieProblems,
  clearCookie,
  cookieOf,
  deviceTokenOf,
  keepInCookie,
  requireOwnPage,
} from '../../http/browser-cookies.ts';
import { clientOf } from '../../http/client.ts';
import { bodyProblems, problemResponses } from '../../http/problems.ts';
import { quantiseResponseTime } from '../../http/response-quantum.ts';
import type { Principal } from '../../kernel/client.ts';
import { idempotencyProblems } from '../../kernel/idempotency-key.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { DeviceHeaders, FlowParams } from '../flows/flow.schemas.ts';
import { flowProblems } from '../flows/flow.ts';
import { flowKeyOf, requireFlowToken, untilUsed } from '../flows/flow-token.ts';
import { personIdOf } from '../flows/identity.ts';
import { proofOfWorkHeader, proofOfWorkOf, proofOfWorkProblems } from '../proof-of-work/index.ts';
import { deviceUnusedSeconds } from './known-device.ts';
import type { Tokens } from './session-tokens.ts';
import { sessionProblems } from './sessions.problems.ts';
import {
  RefreshBody,
  RefreshHeaders,
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

/** A pair as it is answered; where the browser keeps it, the refresh token goes there instead. */
function answer(reply: FastifyReply, tokens: Tokens, inCookie: boolean): Static<typeof TokensSchema> {
  const { refreshToken, sessionExpiresAt, ...shown } = tokens;
  if (inCookie) {
    keepInCookie(reply, 'refresh', refreshToken, (sessionExpiresAt.getTime() - Date.now()) / 1000);
  }
  return {
    ...shown,
    ...(!inCookie && { refreshToken }),
    sessionExpiresAt: sessionExpiresAt.toISOString(),
  };
}

/**
 * A refresh token that is good for nothing any more is not to stay in the browser. Only where the cookie is what was
 * refused: an access token that has just expired says nothing of it.
 */
const forgetRefusedCookie =
  (isByCookie: (request: FastifyRequest) => boolean): onSendAsyncHookHandler =>
  async (request, reply) => {
    if (reply.statusCode === 401 && isByCookie(request)) clearCookie(request, reply, 'refresh');
  };

/**
 * Clear Site Data (W3C): what a page of the service's own origin has cached or stored goes with the session.
 * Not `"cookies"`: that would take along what other hosts of the organisation's domain keep, and the device token.
 */
const clearSiteData = '"cache", "storage"';

/** After signing out: what the browser kept for the session. The device stays known. */
export function clearBrowser(request: FastifyRequest, reply: FastifyReply): void {
  clearCookie(request, reply, 'refresh');
  reply.header('clear-site-data', clearSiteData);
}

type SignInStep = Readonly<{ next: 'code'; id: string; flowToken: string }>;

/** How a sign-in whose answer was lost is answered again, until its tokens, or its flow token, have been used. */
function untilRefreshed(service: SessionService) {
  const step = untilUsed(service.isUntouched);
  return {
    async again(answered: Static<typeof TokensSchema> | SignInStep) {
      if ('flowToken' in answered) return step.again(answered);
      const accessToken = await service.accessTokenAgain(answered.accessToken);
      return accessToken === null ? null : { ...answered, accessToken };
    },
  };
}

const signInRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  app.post(
    '/v1/sessions',
    {
      onSend: quantiseResponseTime(app),
      config: { repeats: untilRefreshed(service) },
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
          201: Type.Ref('Tokens'),
          202: Type.Ref('SignInStep'),
          ...problemResponses(
            ...bodyProblems,
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
      const presented = deviceTokenOf(request);
      const step = await service.signIn(
        {
          person: personIdOf(request.body),
          password,
          deviceToken: presented,
          rememberDevice,
          proof: proofOfWorkOf(request),
        },
        clientOf(request),
      );
      if (step.next === 'code') {
        return reply
          .code(202)
          .header('cache-control', 'no-store')
          .send({ ...step, expiresAt: step.expiresAt.toISOString() });
      }
      const { tokens, deviceToken, barredKinds } = step;
      // What came in a cookie stays out of the reach of scripts.
      const deviceInCookie = inCookie || (presented !== null && !request.headers['device-token']);
      if (deviceToken && deviceInCookie) keepInCookie(reply, 'device', deviceToken, deviceUnusedSeconds);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({
          ...answer(reply, tokens, inCookie),
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
      config: { repeats: untilRefreshed(service) },
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
            ...bodyProblems,
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
        flowKeyOf(request),
        { code: parseCode(code) ?? '', rememberDevice },
        clientOf(request),
      );
      if (newDeviceToken && inCookie) keepInCookie(reply, 'device', newDeviceToken, deviceUnusedSeconds);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({
          ...answer(reply, tokens, inCookie),
          ...(newDeviceToken && !inCookie && { deviceToken: newDeviceToken }),
          ...(barredKinds.length > 0 && { barredKinds: [...barredKinds] }),
        });
    },
  );
};

const refreshRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  app.post(
    '/v1/sessions/refresh',
    {
      onSend: forgetRefusedCookie(
        ({ body }) => (body as Static<typeof RefreshBody>).refreshToken === undefined,
      ),
      config: {
        repeats: { exempt: 'takes the key by itself: it also tells a retry from a stolen copy of the token' },
      },
      schema: {
        operationId: 'refreshSession',
        tags,
        summary: 'Rotate the tokens',
        description:
          'A refresh token is good for one refresh. After a lost answer the same token gets the same successor again, while ' +
          'that has not been used: for 10 minutes from any network and app, after that for 24 hours with the ' +
          '`Idempotency-Key` of the first try. With that key after the successor was used: 409, and nothing ends. Any other ' +
          'use of an earlier token ends the session, and every address of the person is told.',
        security: [{}, { refreshCookie: [] }],
        headers: RefreshHeaders,
        body: RefreshBody,
        response: {
          200: Type.Ref('Tokens'),
          ...problemResponses(
            ...bodyProblems,
            sessionProblems.refreshNotAccepted,
            browserCookieProblems.originNotAccepted,
            sessionProblems.refreshSuperseded,
            idempotencyProblems.keyReused,
          ),
        },
      },
    },
    async (request, reply) => {
      const given = request.body.refreshToken;
      const inCookie = given === undefined;
      const refreshToken = inCookie ? cookieOf(request, 'refresh') : given;
      if (refreshToken === null) throw new Problem(sessionProblems.refreshNotAccepted);
      const idempotencyKey = request.headers['idempotency-key'] ?? null;
      const tokens = await service.refresh({ refreshToken, idempotencyKey }, clientOf(request));
      return reply.header('cache-control', 'no-store').send(answer(reply, tokens, inCookie));
    },
  );
};

const signOutRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  /** By the access token or, where there is none, by what the browser keeps. */
  async function identify(request: FastifyRequest): Promise<Principal> {
    const accessToken = bearerOf(request);
    if (accessToken) return app.accessTokens.verify(accessToken);
    const refreshToken = cookieOf(request, 'refresh');
    if (refreshToken === null) throw new Problem(commonProblems.notAuthenticated);
    return service.principalOfRefreshToken(refreshToken);
  }

  app.delete(
    '/v1/me/sessions/current',
    {
      onSend: forgetRefusedCookie((request) => bearerOf(request) === null),
      schema: {
        operationId: 'signOut',
        tags,
        summary: 'Sign out',
        description:
          'Ends this session; its tokens are refused from the next request on. A browser may sign out by its cookie alone. ' +
          'The device stays known.',
        security: [{ accessToken: [] }, { refreshCookie: [] }],
        headers: SignOutHeaders,
        response: {
          204: Type.Null({ description: 'The session has ended.' }),
          ...problemResponses(
            commonProblems.invalidInput,
            commonProblems.notAuthenticated,
            sessionProblems.refreshNotAccepted,
            browserCookieProblems.originNotAccepted,
          ),
        },
      },
    },
    async (request, reply) => {
      const principal = await identify(request);
      request.principal = principal;
      await service.end(principal, principal.sessionId, clientOf(request));
      clearBrowser(request, reply);
      return reply.code(204).send(null);
    },
  );
};
