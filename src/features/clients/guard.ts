import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addGuard, getBearer } from '../../http/authentication.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { clientProblems } from './clients.problems.ts';
import type { ClientService, MachineClient } from './clients.service.ts';
import type { ClientScope } from './scopes.ts';

declare module 'fastify' {
  interface FastifyInstance {
    machineClients: ClientService;
  }
  interface FastifyRequest {
    /** Set inside scopes guarded by `requireScope` only; read it by `getMachineClient`. */
    machineClient: MachineClient | null;
  }
}

/** What every route behind `requireScope` can answer with, for `problemResponses`. */
export const machineGuardProblems = [
  commonProblems.notAuthenticated,
  clientProblems.insufficientScope,
  clientProblems.tooManyClientRequests,
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
    const token = getBearer(request);
    if (!token) throw new Problem(commonProblems.notAuthenticated);
    const client = await scope.machineClients.serve(await scope.accessTokens.machines.verify(token));
    if (!client.scopes.includes(needed)) {
      // RFC 6750 §3.1
      reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${needed}"`);
      throw new Problem(clientProblems.insufficientScope);
    }
    request.machineClient = client;
  });
}

/** The machine client of a request in a scope guarded by `requireScope`. */
export function getMachineClient(request: FastifyRequest): MachineClient {
  if (!request.machineClient) throw new Problem(commonProblems.notAuthenticated);
  return request.machineClient;
}
