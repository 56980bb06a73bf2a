import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import { digestBearerSecret } from '../../kernel/keyring.ts';

export type Payload = Readonly<Record<string, unknown>>;

/**
 * What ran out is still known for an hour: the provider looks at a pushed request once more when its authorization ends,
 * and a code that comes late is told from one that never was.
 */
const keptSeconds = 60 * 60;

/** `id` is a bearer secret: only its digest is kept, and the payload holds no copy of it. */
export async function saveState(
  db: Kysely<Database>,
  model: string,
  id: string,
  { jti: _jti, returnTo: _address, ...payload }: Payload,
  lifeSeconds: number,
): Promise<void> {
  const { grantId } = payload;
  const kept = {
    payload: JSON.stringify(payload),
    expires_at: inSeconds(lifeSeconds),
  };
  await db
    .insertInto('oauth_state')
    .values({
      model,
      id_digest: digestBearerSecret(id),
      grant_id: typeof grantId === 'string' ? grantId : null,
      ...kept,
    })
    .onConflict((conflict) => conflict.columns(['model', 'id_digest']).doUpdateSet(kept))
    .execute();
}

export async function findState(
  db: Kysely<Database>,
  model: string,
  id: string,
): Promise<Payload | undefined> {
  const row = await db
    .selectFrom('oauth_state')
    .where('model', '=', model)
    .where('id_digest', '=', digestBearerSecret(id))
    .select(['payload', 'consumed_at as consumedAt'])
    .executeTakeFirst();
  if (!row) return undefined;
  const { payload, consumedAt } = row;
  return { ...payload, jti: id, ...(consumedAt && { consumed: Math.floor(consumedAt.getTime() / 1000) }) };
}

/** Uses it up; `false` when it was used before. Of any number at once one gets `true`. */
export async function consumeState(db: Kysely<Database>, model: string, id: string): Promise<boolean> {
  const row = await db
    .updateTable('oauth_state')
    .set({ consumed_at: now })
    .where('model', '=', model)
    .where('id_digest', '=', digestBearerSecret(id))
    .where('consumed_at', 'is', null)
    .returning('model')
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteState(db: Kysely<Database>, model: string, id: string): Promise<void> {
  await db
    .deleteFrom('oauth_state')
    .where('model', '=', model)
    .where('id_digest', '=', digestBearerSecret(id))
    .execute();
}

export async function deleteStateOfGrant(
  db: Kysely<Database>,
  model: string,
  grantId: string,
): Promise<void> {
  await db.deleteFrom('oauth_state').where('model', '=', model).where('grant_id', '=', grantId).execute();
}

/** An authorization that waits for its person. */
export type OpenAuthorization = Readonly<{ clientId: string; scopes: readonly string[]; expiresAt: Date }>;

const interaction = 'Interaction';

const openInteraction = (db: Kysely<Database>, id: string) =>
  db
    .selectFrom('oauth_state')
    .where('model', '=', interaction)
    .where('id_digest', '=', digestBearerSecret(id))
    .where('expires_at', '>', now)
    .where(sql<boolean>`not payload ? 'result'`)
    .select([
      sql<string>`payload -> 'params' ->> 'client_id'`.as('clientId'),
      sql<string>`coalesce(payload -> 'params' ->> 'scope', '')`.as('scope'),
      'expires_at as expiresAt',
    ]);

const toOpen = (row: Readonly<{ clientId: string; scope: string; expiresAt: Date }> | undefined) =>
  row && { clientId: row.clientId, scopes: row.scope.split(' '), expiresAt: row.expiresAt };

export async function findAuthorization(
  db: Kysely<Database>,
  id: string,
): Promise<OpenAuthorization | undefined> {
  return toOpen(await openInteraction(db, id).executeTakeFirst());
}

/** The same, held until the end of the transaction: of two decisions at once the second finds none. */
export async function holdAuthorization(
  trx: Transaction<Database>,
  id: string,
): Promise<OpenAuthorization | undefined> {
  return toOpen(await openInteraction(trx, id).forUpdate().executeTakeFirst());
}

/** What the provider is to go on with when the browser that began comes back with the secret of this digest. */
export async function settleAuthorization(
  trx: Transaction<Database>,
  id: string,
  result: Payload,
  proof: Buffer,
): Promise<void> {
  const settled = JSON.stringify({ result, proof: proof.toString('base64url') });
  await trx
    .updateTable('oauth_state')
    .set({ payload: sql`payload || ${settled}::jsonb` })
    .where('model', '=', interaction)
    .where('id_digest', '=', digestBearerSecret(id))
    .execute();
}

/** Whether this secret is what the decision on the authorization gave out. */
export async function isProved(db: Kysely<Database>, id: string, secret: string): Promise<boolean> {
  const row = await db
    .selectFrom('oauth_state')
    .where('model', '=', interaction)
    .where('id_digest', '=', digestBearerSecret(id))
    .where(sql<boolean>`payload ->> 'proof' = ${digestBearerSecret(secret).toString('base64url')}`)
    .select('model')
    .executeTakeFirst();
  return row !== undefined;
}

export async function cleanUpStates(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('oauth_state')
    .where('expires_at', '<', inSeconds(-keptSeconds))
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
