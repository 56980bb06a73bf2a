export { createMobileOwnership } from './create-mobile-ownership.ts';
export {
  type MobileOwnership,
  type OwnershipAnswer,
  ownershipProblems,
  ownershipRetrySeconds,
} from './mobile-ownership.ts';
