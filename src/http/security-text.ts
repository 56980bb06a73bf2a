import type { FastifyPluginAsync } from 'fastify';
import { commonProblems, Problem } from '../kernel/problem.ts';

const dayMs = 86_400_000;
/** RFC 9116 §2.5.5 recommends less than a year. */
const validDays = 180;
const maxAgeSeconds = 86_400;

/** `/.well-known/security.txt` (RFC 9116): whom to tell of a hole. `contact` '' = nobody, and then there is no such file. */
export const securityText: FastifyPluginAsync<{ contact: string; publicUrl: string }> = async (
  app,
  { contact, publicUrl },
) => {
  const path = '/.well-known/security.txt';
  app.get(path, { schema: { hide: true } }, async (_request, reply) => {
    if (contact === '') throw new Problem(commonProblems.notFound);
    // On the day, so that caches of a day hold one and the same.
    const expires = new Date((Math.floor(Date.now() / dayMs) + validDays) * dayMs).toISOString();
    const lines = [
      `Contact: ${contact}`,
      `Expires: ${expires}`,
      'Preferred-Languages: fa, en',
      `Canonical: ${publicUrl}${path}`,
    ];
    reply.type('text/plain; charset=utf-8').header('cache-control', `public, max-age=${maxAgeSeconds}`);
    return `${lines.join('\n')}\n`;
  });
};
