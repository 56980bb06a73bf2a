export { liveSession } from '../../database/live-session.ts';
export { exportAccount } from './account-export.ts';
export { accountProblems } from './accounts.problems.ts';
export {
  countHashes,
  findAccountId,
  findOwner,
  findPersonId,
  insertAccount,
  lockAccount,
  lockOut,
  upgradeHash,
  userNameColumn,
} from './accounts.repository.ts';
export { accountRoutes } from './accounts.routes.ts';
export { passwordField } from './accounts.schemas.ts';
export { createAccountService } from './accounts.service.ts';
export { createAccountAdministration } from './administration.ts';
export { createPasswordChange, type Kept, type PasswordChange } from './change-password.ts';
export { type CurrentPassword, createCurrentPassword, type Owner } from './current-password.ts';
export { holdSession } from './hold-session.ts';
export { maskEmail } from './mask-email.ts';
export { notifyOwner } from './notify-owner.ts';
export { tellAnswersRestored } from './restored-answers.ts';
export {
  answersAreHeld,
  changeHoldSeconds,
  sweepHeldAnswers,
  trustedAnswers,
} from './security-answers.repository.ts';
