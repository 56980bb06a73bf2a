export { type ActingOfficer, holdOfficer } from './acting-officer.ts';
export { createOfficerAdministration } from './administration.ts';
export { countAtDesk, countLookUp } from './desk-quota.ts';
export { officerGuardProblems, requireOfficer } from './guard.ts';
export { officerProblems } from './officers.problems.ts';
