export { branchProblems } from './branch.problems.ts';
export { branchRoutes } from './branch.routes.ts';
export { cleanUpBranchRecoveries, endBranchRecoveries } from './branch-recoveries.repository.ts';
export type { BranchDependencies } from './branch-recoveries.ts';
export { barFormerHolders, mayReceiveDeskCode } from './desk-mobiles.ts';
export { useBranchRecovery } from './printed-codes.repository.ts';
