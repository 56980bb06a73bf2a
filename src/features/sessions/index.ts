export { endSessions, forgetDevices, sweepSessions } from './sessions.repository.ts';
export { sessionRoutes } from './sessions.routes.ts';
export { createSessionService, type SessionService } from './sessions.service.ts';
export { createSignInPace } from './sign-in-pace.ts';
