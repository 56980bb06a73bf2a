export { branchRoutes } from './branch.routes.ts';
export { type BranchService, createBranchService } from './branch.service.ts';
