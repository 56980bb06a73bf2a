import type { FastifyPluginAsync } from 'fastify';
import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { EmployerListService } from '../features/employer-lists/index.ts';
import type { Messaging } from '../messaging/index.ts';
import { inboxRoutes } from './inbox.routes.ts';
import { peopleRoutes } from './people.routes.ts';

export type DevelopmentOptions = Readonly<{
  db: Kysely<Database>;
  messaging: Messaging;
  employerLists: EmployerListService;
}>;

/** What helps to try the service out and must not exist in production. */
export const developmentRoutes: FastifyPluginAsync<DevelopmentOptions> = async (app, options) => {
  await app.register(inboxRoutes, { db: options.db, render: options.messaging.render });
  await app.register(peopleRoutes, { employerLists: options.employerLists });
};
