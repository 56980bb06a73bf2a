export { cleanUpRecoveries, endRecoveries } from './recovery.repository.ts';
export { recoveryRoutes } from './recovery.routes.ts';
export { createRecoveryService, type RecoveryService } from './recovery.service.ts';
