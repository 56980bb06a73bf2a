export { type ActingOfficer, holdOfficer } from './acting-officer.ts';
export { createOfficerAdministration } from './administration.ts';
export { officerGuardProblems, requireOfficer } from './guard.ts';
