import { type Kysely, sql, type Transaction } from 'kysely';
import { getPersonIdColumn, rowToPersonId } from '../../database/person-id.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { userNameColumn } from '../accounts/index.ts';
import type { ActingOfficer } from '../officers/index.ts';
import type { Way } from './branch.table.ts';

const hour = 60 * 60;
/** A printed code is carried home; a request waits for the second officer. */
export const printedTtlSeconds = 24 * hour;
/** In which whoever is told of a recovery without a mobile can dispute it. */
export const waitSeconds = 24 * hour;
/**
 * For notices to leave, which everybody waits for: that there was somebody to tell, and a moment later that it opened, is
 * not to be seen.
 */
export const noticeSeconds = 5 * 60;
/** From the approval, links and code alike. */
export const approvedTtlSeconds = 72 * hour;

/** The account of somebody at the desk, if it may be recovered. */
export async function findAtDesk(trx: Transaction<Database>, person: PersonId) {
  return trx
    .selectFrom('account')
    .where(userNameColumn(person.kind), '=', person.value)
    .where('disabled_at', 'is', null)
    .select(['id', 'locale'])
    .executeTakeFirst();
}

export type NewBranchRecovery = Readonly<{
  id: string;
  officer: ActingOfficer;
  subject: Buffer;
  person: PersonId;
  /** `null`: nobody's; its code opens nothing. */
  accountId: string | null;
  locale: Locale;
  way: Way;
  mobile: string | null;
  /** `null`: a second officer is awaited. */
  printedDigest: Buffer | null;
}>;

/** Returns until when the code is good, or the second officer is awaited. */
export async function insertBranchRecovery(
  trx: Transaction<Database>,
  { officer, person, ...recovery }: NewBranchRecovery,
): Promise<Date> {
  const { expiresAt } = await trx
    .insertInto('branch_recovery')
    .values({
      id: recovery.id,
      branch: officer.branch,
      requested_by: officer.accountId,
      subject: recovery.subject,
      [getPersonIdColumn(person.kind)]: person.value,
      account_id: recovery.accountId,
      locale: recovery.locale,
      way: recovery.way,
      mobile: recovery.mobile,
      printed_digest: recovery.printedDigest,
      expires_at: inSeconds(printedTtlSeconds),
    })
    .returning('expires_at as expiresAt')
    .executeTakeFirstOrThrow();
  return expiresAt;
}

const opensAt = sql<Date>`approved_at + make_interval(secs => ${sql.lit(waitSeconds + noticeSeconds)})`;

/**
 * Approves what another officer of the same branch has asked for, who still is one, and not for the approving officer's own
 * account: one guarded update, of which any number at once get one row.
 */
export async function approveBranchRecovery(
  trx: Transaction<Database>,
  { id, officer, printedDigest }: { id: string; officer: ActingOfficer; printedDigest: Buffer },
) {
  return trx
    .updateTable('branch_recovery')
    .set({
      approved_by: officer.accountId,
      approved_at: now,
      printed_digest: printedDigest,
      expires_at: inSeconds(approvedTtlSeconds),
    })
    .where('id', '=', id)
    .where('way', '=', 'two-officers')
    .where('approved_at', 'is', null)
    .where('expires_at', '>', now)
    .where('branch', '=', officer.branch)
    .where('requested_by', '!=', officer.accountId)
    .where(sql<boolean>`account_id is distinct from ${officer.accountId}`)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('officer')
          .innerJoin('account', 'account.id', 'officer.account_id')
          .where('account.state', '=', 'open')
          .whereRef('officer.account_id', '=', 'branch_recovery.requested_by')
          .whereRef('officer.branch', '=', 'branch_recovery.branch')
          .select('officer.account_id'),
      ),
    )
    .returning(['account_id as accountId', opensAt.as('opensAt'), 'expires_at as expiresAt'])
    .executeTakeFirst();
}

export async function setEvent(
  trx: Transaction<Database>,
  id: string,
  eventId: string | null,
): Promise<void> {
  await trx.updateTable('branch_recovery').set({ event_id: eventId }).where('id', '=', id).execute();
}

/** What an officer of this branch may know of a recovery there. */
export async function findAtBranch(trx: Transaction<Database>, id: string, officer: ActingOfficer) {
  return trx
    .selectFrom('branch_recovery')
    .where('id', '=', id)
    .where('branch', '=', officer.branch)
    .where('expires_at', '>', now)
    .select([
      'requested_by as requestedBy',
      'approved_by as approvedBy',
      'account_id as accountId',
      'printed_digest as printedDigest',
      opensAt.as('opensAt'),
      'expires_at as expiresAt',
    ])
    .executeTakeFirst();
}

/** Whether a code lives that was printed, or is to be, at this branch, and has opened no recovery. */
export async function isUnopened(
  trx: Transaction<Database>,
  id: string,
  officer: ActingOfficer,
): Promise<boolean> {
  const row = await trx
    .selectFrom('branch_recovery')
    .where('id', '=', id)
    .where('branch', '=', officer.branch)
    .where('expires_at', '>', now)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('recovery').where('branch_recovery_id', '=', id).select('recovery.id'))),
    )
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

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

/** Ends what was begun for an account at any branch; printed codes open nothing any more. */
export async function endBranchRecoveries(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx.deleteFrom('branch_recovery').where('account_id', '=', accountId).execute();
}

/** Whom the code goes to; `undefined`: ended meanwhile. */
export async function findRecipient(db: Kysely<Database>, id: string) {
  const row = await db
    .selectFrom('branch_recovery')
    .leftJoin('account', 'account.id', 'branch_recovery.account_id')
    .where('branch_recovery.id', '=', id)
    .where('expires_at', '>', now)
    .select([
      'branch_recovery.national_code as nationalCode',
      'branch_recovery.insurance_number as insuranceNumber',
      'account_id as accountId',
      'account.insured_person_id as insuredPersonId',
      'branch_recovery.mobile',
    ])
    .executeTakeFirst();
  if (!row) return undefined;
  const { accountId, insuredPersonId, mobile } = row;
  return { accountId, insuredPersonId, mobile, person: rowToPersonId(row) };
}

export async function cleanUpBranchRecoveries(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('branch_recovery')
    .where('expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
