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

/** Of one that has been approved. */
export const opensAt = sql<Date>`approved_at + make_interval(secs => ${sql.lit(waitSeconds + noticeSeconds)})`;

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
