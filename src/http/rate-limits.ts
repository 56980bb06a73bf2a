import rateLimit from '@fastify/rate-limit';
import fp from 'fastify-plugin';
import { commonProblems, Problem } from '../kernel/problem.ts';
import { toNetwork } from './caller.ts';

export type RateLimitsOptions = Readonly<{
  requestsPerMinute: number;
  /** Where all replicas count together; without it every process counts by itself. */
  redisUrl?: string | undefined;
}>;

/** A ceiling per client network over all routes; what guards a person is counted in the database instead. */
export const rateLimits = fp<RateLimitsOptions>(
  async (app, { requestsPerMinute, redisUrl }) => {
    const shared = redisUrl
      ? (await import('./shared-counters.ts')).createSharedCounters({
          redisUrl,
          onOutage: ({ message }) =>
            app.log.warn({ reason: message }, 'Redis is gone or slow: limits are counted per process'),
          onRecovery: () => app.log.info('Redis is back: limits are counted together again'),
        })
      : null;
    if (shared) app.addHook('onClose', async () => shared.close());
    await app.register(rateLimit, {
      global: true,
      max: requestsPerMinute,
      timeWindow: 60_000,
      ...(shared ? { store: shared.Store } : { cache: 50_000 }),
      enableDraftSpec: true,
      keyGenerator: (request) => toNetwork(request.ip),
      errorResponseBuilder: (_request, context) =>
        new Problem(commonProblems.tooManyRequests, {
          retryAfterSeconds: Math.max(1, Math.ceil(context.ttl / 1000)),
        }),
    });
  },
  { name: 'rate-limits' },
);
