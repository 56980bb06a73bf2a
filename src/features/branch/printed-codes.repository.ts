import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import { endBranchRecoveries, opensAt, waitSeconds } from './branch-recoveries.repository.ts';

export type PrintedCodeOf = Readonly<{ printedDigest: Buffer; subject: Buffer }>;

/** Whoever gave it is an officer still: what somebody gave who lost the role, or is locked out, opens nothing. */
const isByOfficers = sql<boolean>`not exists (
  select from unnest(array_remove(array[requested_by, approved_by], null)) as giver
  where not exists (
    select from officer join account as own on own.id = officer.account_id and own.state = 'open'
    where officer.account_id = giver))`;

const isCodeOf = ({ printedDigest, subject }: PrintedCodeOf) =>
  sql<boolean>`printed_digest = ${printedDigest} and subject = ${subject} and ${isByOfficers}`;

/** Its address does not exist any more, so that nobody could be told there, however long one waits. */
const neverArrives = sql<boolean>`failure like 'recipient-refused%'`;

/** The code has been read rightly, of the right person, and the wait is over: no notice may still be on its way, nor be new. */
export const isReadyToRedeem = (code: PrintedCodeOf) => sql<boolean>`${isCodeOf(code)}
  and (way <> 'two-officers' or ${opensAt} <= now() and not exists (
    select from message where message.account_id = branch_recovery.account_id and message.challenge_id = event_id
      and (handed_over_at is null and ${neverArrives} is not true
        or handed_over_at + make_interval(secs => ${sql.lit(waitSeconds)}) > now())))`;

/** In how many seconds a code that is right opens; `undefined`: it is not right, or not good any more. */
export async function findWait(db: Kysely<Database>, code: PrintedCodeOf): Promise<number | undefined> {
  const row = await db
    .selectFrom('branch_recovery')
    .where(isCodeOf(code))
    .where('way', '=', 'two-officers')
    .where('expires_at', '>', now)
    .select(sql<number>`ceil(extract(epoch from ${opensAt} - now()))::integer`.as('seconds'))
    .executeTakeFirst();
  return row?.seconds;
}

/** Uses a recovery up, and with it every other of the account. The caller has locked the account. */
export async function useBranchRecovery(
  trx: Transaction<Database>,
  { id, accountId }: Readonly<{ id: string; accountId: string }>,
): Promise<{ mobile: string | null } | undefined> {
  const used = await trx
    .deleteFrom('branch_recovery')
    .using('account')
    .whereRef('account.id', '=', 'branch_recovery.account_id')
    .where('branch_recovery.id', '=', id)
    .where('branch_recovery.account_id', '=', accountId)
    .where('branch_recovery.expires_at', '>', now)
    .where(isByOfficers)
    .returning(
      sql<string | null>`case way when 'own-mobile' then account.mobile else branch_recovery.mobile end`.as(
        'mobile',
      ),
    )
    .executeTakeFirst();
  if (used) await endBranchRecoveries(trx, accountId);
  return used;
}
