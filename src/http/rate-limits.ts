import rateLimit from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { commonProblems, Problem } from '../kernel/problem.ts';
import { toNetwork } from './caller.ts';

export type RateLimitsOptions = Readonly<{
  requestsPerMinute: number;
  /** Where all replicas count together; without it every process counts by itself. */
  redisUrl?: string | undefined;
}>;

const windowSeconds = 60;
const limitHeader = 'ratelimit-limit';
const remainingHeader = 'ratelimit-remaining';
const resetHeader = 'ratelimit-reset';

/**
 * `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), instead of the earlier draft's three. The
 * ceiling that is named is the one that binds: of the network, or where something else was counted and is used up, that.
 */
function nameCeiling({ problemCode }: FastifyRequest, reply: FastifyReply): void {
  const [limit, left, reset] = [limitHeader, remainingHeader, resetHeader].map((name) => {
    const value = reply.getHeader(name);
    reply.removeHeader(name);
    return value;
  });
  if (limit === undefined) return;
  const isOther = reply.statusCode === 429 && problemCode !== null && problemCode !== networkCeiling;
  const seconds = reply.getHeader('retry-after') ?? windowSeconds;
  reply
    .header('ratelimit-policy', `"network";q=${limit};w=${windowSeconds}`)
    .header('ratelimit', isOther ? `"${problemCode}";r=0;t=${seconds}` : `"network";r=${left};t=${reset}`);
}

const networkCeiling = commonProblems.tooManyRequests.code;

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
    app.addHook('onSend', async (request, reply) => nameCeiling(request, reply));
    await app.register(rateLimit, {
      global: true,
      max: requestsPerMinute,
      timeWindow: windowSeconds * 1000,
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
