import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { addGuard, bearerOf } from '../../http/authentication.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { clientProblems } from './clients.problems.ts';
import type { ClientService, MachineClient } from './clients.service.ts';
import type { ClientScope } from './scopes.ts';

declare module 'fastify' {
  interface FastifyInstance {
    machineClients: ClientService;
  }
  interface FastifyRequest {
    /** Set inside scopes guarded by `requireScope` only; read it by `machineClientOf`. */
    machineClient: ServedClient | null;
  }
}

export type ServedClient = MachineClient &
  Readonly<{
    /** The officer that a branch system acts for, as that system names them; `null` when not said. */
    officerId: string | null;
  }>;

const officerId = /^[A-Za-z0-9._-]{1,64}$/;

/** For routes that need to know which officer acts: a branch system vouches for its officers. */
export const OfficerHeaders = Type.Object({
  'officer-id': Type.String({
    pattern: officerId.source,
    description:
      'The officer who acts, as the branch system names them. Kept in the activity of the account.',
    examples: ['officer-4071'],
  }),
});

/** What every route behind `requireScope` can answer with, for `problemResponses`. */
export const machineGuardProblems = [
  commonProblems.notAuthenticated,
  clientProblems.insufficientScope,
] as const;

/**
 * Guards every route registered in `scope`: a machine client's access token with the scope `needed`, and
 * `security` in their documentation.
 */
export function requireScope(scope: FastifyInstance, needed: ClientScope): void {
  scope.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, security: [{ clientCredentials: [needed] }] };
  });
  addGuard(scope, async (request, reply) => {
    const token = bearerOf(request);
    if (!token) throw new Problem(commonProblems.notAuthenticated);
    const client = await scope.machineClients.serve(token);
    if (!client.scopes.includes(needed)) {
      // RFC 6750 §3.1
      reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${needed}"`);
      throw new Problem(clientProblems.insufficientScope);
    }
    const officer = request.headers['officer-id'];
    request.machineClient = {
      ...client,
      officerId: typeof officer === 'string' && officerId.test(officer) ? officer : null,
    };
  });
}

/** The machine client of a request in a scope guarded by `requireScope`. */
export function machineClientOf(request: FastifyRequest): ServedClient {
  if (!request.machineClient) throw new Problem(commonProblems.notAuthenticated);
  return request.machineClient;
}
