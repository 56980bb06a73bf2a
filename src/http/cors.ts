import fastifyCors from '@fastify/cors';
import fp from 'fastify-plugin';
import { commonProblems, Problem } from '../kernel/problem.ts';

/** `origins`: the front ends whose pages may call the service, exactly as browsers name them. */
export type CorsOptions = Readonly<{ origins: readonly string[] }>;

const preflightSeconds = 7_200;

/**
 * Lets pages of these origins read answers (Fetch standard, CORS protocol), and send the cookies of sessions that are
 * kept in them (`browserCookies`). Without origins nothing is added at all.
 */
export const cors = fp<CorsOptions>(
  async (app, { origins }) => {
    if (origins.length === 0) return;
    // Preflights are answered before the limits of routes, so they have their own.
    const limit = app.rateLimit();
    app.addHook('onRequest', async (request, reply) => {
      if (request.method !== 'OPTIONS') return;
      await limit.call(app, request, reply);
      if (app.allowedMethods(request.url).length === 0) throw new Problem(commonProblems.notFound);
    });
    await app.register(fastifyCors, {
      origin: [...origins],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: [
        'Authorization',
        'Content-Type',
        'Accept-Language',
        'If-None-Match',
        'Device-Token',
        'Idempotency-Key',
        'Proof-Of-Work',
        'Savabegh-Client',
      ],
      credentials: true,
      exposedHeaders: [
        'Content-Language',
        'ETag',
        'Location',
        'RateLimit',
        'RateLimit-Policy',
        'Request-Id',
        'Retry-After',
      ],
      maxAge: preflightSeconds,
      // Any other request with this method is answered alike, instead of by a plain text.
      strictPreflight: false,
    });
    // Routes that set `Vary` themselves would drop the origin, and a shared cache would mix up two front ends.
    app.addHook('onSend', async (_request, reply) => {
      // Else strangers would be told that cookies are taken, if only not from them.
      if (!reply.hasHeader('access-control-allow-origin'))
        reply.removeHeader('access-control-allow-credentials');
      const vary = String(reply.getHeader('vary') ?? '');
      if (!/\borigin\b/i.test(vary)) reply.header('vary', vary === '' ? 'Origin' : `${vary}, Origin`);
    });
  },
  { name: 'cors', dependencies: ['rate-limits', 'addresses'] },
);
