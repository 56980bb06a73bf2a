import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds } from '../../database/time.ts';
import { rememberedPasswords } from '../passwords/index.ts';

/** Adds it to the newest hashes, the only ones that are kept. */
export async function rememberPassword(
  trx: Transaction<Database>,
  accountId: string,
  passwordHash: string,
): Promise<void> {
  await trx
    .insertInto('password_history')
    .values({ account_id: accountId, password_hash: passwordHash })
    .execute();
  await trx
    .deleteFrom('password_history')
    .where('account_id', '=', accountId)
    .where('created_at', 'not in', (eb) =>
      eb
        .selectFrom('password_history')
        .select('created_at')
        .where('account_id', '=', accountId)
        .orderBy('created_at', 'desc')
        .limit(rememberedPasswords),
    )
    .execute();
}

/**
 * Replaces the hash and opens the account. With `expectedHash` provided that the account is open and still has that one:
 * of two changes at once the second finds nothing. Without it the caller has proved more than a password, which opens
 * a locked account, and never a disabled one. `false`: nothing has changed.
 */
export async function setPassword(
  trx: Transaction<Database>,
  accountId: string,
  passwordHash: string,
  expectedHash?: string,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('account')
    // By the clock, not the transaction's beginning: what was granted while it waited for the account is older than it.
    .set({ password_hash: passwordHash, password_changed_at: sql`clock_timestamp()`, lock: 'open' })
    .where('id', '=', accountId)
    .where('disabled_at', 'is', null)
    .$if(expectedHash !== undefined, (query) =>
      query.where('lock', '=', 'open').where('password_hash', '=', expectedHash ?? ''),
    )
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return false;
  await rememberPassword(trx, accountId, passwordHash);
  return true;
}

/**
 * The same password under newer costs or pepper; not a change of password. What is remembered of it moves along:
 * under a pepper that is dropped later nobody could tell that a new password is the current one.
 */
export async function upgradeHash(
  db: Kysely<Database>,
  accountId: string,
  expectedHash: string,
  passwordHash: string,
): Promise<void> {
  await db
    .with('renewed', (cte) =>
      cte
        .updateTable('account')
        .set({ password_hash: passwordHash })
        .where('id', '=', accountId)
        .where('password_hash', '=', expectedHash)
        .returning('id'),
    )
    .updateTable('password_history')
    .from('renewed')
    .set({ password_hash: passwordHash })
    .whereRef('account_id', '=', 'renewed.id')
    .where('password_hash', '=', expectedHash)
    .execute();
}

/** The same answers under a newer cost, pepper or fold; not a change of answers. */
export async function upgradeAnswersHash(
  db: Kysely<Database>,
  accountId: string,
  expectedHash: string,
  answersHash: string,
): Promise<void> {
  await db
    .updateTable('account')
    .set({ security_answers_hash: answersHash })
    .where('id', '=', accountId)
    .where('security_answers_hash', '=', expectedHash)
    .execute();
}

/**
 * How many accounts rest on which pepper and cost, as `password 2026a 12`: what a pepper is still needed for. Earlier
 * passwords are known by their hashes only, which nobody can renew.
 */
export async function countHashes(db: Kysely<Database>): Promise<{ hash: string; accounts: number }[]> {
  const { rows } = await sql<{ hash: string; accounts: number }>`
    select secret || ' ' || split_part(hash, '$', 2) || ' ' || split_part(hash, '$', 5) as hash,
      count(distinct account.id) as accounts
    from account, lateral (
      values ('password', password_hash), ('security answers', security_answers_hash)
      union all
      select 'security answers', waiting.security_answers_hash from pending_change as waiting
      where waiting.account_id = account.id and waiting.security_answers_hash is not null
      union all
      select 'earlier password', earlier.password_hash from password_history as earlier
      where earlier.account_id = account.id and earlier.password_hash <> account.password_hash
    ) as kept (secret, hash)
    group by 1 order by 1`.execute(db);
  return rows;
}

/** The newest hashes, the current one included, newest first. */
export async function findRememberedHashes(db: Kysely<Database>, accountId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('password_history')
    .where('account_id', '=', accountId)
    .orderBy('created_at', 'desc')
    .limit(rememberedPasswords)
    .select('password_hash')
    .execute();
  return rows.map((row) => row.password_hash);
}

/** So long after a change whoever lost its answer is told that it was made. */
const repeatSeconds = 24 * 60 * 60;

/** The hash before the present one, where the password was changed within a day. */
export async function findReplacedHash(
  db: Kysely<Database>,
  accountId: string,
  passwordHash: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('password_history')
    .innerJoin('account', 'account.id', 'password_history.account_id')
    .where('account.id', '=', accountId)
    .where('account.password_hash', '=', passwordHash)
    .where('password_changed_at', '>', inSeconds(-repeatSeconds))
    .whereRef('password_history.password_hash', '!=', 'account.password_hash')
    .orderBy('password_history.created_at', 'desc')
    .select('password_history.password_hash as passwordHash')
    .executeTakeFirst();
  return row?.passwordHash ?? null;
}
