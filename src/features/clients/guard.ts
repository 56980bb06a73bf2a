import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { addGuard, getBearer } from '../../http/authentication.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { parseWorkshopCode } from '../../kernel/workshop-code.ts';
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
  interface FastifyContextConfig {
    /** Of every route behind `requireScope`. */
    workshop?: WorkshopRule;
  }
}

/** How a route keeps a machine client to the workshops that it may act for. */
export type WorkshopRule =
  /** The parameter of the path that names the workshop: the guard refuses others’. */
  | Readonly<{ inPath: string }>
  /** Only a file or a row says which workshop it is: what the use case does about it. */
  | Readonly<{ inUseCase: string }>;

/** What every route behind `requireScope` can answer with, for `problemResponses`. */
export const machineGuardProblems = [
  commonProblems.notAuthenticated,
  commonProblems.insufficientScope,
  clientProblems.tooManyClientRequests,
] as const;

/**
 * Guards every route registered in `scope`: a machine client's access token with the scope `needed`, the workshop that
 * the path names, and `security` in their documentation. A route that does not say how it keeps clients to their
 * workshops is refused at start.
 */
export function requireScope(scope: FastifyInstance, needed: ClientScope): void {
  scope.addHook('onRoute', (route) => {
    requireWorkshopRule(route);
    route.schema = { ...route.schema, security: [{ clientCredentials: [needed] }] };
  });
  addGuard(scope, async (request, reply) => {
    const token = getBearer(request);
    if (!token) throw new Problem(commonProblems.notAuthenticated);
    const client = await scope.machineClients.serve(await scope.accessTokens.machines.verify(token));
    if (!client.scopes.includes(needed)) {
      // RFC 6750 §3.1
      reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${needed}"`);
      throw new Problem(commonProblems.insufficientScope);
    }
    const rule = request.routeOptions.config.workshop;
    if (rule && 'inPath' in rule) requireWorkshop(client, request.params, rule.inPath);
    request.machineClient = client;
  });
}

type ParameterSchemas = Readonly<{ properties?: Readonly<Record<string, Readonly<{ format?: string }>>> }>;

function requireWorkshopRule({ method, url, config, schema }: RouteOptions): void {
  const rule = config?.workshop;
  const { properties = {} } = (schema?.params ?? {}) as ParameterSchemas;
  const named = Object.keys(properties).filter((name) => properties[name]?.format === 'workshop-code');
  const guarded = rule && 'inPath' in rule ? [rule.inPath] : [];
  if (rule && named.join() === guarded.join()) return;
  throw new Error(`${method} ${url} does not say how it keeps machine clients to their workshops`);
}

/** What is no workshop's code is left to validation. @throws {Problem} `workshop-not-allowed`, known or not */
function requireWorkshop({ workshopCodes }: MachineClient, params: unknown, name: string): void {
  const code = parseWorkshopCode((params as Readonly<Record<string, string>>)[name] ?? '');
  if (code === null || workshopCodes === null || workshopCodes.includes(code)) return;
  throw new Problem(clientProblems.workshopNotAllowed);
}

/** The machine client of a request in a scope guarded by `requireScope`. */
export function getMachineClient(request: FastifyRequest): MachineClient {
  if (!request.machineClient) throw new Problem(commonProblems.notAuthenticated);
  return request.machineClient;
}
