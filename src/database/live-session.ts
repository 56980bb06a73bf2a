import { type Kysely, sql } from 'kysely';
import type { Principal } from '../kernel/caller.ts';
import type { Database } from './schema.ts';
import { now } from './time.ts';

/**
 * The account that a principal's session still speaks for, as the start of a query: whatever is read for a
 * request joins onto it, so that an ended session or a disabled account is refused by the very statement
 * that serves the request, on every replica.
 */
export function liveSession(db: Kysely<Database>, { accountId, sessionId }: Principal) {
  return db
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.account_id')
    .where('session.id', '=', sessionId)
    .where('account.id', '=', accountId)
    .where('account.state', '=', 'open')
    .where('session.idle_expires_at', '>', now);
}

/** So long after its password was given a session may do what a stolen one must not. */
export const freshSessionSeconds = 5 * 60;

/** Whether a row of `session` is that fresh: for the very statement that serves the request. */
export const isFreshSession = sql<boolean>`
  session.authenticated_at > now() - make_interval(secs => ${sql.lit(freshSessionSeconds)})`;
