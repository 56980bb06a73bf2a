export {
  type MobileOwnership,
  type OwnershipAnswer,
  ownershipProblems,
  ownershipRetrySeconds,
} from './mobile-ownership.ts';
