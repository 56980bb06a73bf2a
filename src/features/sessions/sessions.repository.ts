import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { type Kept, liveSession, userNameColumn } from '../accounts/index.ts';
import { isKnownDevice } from './known-device.ts';

/** A session ends when it has not been refreshed for `idleSeconds`, and `lifetimeSeconds` after signing in. */
export type SessionLifetimes = Readonly<{ idleSeconds: number; lifetimeSeconds: number }>;

/** Live sessions, and known devices, of one account; the ones used longest ago give way. */
const maxSessions = 20;
const maxDevices = 20;

/** State of an account that may be signed in to, and acted for by a session. */
export const openState = 'open';
export const isOpen = sql<boolean>`account.state = ${sql.lit(openState)}`;

/** The account and, where the token is of a device that it knows, that device. */
export async function findForSignIn(db: Kysely<Database>, person: PersonId, deviceDigest: Buffer) {
  return db
    .selectFrom('account')
    .leftJoin('device', (join) =>
      join
        .onRef('device.account_id', '=', 'account.id')
        .on('device.token_digest', '=', deviceDigest)
        .on(isKnownDevice),
    )
    .where(userNameColumn(person.kind), '=', person.value)
    .select([
      'account.id',
      'state',
      'barred_kinds as barredKinds',
      'password_hash as passwordHash',
      'mobile',
      'device.token_digest as deviceDigest',
    ])
    .executeTakeFirst();
}

export type NewSession = Readonly<{
  accountId: string;
  /** The hash that was just verified: it may have been replaced meanwhile. */
  passwordHash: string;
  seed: Buffer;
  caller: Caller;
  lifetimes: SessionLifetimes;
}>;

/**
 * Begins a session, provided the account is open and still has that password. The session used longest ago gives way
 * to the one too many. After locking the account, so that of many sign-ins at once each sees those before it.
 * @returns `displaced`: how many live sessions gave way
 */
export async function insertSession(
  trx: Transaction<Database>,
  { accountId, passwordHash, seed, caller, lifetimes }: NewSession,
): Promise<{ id: string; expiresAt: Date; displaced: number } | undefined> {
  const { rows } = await sql<{ id: string; expiresAt: Date; displaced: number }>`
    with holder as (
      select id from account where id = ${accountId} and password_hash = ${passwordHash} and ${isOpen}
    ), surplus as (
      delete from session using holder where session.id in (
        select id from session where account_id = ${accountId}
        order by idle_expires_at > now() desc, last_used_at desc offset ${sql.lit(maxSessions - 1)}
      )
      returning idle_expires_at > now() as live
    )
    insert into session (account_id, refresh_seed, user_agent, network, idle_expires_at, expires_at)
    select id, ${seed}::bytea, ${caller.userAgent}, ${caller.coarseNetwork},
      ${inSeconds(Math.min(lifetimes.idleSeconds, lifetimes.lifetimeSeconds))}, ${inSeconds(lifetimes.lifetimeSeconds)}
    from holder
    returning id, expires_at as "expiresAt", (select count(*)::integer from surplus where live) as displaced`.execute(
    trx,
  );
  return rows[0];
}

/** Whether a session lives, and its first refresh token has not been used. */
export async function isUnrefreshed(db: Kysely<Database>, principal: Principal): Promise<boolean> {
  const row = await liveSession(db, principal)
    .where('generation', '=', 0)
    .select('session.id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The password has been given in this session just now. */
export async function markAuthenticated(trx: Transaction<Database>, sessionId: string): Promise<void> {
  await trx.updateTable('session').set({ authenticated_at: now }).where('id', '=', sessionId).execute();
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
        order by last_used_at desc offset ${sql.lit(maxDevices - 1)}
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

export async function cleanUpSessions(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('idle_expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Devices that have not signed in for too long: they count as unknown already. */
export async function cleanUpDevices(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('device')
    .where((eb) => eb.not(isKnownDevice))
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
