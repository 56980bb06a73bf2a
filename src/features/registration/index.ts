export { sweepRegistrations } from './registration.repository.ts';
export { registrationRoutes } from './registration.routes.ts';
export { createRegistrationService, type RegistrationService } from './registration.service.ts';
