export { freshSessionSeconds, isFreshSession } from '../../database/live-session.ts';
export { requireFreshSession } from './fresh-session.ts';
export { isKnownDevice } from './known-device.ts';
export {
  cleanUpDevices,
  cleanUpSessions,
  endSessions,
  forgetDevices,
} from './sessions.repository.ts';
export { sessionRoutes } from './sessions.routes.ts';
export { createSessionService, type SessionService } from './sessions.service.ts';
export { createSignInThrottle } from './sign-in-throttle.ts';
export { cleanUpSignIns, endSignIns } from './two-steps.repository.ts';
