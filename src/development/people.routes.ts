import { createHash, randomBytes } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import type { EmployerListService } from '../features/employer-lists/index.ts';
import { inventFreshPerson } from './sample-lists/fresh-person.ts';

const seedBytes = 16;

/**
 * `POST /dev/people`: somebody new, invented, whose history comes from employers' lists through the intake
 * that uploads take; for trying things out.
 */
export const peopleRoutes: FastifyPluginAsync<{ employerLists: EmployerListService }> = async (
  app,
  { employerLists },
) => {
  app.post('/dev/people', { schema: { hide: true } }, async (_request, reply) => {
    const { person, lists } = inventFreshPerson(randomBytes(seedBytes));
    for (const { kar, wor } of lists) {
      const fileDigest = createHash('sha256').update(kar).update(wor).digest('hex');
      const { state } = await employerLists.ingest({
        fileDigest,
        open: () => ({ workshop: kar, workers: wor }),
      });
      if (state === 'refused') throw new Error('an invented list was refused');
    }
    return reply.code(201).send(person);
  });
};
