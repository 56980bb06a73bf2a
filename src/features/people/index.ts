export type { ApplyDependencies } from './apply-change.ts';
export { findPeople, type RegisteredPerson } from './people.repository.ts';
export { peopleRoutes } from './people.routes.ts';
export { type DeskDependencies, readPerson } from './people-at-desk.ts';
export type { PersonDetails } from './person-details.ts';
export { cleanUpRequests, type RegisterChange } from './register-changes.repository.ts';
export {
  applyRipeChanges,
  approveChange,
  disputeChange,
  type Giver,
  type PeopleDependencies,
  requestMend,
  requestMerge,
  reverseChange,
} from './register-changes.ts';
