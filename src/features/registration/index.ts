export { mayReceiveKeptCode } from './kept-codes.ts';
export type { RegistrationDependencies } from './registration.dependencies.ts';
export { cleanUpRegistrations, endRegistrations } from './registration.repository.ts';
export { registrationRoutes } from './registration.routes.ts';
