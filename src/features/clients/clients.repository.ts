import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';

/** An active client with what it may prove itself by; `null` when there is no such client. */
export async function findActiveClient(db: Kysely<Database>, clientId: string) {
  const rows = await db
    .selectFrom('machine_client as client')
    .innerJoin('machine_client_credential as credential', 'credential.client_id', 'client.id')
    .leftJoin('institution', 'institution.client_id', 'client.id')
    .where('client.id', '=', clientId)
    .where('client.state', '=', 'active')
    .select([
      'institution.redirect_uris as redirectUris',
      'client.name',
      'client.scopes',
      'credential.id as credentialId',
      'secret_digest as secretDigest',
      'public_key as publicKey',
      'algorithm',
      'key_id as keyId',
    ])
    .execute();
  const [first] = rows;
  if (!first) return null;
  const { name, scopes, redirectUris } = first;
  return { name, scopes, redirectUris: redirectUris ?? [], credentials: rows };
}

/** What people are told of an active client that may ask for grants, and what it may ask for. */
export async function findInstitution(db: Kysely<Database>, clientId: string) {
  return db
    .selectFrom('institution')
    .innerJoin('machine_client as client', 'client.id', 'institution.client_id')
    .where('client.id', '=', clientId)
    .where('client.state', '=', 'active')
    .select(['name_fa as nameFa', 'name_en as nameEn', 'purpose_fa as purposeFa', 'purpose_en as purposeEn'])
    .select('client.scopes')
    .executeTakeFirst();
}

/** The client that a token speaks for, if client and credential still hold: the statement that serves a request. */
export async function findServedClient(db: Kysely<Database>, clientId: string, credentialId: string) {
  return db
    .selectFrom('machine_client as client')
    .innerJoin('machine_client_credential as credential', 'credential.client_id', 'client.id')
    .where('client.id', '=', clientId)
    .where('client.state', '=', 'active')
    .where('credential.id', '=', credentialId)
    .select([
      'client.name',
      'client.scopes',
      'client.workshop_codes as workshopCodes',
      'client.requests_per_minute as requestsPerMinute',
    ])
    .executeTakeFirst();
}

/** Uses an assertion's id up; `false` when it was used before. Of any number at once one gets `true`. */
export async function useAssertion(
  db: Kysely<Database>,
  assertion: Readonly<{ clientId: string; jtiDigest: Buffer; expiresAt: Date }>,
): Promise<boolean> {
  const row = await db
    .insertInto('machine_client_assertion')
    .values({
      client_id: assertion.clientId,
      jti_digest: assertion.jtiDigest,
      expires_at: assertion.expiresAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('client_id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function touchCredential(db: Kysely<Database>, credentialId: string): Promise<void> {
  await db
    .updateTable('machine_client_credential')
    .set({ last_used_at: now })
    .where('id', '=', credentialId)
    .execute();
}

/** Ids are kept as long as their assertion could still be accepted; what `expires_at` says allows for clocks that differ. */
export async function cleanUpAssertions(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('machine_client_assertion')
    .where('expires_at', '<', inSeconds(-1))
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
