import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addGuard, getBearer } from '../../http/authentication.ts';
import { digestBearerSecret } from '../../kernel/keyring.ts';
import { Problem } from '../../kernel/problem.ts';
import { type FlowKey, flowProblems } from './flow.ts';

/** Every route of `scope` belongs to a flow: documented so, and never cached. */
export function requireFlowToken(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, security: [{ flowToken: [] }] };
  });
  addGuard(scope, async (request) => {
    if (!getBearer(request)) throw new Problem(flowProblems.notOpen);
  });
}

export function getFlowKey(request: FastifyRequest<{ Params: { id: string } }>): FlowKey {
  const token = getBearer(request);
  if (!token) throw new Problem(flowProblems.notOpen);
  return { id: request.params.id, tokenDigest: digestBearerSecret(token) };
}

/** A repeat of what opened a flow gets the flow token again until something has been done with it. */
export function untilUsed(isUntouched: (key: FlowKey) => Promise<boolean>) {
  return {
    again: async (started: { id: string; flowToken: string }) => {
      const key = { id: started.id, tokenDigest: digestBearerSecret(started.flowToken) };
      return (await isUntouched(key)) ? started : null;
    },
  };
}
