import rateLimit from '@fastify/rate-limit';
import fp from 'fastify-plugin';
import { commonProblems, Problem } from '../kernel/problem.ts';
import { networkOf } from './client.ts';

export type RateLimitsOptions = Readonly<{ requestsPerMinute: number }>;

/** A ceiling per client network over all routes; what guards a person is counted in the database instead. */
export const rateLimits = fp<RateLimitsOptions>(
  async (app, { requestsPerMinute }) => {
    await app.register(rateLimit, {
      global: true,
      max: requestsPerMinute,
      timeWindow: 60_000,
      cache: 50_000,
      enableDraftSpec: true,
      keyGenerator: (request) => networkOf(request.ip),
      errorResponseBuilder: (_request, context) =>
        new Problem(commonProblems.tooManyRequests, {
          retryAfterSeconds: Math.max(1, Math.ceil(context.ttl / 1000)),
        }),
    });
  },
  { name: 'rate-limits' },
);
