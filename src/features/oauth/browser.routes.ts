import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '../../kernel/problem.ts';
import { oauthProblems } from './oauth.problems.ts';
import { oauthPaths, resumeCookie } from './provider.ts';
import type { ProviderAnswer, ProviderBridge } from './provider-bridge.ts';

type Options = Readonly<{
  ask: ProviderBridge;
  isProved(id: string, secret: string): Promise<boolean>;
}>;

const Begun = Type.Object({
  client_id: Type.String({ maxLength: 100 }),
  request_uri: Type.String({ maxLength: 200 }),
});
const Resumed = Type.Object({ proof: Type.String({ maxLength: 100 }) });
const ResumeParams = Type.Object({ id: Type.String({ maxLength: 64 }) });

/** Where the browser of a person goes; what it is for stands in the discovery document, not in the contract. */
export const browserRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { ask, isProved }) => {
  app.get(
    oauthPaths.authorization,
    { schema: { hide: true, querystring: Begun } },
    async (request, reply) => {
      const query = new URLSearchParams(request.query);
      return send(reply, await ask(toCall(`${oauthPaths.authorization}?${query}`, request.headers.cookie)));
    },
  );

  app.get(
    `${oauthPaths.authorization}/:id`,
    { schema: { hide: true, querystring: Resumed, params: ResumeParams } },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await isProved(id, request.query.proof))) throw new Problem(oauthProblems.authorizationNotFound);
      const url = `${oauthPaths.authorization}/${encodeURIComponent(id)}`;
      return send(reply, await ask(toCall(url, request.headers.cookie)));
    },
  );
};

const toCall = (url: string, cookie = '') =>
  ({ method: 'GET', url, headers: { accept: 'application/json', cookie } }) as const;

/** @throws {Problem} `authorization-not-found`, where there is nowhere to send the browser to */
function send(reply: FastifyReply, { status, headers, text }: ProviderAnswer): FastifyReply {
  const { location } = headers;
  if (typeof location !== 'string' || status < 300 || status > 399) {
    throw new Problem(oauthProblems.authorizationNotFound, { cause: new Error(`${status} ${text}`) });
  }
  const cookies = [headers['set-cookie'] ?? []].flat().map(String);
  reply.header(
    'set-cookie',
    cookies.filter((cookie) => cookie.startsWith(resumeCookie)),
  );
  return reply.redirect(location, 303);
}
