import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { addGuard, getPrincipal, requireAccessToken } from '../../http/authentication.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { requireActingOfficer } from './acting-officer.ts';
import { officerProblems } from './officers.problems.ts';

/** What every route behind `requireOfficer` can answer with, for `problemResponses`. */
export const officerGuardProblems = [
  commonProblems.notAuthenticated,
  officerProblems.notAnOfficer,
  officerProblems.freshSignInNeeded,
  officerProblems.roleAsleep,
  officerProblems.otherNetworkNeeded,
] as const;

export type OfficerGuardOptions = Readonly<{
  db: Kysely<Database>;
  /** Whether officers may act from this client address. */
  mayActFrom(address: string): boolean;
}>;

/**
 * Guards every route registered in `scope`: an access token, sent from where officers may act. Whether the session
 * lives and its account has the role is for the statement that serves the request (`holdOfficer`), and is asked
 * where a kept answer is given again without one.
 */
export function requireOfficer(scope: FastifyInstance, { db, mayActFrom }: OfficerGuardOptions): void {
  requireAccessToken(scope);
  scope.addHook('onRoute', (route) => {
    const requireRepeater = (request: FastifyRequest) => requireActingOfficer(db, getPrincipal(request));
    route.config = { ...route.config, requireRepeater };
  });
  addGuard(scope, async (request) => {
    if (!mayActFrom(request.ip)) throw new Problem(officerProblems.otherNetworkNeeded);
  });
}
