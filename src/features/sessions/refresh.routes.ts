import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest, onSendAsyncHookHandler } from 'fastify';
import { type Static, Type } from 'typebox';
import { getBearer } from '../../http/authentication.ts';
import { browserCookieProblems, clearCookie, getCookie } from '../../http/browser-cookies.ts';
import { toCaller } from '../../http/caller.ts';
import { problemResponses } from '../../http/problems.ts';
import type { Principal } from '../../kernel/caller.ts';
import { idempotencyProblems } from '../../kernel/idempotency-key.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { clearBrowser, sendTokens } from './browser-tokens.ts';
import { sessionProblems } from './sessions.problems.ts';
import { RefreshBody, RefreshHeaders, SignOutHeaders, sessionTags as tags } from './sessions.schemas.ts';
import type { SessionService } from './sessions.service.ts';

type Options = Readonly<{ service: SessionService }>;

/**
 * A refresh token that is good for nothing any more is not to stay in the browser. Only where the cookie is what was
 * refused: an access token that has just expired says nothing of it.
 */
const forgetRefusedCookie =
  (isByCookie: (request: FastifyRequest) => boolean): onSendAsyncHookHandler =>
  async (request, reply) => {
    if (reply.statusCode === 401 && isByCookie(request)) clearCookie(request, reply, 'refresh');
  };

export const refreshRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
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
      const refreshToken = inCookie ? getCookie(request, 'refresh') : given;
      if (refreshToken === null) throw new Problem(sessionProblems.refreshNotAccepted);
      const idempotencyKey = request.headers['idempotency-key'] ?? null;
      const tokens = await service.refresh({ refreshToken, idempotencyKey }, toCaller(request));
      return reply.send(sendTokens(reply, tokens, inCookie));
    },
  );
};

export const signOutRoute: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  /** By the access token or, where there is none, by what the browser keeps. */
  async function identify(request: FastifyRequest): Promise<Principal> {
    const accessToken = getBearer(request);
    if (accessToken) return app.accessTokens.people.verify(accessToken);
    const refreshToken = getCookie(request, 'refresh');
    if (refreshToken === null) throw new Problem(commonProblems.notAuthenticated);
    return service.principalOfRefreshToken(refreshToken);
  }

  app.delete(
    '/v1/me/sessions/current',
    {
      onSend: forgetRefusedCookie((request) => getBearer(request) === null),
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
      await service.end(principal, principal.sessionId, toCaller(request));
      clearBrowser(request, reply);
      return reply.code(204).send(null);
    },
  );
};
