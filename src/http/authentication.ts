import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { GrantPrincipal, Principal, Reader } from '../kernel/caller.ts';
import { commonProblems, Problem } from '../kernel/problem.ts';
import { type AccessTokenOptions, accessTokens } from './access-tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set inside guarded scopes only; read it by `getPrincipal`. */
    principal: Principal | null;
    /** Set instead of `principal` where a route lets institutions read; read it by `getReader`. */
    grant: GrantPrincipal | null;
  }
  interface FastifyContextConfig {
    /** The scope of grants that the route takes in place of its person's own session. */
    grantScope?: string;
  }
}

/** Access tokens, and what the guards of people's routes need. */
export const authentication = fp<AccessTokenOptions>(
  async (app, options) => {
    await app.register(accessTokens, options);
    app.decorateRequest('principal', null);
    app.decorateRequest('grant', null);
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
    const scopes = route.config?.grantScope;
    const security = [{ accessToken: [] }, ...(scopes === undefined ? [] : [{ grants: [scopes] }])];
    route.schema = { ...route.schema, security };
  });
  addGuard(scope, async (request, reply) => {
    const token = getBearer(request);
    if (!token) throw new Problem(commonProblems.notAuthenticated);
    const { people, grants } = scope.accessTokens;
    try {
      request.principal = await people.verify(token);
    } catch (notOfPerson) {
      const grant = await grants.verify(token).catch(() => null);
      if (!grant) throw notOfPerson;
      const { grantScope } = request.routeOptions.config;
      if (grantScope === undefined || !grant.scopes.includes(grantScope)) {
        // RFC 6750 §3.1
        const named = grantScope === undefined ? '' : `, scope="${grantScope}"`;
        reply.header('www-authenticate', `Bearer error="insufficient_scope"${named}`);
        throw new Problem(commonProblems.insufficientScope);
      }
      request.grant = grant;
    }
  });
}

/** Who reads, on a route that says a `grantScope`. */
export function getReader(request: FastifyRequest): Reader {
  const { grant } = request;
  const scope = request.routeOptions.config.grantScope;
  return grant && scope !== undefined ? { ...grant, scope } : getPrincipal(request);
}

/** The principal of a request in a guarded scope. */
export function getPrincipal(request: FastifyRequest): Principal {
  if (!request.principal) throw new Problem(commonProblems.notAuthenticated);
  return request.principal;
}
