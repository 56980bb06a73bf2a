import { type Kysely, sql } from 'kysely';
import type { Principal } from '../kernel/client.ts';
import type { Database } from './schema.ts';
import { inSeconds, now } from './time.ts';

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

/** Whether its owner has given the password within so many seconds; for queries that start with `liveSession`. */
export const isFreshlyAuthenticated = (seconds: number) =>
  sql<boolean>`session.created_at > ${inSeconds(-seconds)}`;
