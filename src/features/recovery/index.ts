export { createObjections, type Objections } from './objections.ts';
export { completeByOfficer, findAtDesk, insertPrinted, redeemPrinted } from './printed.repository.ts';
export { endRecoveries, sweepRecoveries } from './recovery.repository.ts';
export { recoveryRoutes } from './recovery.routes.ts';
export { createRecoveryService, type RecoveryService } from './recovery.service.ts';
