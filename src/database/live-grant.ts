import { type Kysely, type SqlBool, sql } from 'kysely';
import type { GrantPrincipal } from '../kernel/caller.ts';
import type { Database } from './schema.ts';
import { now } from './time.ts';

/**
 * The account that a person's grant lets an institution read, as the start of a query, as `liveSession` is for the person:
 * a grant that was withdrawn, has run out or was not kept after a new password, a disabled client or credential and a scope
 * that went are refused by the very statement that serves the read, on every replica.
 */
export function liveGrant(
  db: Kysely<Database>,
  { grantId, clientId, credentialId, scope }: Omit<GrantPrincipal, 'tokenId' | 'scopes'> & { scope: string },
) {
  return db
    .selectFrom('record_grant')
    .innerJoin('account', 'account.id', 'record_grant.account_id')
    .innerJoin('machine_client', 'machine_client.id', 'record_grant.client_id')
    .innerJoin('machine_client_credential as credential', 'credential.client_id', 'machine_client.id')
    .where('record_grant.id', '=', grantId)
    .where('machine_client.id', '=', clientId)
    .where('machine_client.state', '=', 'active')
    .where('credential.id', '=', credentialId)
    .where('account.state', '=', 'open')
    .where('record_grant.expires_at', '>', now)
    .where(isKept)
    .where(sql<SqlBool>`${scope} = any(record_grant.scopes)`)
    .where(sql<SqlBool>`${scope} = any(machine_client.scopes)`);
}

/** Whoever had the old password may have given it; a dispute locks the account until there is a new one. */
export const isKept = sql<boolean>`record_grant.kept_at > account.password_changed_at`;
