import type { FastifyInstance } from 'fastify';
import { addGuard, requireAccessToken } from '../../http/authentication.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { officerProblems } from './officers.problems.ts';

/** What every route behind `requireOfficer` can answer with, for `problemResponses`. */
export const officerGuardProblems = [
  commonProblems.notAuthenticated,
  officerProblems.notAnOfficer,
  officerProblems.freshSignInNeeded,
  officerProblems.roleAsleep,
  officerProblems.otherNetworkNeeded,
] as const;

/**
 * Guards every route registered in `scope`: an access token, sent from where officers may act. Whether the session
 * lives and its account has the role is for the statement that serves the request: `holdOfficer`.
 */
export function requireOfficer(scope: FastifyInstance, mayActFrom: (address: string) => boolean): void {
  requireAccessToken(scope);
  addGuard(scope, async (request) => {
    if (!mayActFrom(request.ip)) throw new Problem(officerProblems.otherNetworkNeeded);
  });
}
