import fp from 'fastify-plugin';
import type { ClientService } from './clients.service.ts';

export * as clientAdministration from './administration.ts';
export { clientProblems } from './clients.problems.ts';
export {
  cleanUpAssertions,
  findActiveClient,
  findInstitution,
  touchCredential,
  useAssertion,
} from './clients.repository.ts';
export { createClientService } from './clients.service.ts';
export {
  getMachineClient,
  machineGuardProblems,
  requireScope,
  type WorkshopRule,
} from './guard.ts';
export {
  type ClientScope,
  clientScopes,
  type GrantScope,
  grantScopes,
  isClientScope,
  isGrantScope,
} from './scopes.ts';

/** What `requireScope` needs; to be registered before the routes that it guards. */
export const machineClients = fp<{ service: ClientService }>(
  async (app, { service }) => {
    app.decorate('machineClients', service);
    app.decorateRequest('machineClient', null);
  },
  { name: 'machine-clients' },
);
