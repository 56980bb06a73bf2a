import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Principal } from '../kernel/caller.ts';
import { commonProblems, Problem } from '../kernel/problem.ts';
import { type AccessTokenOptions, accessTokens } from './access-tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set inside guarded scopes only; read it by `getPrincipal`. */
    principal: Principal | null;
  }
}

/** Access tokens, and what the guards of people's routes need. */
export const authentication = fp<AccessTokenOptions>(
  async (app, options) => {
    await app.register(accessTokens, options);
    app.decorateRequest('principal', null);
  },
  { name: 'authentication' },
);

/** The `Bearer` credential of a request (RFC 6750 §2.1), `null` without one. */
export function getBearer(request: FastifyRequest): string | null {
  return /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/**
 * Runs `guard` for every route of `scope`, before a byte of the body is read. As `preParsing`, because the limits per
 * client network are `onRequest` hooks of the single routes, which come after those of a scope: there, a guard
 * that refuses would be a way around them.
 */
export function addGuard(
  scope: FastifyInstance,
  guard: (request: FastifyRequest, reply: FastifyReply) => Promise<void>,
): void {
  scope.addHook('preParsing', (request, reply) => guard(request, reply));
}

/** Guards every route registered in `scope`: a valid access token, and `security` in their documentation. */
export function requireAccessToken(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, security: [{ accessToken: [] }] };
  });
  addGuard(scope, async (request) => {
    const token = getBearer(request);
    if (!token) throw new Problem(commonProblems.notAuthenticated);
    request.principal = await scope.accessTokens.people.verify(token);
  });
}

/** The principal of a request in a guarded scope. */
export function getPrincipal(request: FastifyRequest): Principal {
  if (!request.principal) throw new Problem(commonProblems.notAuthenticated);
  return request.principal;
}
