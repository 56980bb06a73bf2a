import type { Kysely } from 'kysely';
import { isFreshSession, liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import type { Principal } from '../../kernel/caller.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { accountProblems } from '../accounts/index.ts';

/**
 * Lets a session pass in which the password was given within `freshSessionSeconds`, by signing in or by
 * `POST /v1/me/reauthentication`. A statement that serves the request can hold the same against `isFreshSession`.
 * @throws {Problem} `not-authenticated`, `fresh-sign-in-needed`
 */
export async function requireFreshSession(db: Kysely<Database>, principal: Principal): Promise<void> {
  const session = await liveSession(db, principal).select(isFreshSession.as('fresh')).executeTakeFirst();
  if (!session) throw new Problem(commonProblems.notAuthenticated);
  if (!session.fresh) throw new Problem(accountProblems.freshSignInNeeded);
}
