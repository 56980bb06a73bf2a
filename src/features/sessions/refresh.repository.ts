import { type Kysely, sql, type Transaction } from 'kysely';
import { liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import { idempotencyKeySeconds } from '../../kernel/idempotency-key.ts';
import { isOpen, type SessionLifetimes } from './sessions.repository.ts';

/** A token that was replaced gets the same successor for so long from anywhere: networks and apps change. */
export const openRetrySeconds = 10 * 60;
const withoutKey = Buffer.of();
/** As many as a day has when every access token is used to its end. */
const rememberedRefreshes = 144;

/** Somebody who presents token number `generation` of a session. */
export type RefreshTry = Readonly<{
  principal: Principal;
  generation: number;
  /** Keyed digests of the `Idempotency-Key`, by the newest key of the ring first; empty: it came without one. */
  keyDigests: readonly Buffer[];
}>;

export async function findRefreshSession(db: Kysely<Database>, id: string) {
  return db
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.account_id')
    .where('session.id', '=', id)
    .select(['session.id', 'session.account_id as accountId', 'refresh_seed as seed'])
    .executeTakeFirst();
}

/**
 * The token whose refresh came with this key within a day; null: none did. Digests under a key of the service's are
 * compared, which nobody outside can choose: the time it takes tells nothing of the key.
 */
const generationOfKey = (keyDigests: readonly Buffer[]) => sql<number | null>`(
  select session.generation - place::integer
  from unnest(session.refresh_keys, session.refreshed_at) with ordinality as earlier (key, at, place)
  where key = any(${keyDigests}::bytea[]) and at > ${inSeconds(-idempotencyKeySeconds)}
  limit 1)`;

/**
 * Moves to the next generation if `generation` is the current one, and the key has not been used for another: of two
 * at once one gets the row. The session is from then on where this client is.
 */
export async function rotate(
  db: Kysely<Database>,
  { principal, generation, keyDigests }: RefreshTry,
  { idleSeconds }: SessionLifetimes,
  { userAgent, coarseNetwork }: Caller,
): Promise<{ expiresAt: Date } | undefined> {
  const newestFirst = (value: ReturnType<typeof sql>, column: string) =>
    sql<never>`(array_prepend(${value}, ${sql.ref(column)}))[:${sql.lit(rememberedRefreshes)}]`;
  return (
    db
      .updateTable('session')
      .from('account')
      .set({
        generation: generation + 1,
        refreshed_at: newestFirst(now, 'refreshed_at'),
        refresh_keys: newestFirst(sql`${keyDigests[0] ?? withoutKey}::bytea`, 'refresh_keys'),
        last_used_at: now,
        user_agent: userAgent,
        network: coarseNetwork,
        idle_expires_at: sql`least(${inSeconds(idleSeconds)}, expires_at)`,
      })
      .whereRef('account.id', '=', 'session.account_id')
      .where(isOpen)
      .where('session.id', '=', principal.sessionId)
      .where('generation', '=', generation)
      .where('idle_expires_at', '>', now)
      // The version before, beside us or come back, does not keep the two in order.
      .where('expires_at', '>', now)
      .where(generationOfKey(keyDigests), 'is', null)
      .returning('expires_at as expiresAt')
      .executeTakeFirst()
  );
}

/**
 * What a token is that could not be rotated. `repeated`: just replaced, and its successor not used yet; `superseded`:
 * a retry of a refresh whose successor has been used; `key-of-another`: the key came with another token; `reused`: a
 * copy; `null`: none of these. All of them stay what they are, or turn into what comes after them in this list.
 */
export type RefreshVerdict = 'repeated' | 'superseded' | 'key-of-another' | 'reused' | null;

/** `undefined`: the session has ended. */
export async function judgeRefresh(
  db: Kysely<Database>,
  { principal, generation, keyDigests }: RefreshTry,
): Promise<{ verdict: RefreshVerdict; expiresAt: Date } | undefined> {
  const ofKey = generationOfKey(keyDigests);
  return liveSession(db, principal)
    .select([
      'session.expires_at as expiresAt',
      sql<RefreshVerdict>`case
        when ${ofKey} <> ${generation} then 'key-of-another'
        when session.generation = ${generation}::integer + 1
          and (${ofKey} is not null or session.refreshed_at[1] > ${inSeconds(-openRetrySeconds)}) then 'repeated'
        when ${ofKey} is not null then 'superseded'
        when session.generation > ${generation} then 'reused'
      end`.as('verdict'),
    ])
    .executeTakeFirst();
}

/** Ends a session one of whose earlier tokens came again; `false` when it had ended already. */
export async function endReusedSession(
  trx: Transaction<Database>,
  { principal, generation }: RefreshTry,
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('session')
    .where('id', '=', principal.sessionId)
    .where('generation', '>', generation)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
