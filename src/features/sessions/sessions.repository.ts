import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Client, Principal } from '../../kernel/client.ts';

/** Ends by itself when it has not been refreshed for this long … */
export const sessionIdleTtlSeconds = 14 * 24 * 60 * 60;
/** … and at the latest this long after signing in. */
export const sessionTtlSeconds = 90 * 24 * 60 * 60;
/** A retry of a refresh whose answer got lost. */
export const refreshRetrySeconds = 30;
/** Live sessions, and known devices, of one account; the ones used longest ago give way. */
const mostSessions = 20;
const mostDevices = 20;

const inSeconds = (seconds: number) => sql<Date>`now() + make_interval(secs => ${seconds})`;

/** The account and, where the token is of a device that has signed in to it, that device. */
export async function findForSignIn(db: Kysely<Database>, nationalCode: string, deviceDigest: Buffer | null) {
  return db
    .selectFrom('account')
    .leftJoin('device', (join) =>
      join.onRef('device.account_id', '=', 'account.id').on('device.token_digest', '=', deviceDigest),
    )
    .where('national_code', '=', nationalCode)
    .select(['account.id', 'state', 'password_hash as passwordHash', 'device.token_digest as deviceDigest'])
    .executeTakeFirst();
}

/** Whether the hash that was just verified is still the account's; locks it against a change until the end. */
export async function holdAccount(
  trx: Transaction<Database>,
  accountId: string,
  passwordHash: string,
): Promise<boolean> {
  const row = await trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .where('password_hash', '=', passwordHash)
    .where('state', '=', 'active')
    .select('id')
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertSession(
  trx: Transaction<Database>,
  accountId: string,
  seed: Buffer,
  client: Client,
) {
  const session = await trx
    .insertInto('session')
    .values({
      account_id: accountId,
      refresh_seed: seed,
      user_agent: client.userAgent,
      network: client.coarseNetwork,
      idle_expires_at: inSeconds(sessionIdleTtlSeconds),
      expires_at: inSeconds(sessionTtlSeconds),
    })
    .returning(['id', 'expires_at as expiresAt'])
    .executeTakeFirstOrThrow();
  await trx
    .deleteFrom('session')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('session')
        .select('id')
        .where('account_id', '=', accountId)
        .orderBy('last_used_at', 'desc')
        .offset(mostSessions),
    )
    .execute();
  return session;
}

export async function insertDevice(
  trx: Transaction<Database>,
  accountId: string,
  tokenDigest: Buffer,
): Promise<void> {
  await trx.insertInto('device').values({ account_id: accountId, token_digest: tokenDigest }).execute();
  await trx
    .deleteFrom('device')
    .where('token_digest', 'in', (eb) =>
      eb
        .selectFrom('device')
        .select('token_digest')
        .where('account_id', '=', accountId)
        .orderBy('last_used_at', 'desc')
        .offset(mostDevices),
    )
    .execute();
}

export async function touchDevice(trx: Transaction<Database>, tokenDigest: Buffer): Promise<void> {
  await trx
    .updateTable('device')
    .set({ last_used_at: sql<Date>`now()` })
    .where('token_digest', '=', tokenDigest)
    .execute();
}

export async function findSession(db: Kysely<Database>, id: string) {
  return db
    .selectFrom('session')
    .where('id', '=', id)
    .select(['id', 'account_id as accountId', 'refresh_seed as seed', 'generation'])
    .executeTakeFirst();
}

/** Moves to the next generation if `generation` is the current one: of two at once one gets the row. */
export async function rotate(db: Kysely<Database>, id: string, generation: number) {
  return db
    .updateTable('session')
    .from('account')
    .set({
      generation: generation + 1,
      rotated_at: sql<Date>`now()`,
      last_used_at: sql<Date>`now()`,
      idle_expires_at: inSeconds(sessionIdleTtlSeconds),
    })
    .whereRef('account.id', '=', 'session.account_id')
    .where('account.state', '=', 'active')
    .where('session.id', '=', id)
    .where('generation', '=', generation)
    .where('idle_expires_at', '>', sql<Date>`now()`)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('expires_at as expiresAt')
    .executeTakeFirst();
}

/** The session when `generation` was replaced moments ago at the request of the same client. */
export async function findJustRotated(db: Kysely<Database>, id: string, generation: number, client: Client) {
  return db
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.account_id')
    .where('account.state', '=', 'active')
    .where('session.id', '=', id)
    .where('generation', '=', generation + 1)
    .where('rotated_at', '>', inSeconds(-refreshRetrySeconds))
    .where('user_agent', '=', client.userAgent)
    .where('network', '=', client.coarseNetwork)
    .where('expires_at', '>', sql<Date>`now()`)
    .select('expires_at as expiresAt')
    .executeTakeFirst();
}

/** Ends a session; `false` when it had ended already. */
export async function endSession(
  db: Kysely<Database>,
  { accountId, sessionId }: Principal,
): Promise<boolean> {
  const row = await db
    .deleteFrom('session')
    .where('id', '=', sessionId)
    .where('account_id', '=', accountId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends every session of an account, except perhaps the one that asks for it. */
export async function endSessions(
  trx: Transaction<Database>,
  accountId: string,
  keepSessionId: string | null,
): Promise<void> {
  await trx
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .$if(keepSessionId !== null, (query) => query.where('id', '!=', keepSessionId ?? ''))
    .execute();
}

export async function sweepSessions(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where((eb) =>
      eb.or([eb('idle_expires_at', '<=', sql<Date>`now()`), eb('expires_at', '<=', sql<Date>`now()`)]),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
