export { grantProblems } from './grants.problems.ts';
export { cleanUpGrants, endGrant, findGrant } from './grants.repository.ts';
export { grantRoutes } from './grants.routes.ts';
export { ScopeField } from './grants.schemas.ts';
export { type GrantDependencies, giveGrant, openLook } from './grants.service.ts';
