import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Client, Principal } from '../../kernel/client.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { type Kept, liveSession, userNameColumn } from '../accounts/index.ts';

/** A session ends when it has not been refreshed for `idleSeconds`, and `lifetimeSeconds` after signing in. */
export type SessionLifetimes = Readonly<{ idleSeconds: number; lifetimeSeconds: number }>;

/** A retry of a refresh whose answer got lost. */
export const refreshRetrySeconds = 30;
/** Live sessions, and known devices, of one account; the ones used longest ago give way. */
const mostSessions = 20;
const mostDevices = 20;

/** The account and, where the token is of a device that has signed in to it, that device. */
export async function findForSignIn(db: Kysely<Database>, person: PersonId, deviceDigest: Buffer) {
  return db
    .selectFrom('account')
    .leftJoin('device', (join) =>
      join.onRef('device.account_id', '=', 'account.id').on('device.token_digest', '=', deviceDigest),
    )
    .where(userNameColumn(person.kind), '=', person.value)
    .select([
      'account.id',
      'state',
      'locale',
      'password_hash as passwordHash',
      'device.token_digest as deviceDigest',
    ])
    .executeTakeFirst();
}

export type NewSession = Readonly<{
  accountId: string;
  /** The hash that was just verified: it may have been replaced meanwhile. */
  passwordHash: string;
  seed: Buffer;
  client: Client;
  lifetimes: SessionLifetimes;
}>;

/**
 * Begins a session, provided the account is active and still has that password; holds it against a change until
 * the end of the transaction. The session used longest ago gives way to the one too many.
 */
export async function insertSession(
  trx: Transaction<Database>,
  { accountId, passwordHash, seed, client, lifetimes }: NewSession,
): Promise<{ id: string; expiresAt: Date } | undefined> {
  const { rows } = await sql<{ id: string; expiresAt: Date }>`
    with holder as (
      select id from account
      where id = ${accountId} and password_hash = ${passwordHash} and state = 'open' for share
    ), surplus as (
      delete from session using holder where session.id in (
        select id from session where account_id = ${accountId}
        order by last_used_at desc offset ${sql.lit(mostSessions - 1)}
      )
    )
    insert into session (account_id, refresh_seed, user_agent, network, idle_expires_at, expires_at)
    select id, ${seed}::bytea, ${client.userAgent}, ${client.coarseNetwork},
      ${inSeconds(Math.min(lifetimes.idleSeconds, lifetimes.lifetimeSeconds))}, ${inSeconds(lifetimes.lifetimeSeconds)}
    from holder
    returning id, expires_at as "expiresAt"`.execute(trx);
  return rows[0];
}

/** The device used longest ago gives way to the one too many. */
export async function insertDevice(
  trx: Transaction<Database>,
  accountId: string,
  tokenDigest: Buffer,
): Promise<void> {
  await sql`
    with surplus as (
      delete from device where token_digest in (
        select token_digest from device where account_id = ${accountId}
        order by last_used_at desc offset ${sql.lit(mostDevices - 1)}
      )
    )
    insert into device (account_id, token_digest) values (${accountId}, ${tokenDigest})`.execute(trx);
}

export async function touchDevice(trx: Transaction<Database>, tokenDigest: Buffer): Promise<void> {
  await trx
    .updateTable('device')
    .set({ last_used_at: now })
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

/**
 * Moves to the next generation if `generation` is the current one: of two at once one gets the row. The session is
 * from then on where this client is: a phone changes networks.
 */
export async function rotate(
  db: Kysely<Database>,
  { id, generation }: { id: string; generation: number },
  { idleSeconds }: SessionLifetimes,
  { userAgent, coarseNetwork }: Client,
) {
  return (
    db
      .updateTable('session')
      .from('account')
      .set({
        generation: generation + 1,
        rotated_at: now,
        last_used_at: now,
        user_agent: userAgent,
        network: coarseNetwork,
        idle_expires_at: sql`least(${inSeconds(idleSeconds)}, expires_at)`,
      })
      .whereRef('account.id', '=', 'session.account_id')
      .where('account.state', '=', 'open')
      .where('session.id', '=', id)
      .where('generation', '=', generation)
      .where('idle_expires_at', '>', now)
      // The version before, beside us or come back, does not keep the two in order.
      .where('expires_at', '>', now)
      .returning('expires_at as expiresAt')
      .executeTakeFirst()
  );
}

/** The session when `generation` was replaced moments ago at the request of the same client. */
export async function findJustRotated(db: Kysely<Database>, id: string, generation: number, client: Client) {
  return db
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.account_id')
    .where('account.state', '=', 'open')
    .where('session.id', '=', id)
    .where('generation', '=', generation + 1)
    .where('rotated_at', '>', inSeconds(-refreshRetrySeconds))
    .where('user_agent', '=', client.userAgent)
    .where('network', '=', client.coarseNetwork)
    .where('idle_expires_at', '>', now)
    .select('expires_at as expiresAt')
    .executeTakeFirst();
}

/** Every live session of the account, used last first; empty when the principal's own has ended. */
export async function findSessions(db: Kysely<Database>, principal: Principal) {
  return liveSession(db, principal)
    .innerJoin('session as each', 'each.account_id', 'account.id')
    .where('each.idle_expires_at', '>', now)
    .select([
      'each.id',
      'each.user_agent as userAgent',
      'each.network',
      'each.created_at as createdAt',
      'each.last_used_at as lastUsedAt',
      'each.expires_at as expiresAt',
    ])
    .orderBy('each.last_used_at', 'desc')
    .execute();
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

/** Forgets the devices of an account but one: each stands for guesses that a stranger cannot use up. */
export async function forgetDevices(
  trx: Transaction<Database>,
  accountId: string,
  kept: Pick<Kept, 'deviceDigest'> | null,
): Promise<void> {
  await trx
    .deleteFrom('device')
    .where('account_id', '=', accountId)
    .where('token_digest', '!=', kept?.deviceDigest ?? Buffer.of())
    .execute();
}

/** Ends every session of an account, except perhaps the one that asks for it. */
export async function endSessions(
  trx: Transaction<Database>,
  accountId: string,
  kept: Pick<Kept, 'sessionId'> | null,
): Promise<void> {
  await trx
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .$if(kept !== null, (query) => query.where('id', '!=', kept?.sessionId ?? ''))
    .execute();
}

export async function sweepSessions(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('idle_expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
