import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

/** A request that has been answered, as far as logs and metrics may know it: the route is its pattern. */
export type ServedRequest = Readonly<{
  method: string;
  route: string;
  status: number;
  /** Code of the problem that was the answer; `null`: there was none. */
  problem: string | null;
  milliseconds: number;
}>;

export type RequestLogOptions = Readonly<{
  /** Who is signed in, in a form that names nobody; `null`: nobody is. */
  actorOf(request: FastifyRequest): string | null;
  /** Told of each request as well. */
  onServed?: ((request: ServedRequest) => void) | undefined;
}>;

/** One line a request: the route's pattern instead of the address, and nothing that is about a person. */
export const requestLog = fp<RequestLogOptions>(
  async (app, { actorOf, onServed }) => {
    app.addHook('onResponse', async (request, reply) => {
      const actor = actorOf(request);
      const served = {
        method: request.method,
        route: request.routeOptions.url ?? 'unmatched',
        status: reply.statusCode,
        problem: request.problemCode,
        milliseconds: reply.elapsedTime,
      };
      onServed?.(served);
      const { problem, ...line } = served;
      request.log.info(
        {
          ...line,
          milliseconds: Math.round(served.milliseconds * 10) / 10,
          ...(problem !== null && { problem }),
          ...(actor !== null && { actor }),
        },
        'request',
      );
    });
    app.addHook('onSend', async (request, reply) => {
      reply.header('request-id', request.id);
    });
  },
  { name: 'request-log', dependencies: ['problems'] },
);
