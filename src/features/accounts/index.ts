export { liveSession } from '../../database/live-session.ts';
export {
  cleanUpEvents,
  insertEvent,
  insertEventOfAnybody,
  markDisputed,
  restedRecently,
} from './account-events.ts';
export { exportAccount } from './account-export.ts';
export { accountProblems } from './accounts.problems.ts';
export {
  findAccountId,
  findOwner,
  findPersonId,
  insertAccount,
  lockAccount,
  lockOut,
  userNameColumn,
} from './accounts.repository.ts';
export { accountRoutes } from './accounts.routes.ts';
export { KindField, PasswordSetSchema, passwordField } from './accounts.schemas.ts';
export type { AccountDependencies } from './accounts.service.ts';
export type { AccountState, EventCause, Lock } from './accounts.table.ts';
export { createAccountAdministration } from './administration.ts';
export {
  createPasswordChange,
  type Kept,
  type PasswordChange,
  type Proof,
  type RevokeAllAccess,
} from './change-password.ts';
export { type CurrentPassword, createCurrentPassword, type Owner } from './current-password.ts';
export { holdSession } from './hold-session.ts';
export {
  type AddressKind,
  addressKinds,
  disputeSeconds,
  isAddressKind,
  type Kind,
  kinds,
} from './kinds.ts';
export { maskEmail } from './mask-email.ts';
export { noticeUsefulForSeconds, notifyOwner } from './notify-owner.ts';
export { countHashes, upgradeAnswersHash, upgradeHash } from './password-hashes.repository.ts';
export { followRegister, moveAccount } from './register.repository.ts';
export {
  confirmMobile,
  findOthersWithMobile,
  isOwnershipDoubtful,
  setBarred,
  setTrusted,
  type TrustedValue,
} from './trusted-values.repository.ts';
