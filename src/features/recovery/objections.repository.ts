import { sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Proof } from './methods.ts';

/** After a hold, for whoever comes back to prove the same again. */
const holdUseSeconds = 72 * 60 * 60;

/** Whether an account has been under a hold for long enough. */
export async function hasWaited(trx: Transaction<Database>, accountId: string): Promise<boolean> {
  const over = await trx
    .selectFrom('recovery_hold')
    .where('account_id', '=', accountId)
    .where('ends_at', '<=', now)
    .where('expires_at', '>', now)
    .select('account_id')
    .executeTakeFirst();
  return over !== undefined;
}

/**
 * Puts an account under a hold, or finds the one it is under: the time of waiting starts once, however often
 * the proof is repeated.
 */
export async function hold(trx: Transaction<Database>, accountId: string, seconds: number) {
  const { rows } = await sql<{ endsAt: Date; isNew: boolean }>`
    insert into recovery_hold (account_id, ends_at, expires_at)
    values (${accountId}, ${inSeconds(seconds)}, ${inSeconds(seconds + holdUseSeconds)})
    on conflict (account_id) do update set
      ends_at = case when recovery_hold.expires_at <= now() then excluded.ends_at else recovery_hold.ends_at end,
      expires_at = greatest(recovery_hold.expires_at,
        case when recovery_hold.expires_at <= now() then excluded.expires_at end)
    returning new.ends_at as "endsAt", new.ends_at is distinct from old.ends_at as "isNew"`.execute(trx);
  const [row] = rows;
  if (!row) throw new Error('a hold came back without its row');
  return row;
}

/** Makes what has just been done undoable; returns the id that the link in the notices is derived from. */
export async function insertCancellation(
  trx: Transaction<Database>,
  cancellation: Readonly<{ accountId: string; methods: readonly Proof[]; seconds: number }>,
): Promise<string> {
  const { id } = await trx
    .insertInto('recovery_cancellation')
    .values({
      account_id: cancellation.accountId,
      methods: [...cancellation.methods],
      expires_at: inSeconds(cancellation.seconds),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Uses it up: of two at once the second finds nothing. Returns whose recovery it was, and what it was proved by. */
export async function consumeCancellation(
  trx: Transaction<Database>,
  id: string,
): Promise<{ accountId: string; methods: readonly string[] } | undefined> {
  return trx
    .deleteFrom('recovery_cancellation')
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .returning(['account_id as accountId', 'methods'])
    .executeTakeFirst();
}
