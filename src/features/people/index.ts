export type { ApplyDependencies } from './apply-change.ts';
export { peopleRoutes } from './people.routes.ts';
export { type DeskDependencies, readPerson } from './people-at-desk.ts';
export type { PersonDetails } from './person-details.ts';
export {
  cleanUpRequests,
  findPeople,
  type RegisterChange,
  type RegisteredPerson,
} from './register-changes.repository.ts';
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
