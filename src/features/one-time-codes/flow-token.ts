import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyPluginOptions, FastifyRequest } from 'fastify';
import { addGuard, getBearer } from '../../http/authentication.ts';
import { quantiseResponseTime } from '../../http/response-quantum.ts';
import { digestBearerSecret } from '../../kernel/keyring.ts';
import { Problem } from '../../kernel/problem.ts';
import { type FlowKey, flowProblems } from './flow.ts';

type Route<Options extends FastifyPluginOptions> = FastifyPluginAsyncTypebox<Options>;

/** What a step of a flow is refused with that is not open, is not the next one, or is done. */
export const stepProblems = [flowProblems.notOpen, flowProblems.stepNotOpen, flowProblems.stepDone] as const;

/**
 * Registers the routes of a flow: one that starts it, for whoever asks, and steps, for who has its token. Whom a flow is
 * about is told by no response, nor by when it leaves.
 */
export async function registerFlow<Options extends FastifyPluginOptions>(
  app: FastifyInstance,
  options: Options,
  { start, steps }: Readonly<{ start: Route<Options>; steps: readonly Route<Options>[] }>,
): Promise<void> {
  app.addHook('onSend', quantiseResponseTime(app));
  await app.register(start, options);
  await app.register(async (scope) => {
    requireFlowToken(scope);
    for (const step of steps) await scope.register(step, options);
  });
}

/** Every route of `scope` belongs to a flow, and is documented so. */
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
