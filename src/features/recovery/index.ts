export { deskMethod, getMethodName, type RecoveryMethod, recoveryMethods } from './methods/index.ts';
export type { BranchRecoveries, RecoveryDependencies } from './recovery.dependencies.ts';
export { cleanUpRecoveries, endRecoveries, isUntouchedRecovery } from './recovery.repository.ts';
export { recoveryRoutes } from './recovery.routes.ts';
export { MethodField } from './recovery.schemas.ts';
export { type Redeemed, redeemPrinted } from './redemption.repository.ts';
