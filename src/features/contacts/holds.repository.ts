import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import { changeHoldSeconds } from '../accounts/index.ts';
import type { ContactKind } from './contacts.table.ts';

/** What of an account a change rests on; where a recovery goes to before it. */
export async function findAddresses(trx: Transaction<Database>, accountId: string) {
  return trx
    .selectFrom('account')
    .innerJoin('recovery_address', 'recovery_address.account_id', 'account.id')
    .where('account.id', '=', accountId)
    .select([
      'account.mobile',
      'account.email',
      'account.email_verified_at as emailVerifiedAt',
      'account.locale',
      'recovery_address.mobile as trustedMobile',
    ])
    .executeTakeFirstOrThrow();
}

export async function insertHold(
  trx: Transaction<Database>,
  hold: Readonly<{ accountId: string; kind: ContactKind; previous: string | null }>,
): Promise<{ id: string; heldUntil: Date }> {
  return trx
    .insertInto('contact_hold')
    .values({
      account_id: hold.accountId,
      kind: hold.kind,
      previous: hold.previous,
      held_until: inSeconds(changeHoldSeconds),
    })
    .returning(['id', 'held_until as heldUntil'])
    .executeTakeFirstOrThrow();
}

export async function findHoldAccount(db: Kysely<Database>, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('contact_hold')
    .where('id', '=', id)
    .select('account_id')
    .executeTakeFirst();
  return row?.account_id;
}

/** Uses a hold up, while it lasts: of any number of requests at once one gets the row. */
export async function consumeHold(trx: Transaction<Database>, id: string) {
  return trx
    .deleteFrom('contact_hold')
    .where('id', '=', id)
    .where('held_until', '>', now)
    .returning(['id', 'account_id as accountId', 'kind', 'previous'])
    .executeTakeFirst();
}

/** Takes away every younger hold of the account, newest first. */
export async function takeLaterHolds(
  trx: Transaction<Database>,
  { id, accountId }: { id: string; accountId: string },
) {
  const later = await trx
    .deleteFrom('contact_hold')
    .where('account_id', '=', accountId)
    .where('id', '>', id)
    .returning(['id', 'kind', 'previous'])
    .execute();
  return later.sort((a, b) => (a.id < b.id ? 1 : -1));
}

export async function sweepContactHolds(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('contact_hold')
    .where('held_until', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
