export { disputeRoutes } from './disputes.routes.ts';
export type { DisputeDependencies } from './disputes.ts';
