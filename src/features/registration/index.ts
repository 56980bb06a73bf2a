export { mayReceiveKeptCode } from './kept-codes.ts';
export { cleanUpRegistrations, endRegistrations } from './registration.repository.ts';
export { registrationRoutes } from './registration.routes.ts';
export { createRegistrationService } from './registration.service.ts';
