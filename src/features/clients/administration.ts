import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { newBearerSecret } from '../../kernel/keyring.ts';
import type { Localised } from '../../kernel/locale.ts';
import type { RegisteredKey } from './public-key.ts';
import type { ClientScope, GrantScope } from './scopes.ts';

export type { RegisteredKey } from './public-key.ts';
export { readPublicKey } from './public-key.ts';

/** What a client may do, and how often. */
export type ClientRights = Readonly<{
  scopes: readonly (ClientScope | GrantScope)[];
  /** `null`: any workshop. */
  workshopCodes: readonly string[] | null;
  requestsPerMinute: number;
}>;

/** What people are told of a client that may ask them for grants, and where its answers go to. */
export type Institution = Readonly<{ name: Localised; purpose: Localised; redirectUris: readonly string[] }>;

export type Credential = Readonly<{
  credentialId: string;
  /** Shown once: only its digest is kept. `null` for a client that signs. */
  secret: string | null;
}>;

/** Writes a credential to a place. Without a key a secret of 256 random bits is made. */
async function putCredential(
  trx: Transaction<Database>,
  clientId: string,
  place: number,
  key: RegisteredKey | null,
): Promise<Credential> {
  // A plain digest is enough: 256 random bits cannot be guessed however fast guesses are judged, so a slow
  // hash would only cost time at every request for a token.
  const secret = key ? null : newBearerSecret();
  const { id } = await trx
    .insertInto('machine_client_credential')
    .values({
      client_id: clientId,
      place,
      secret_digest: secret?.digest ?? null,
      public_key: key?.publicKey ?? null,
      algorithm: key?.algorithm ?? null,
      key_id: key?.keyId ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { credentialId: id, secret: secret?.token ?? null };
}

export async function createClient(
  db: Kysely<Database>,
  {
    name,
    key,
    institution,
    ...rights
  }: ClientRights & Readonly<{ name: string; key: RegisteredKey | null; institution?: Institution }>,
): Promise<Credential & Readonly<{ clientId: string }>> {
  return db.transaction().execute(async (trx) => {
    const { id } = await trx
      .insertInto('machine_client')
      .values({
        name,
        scopes: [...rights.scopes],
        workshop_codes: rights.workshopCodes && [...rights.workshopCodes],
        requests_per_minute: rights.requestsPerMinute,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    if (institution) {
      await trx
        .insertInto('institution')
        .values({
          client_id: id,
          name_fa: institution.name.fa,
          name_en: institution.name.en,
          purpose_fa: institution.purpose.fa,
          purpose_en: institution.purpose.en,
          redirect_uris: [...institution.redirectUris],
        })
        .execute();
    }
    return { clientId: id, ...(await putCredential(trx, id, 1, key)) };
  });
}

/**
 * Brings in a new credential. The newest old one stays good until the next rotation, so that every replica of
 * the client has time to change over; with `endOthers` (a secret leaked) none does, and their tokens end too.
 * @returns `null` when there is no such client
 */
export async function rotateCredential(
  db: Kysely<Database>,
  clientId: string,
  key: RegisteredKey | null,
  { endOthers = false } = {},
): Promise<Credential | null> {
  return db.transaction().execute(async (trx) => {
    const client = await trx
      .selectFrom('machine_client')
      .where('id', '=', clientId)
      .select('id')
      .forUpdate()
      .executeTakeFirst();
    if (!client) return null;
    const held = await trx
      .selectFrom('machine_client_credential')
      .where('client_id', '=', clientId)
      .select(['id', 'place'])
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    const [kept] = endOthers ? [] : held;
    await trx
      .deleteFrom('machine_client_credential')
      .where('client_id', '=', clientId)
      .$if(kept !== undefined, (query) => query.where('id', '!=', kept?.id ?? ''))
      .execute();
    return putCredential(trx, clientId, kept?.place === 1 ? 2 : 1, key);
  });
}

/** @returns whether there is such a client */
export async function changeClient(
  db: Kysely<Database>,
  clientId: string,
  { scopes, workshopCodes, requestsPerMinute }: Partial<ClientRights>,
): Promise<boolean> {
  const changes = {
    ...(scopes && { scopes: [...scopes] }),
    ...(workshopCodes !== undefined && { workshop_codes: workshopCodes && [...workshopCodes] }),
    ...(requestsPerMinute !== undefined && { requests_per_minute: requestsPerMinute }),
  };
  return updateClient(db, clientId, changes);
}

/** From the next request on, on every replica. @returns whether there is such a client */
export function setClientState(
  db: Kysely<Database>,
  clientId: string,
  state: 'active' | 'disabled',
): Promise<boolean> {
  return updateClient(db, clientId, { state });
}

async function updateClient(
  db: Kysely<Database>,
  clientId: string,
  changes: Readonly<{
    state?: 'active' | 'disabled';
    scopes?: string[];
    workshop_codes?: string[] | null;
    requests_per_minute?: number;
  }>,
): Promise<boolean> {
  const row = await db
    .updateTable('machine_client')
    .set(changes)
    .where('id', '=', clientId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Every client with its credentials, newest first; no secret, no digest. */
export function listClients(db: Kysely<Database>) {
  return db
    .selectFrom('machine_client as client')
    .leftJoin('machine_client_credential as credential', 'credential.client_id', 'client.id')
    .select([
      'client.id',
      'client.name',
      'client.state',
      'client.scopes',
      'client.workshop_codes as workshopCodes',
      'client.requests_per_minute as requestsPerMinute',
      'client.created_at as createdAt',
      sql<string[]>`array_agg(
        case when algorithm is null then 'secret' else algorithm || ' ' || key_id end
        || ' of ' || to_char(credential.created_at, 'YYYY-MM-DD')
        || coalesce(', used ' || to_char(last_used_at, 'YYYY-MM-DD'), ', never used')
        order by credential.created_at desc) filter (where credential.id is not null)`.as('credentials'),
    ])
    .groupBy('client.id')
    .orderBy('client.created_at', 'desc')
    .execute();
}
