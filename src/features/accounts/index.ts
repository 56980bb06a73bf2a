export { lockAccount } from './accounts.repository.ts';
export { accountRoutes } from './accounts.routes.ts';
export { type AccountService, createAccountService } from './accounts.service.ts';
export { createPasswordChange, type PasswordChange } from './change-password.ts';
export { liveSession } from './live-session.ts';
