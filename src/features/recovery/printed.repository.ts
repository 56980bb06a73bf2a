import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { userNameColumn } from '../accounts/index.ts';
import { type Origin, recording } from '../activity/activity.ts';
import { permissionTtlSeconds } from '../flows/flow.ts';

/** A printed code is carried home. */
const printedTtlSeconds = 24 * 60 * 60;

/** The account of somebody at the desk, locked; and whether one officer alone may help. */
export async function findAtDesk(trx: Transaction<Database>, person: PersonId) {
  return trx
    .selectFrom('account')
    .where(userNameColumn(person.kind), '=', person.value)
    .where('state', 'in', ['active', 'locked'])
    .select([
      'account.id',
      'locale',
      sql<boolean>`state = 'locked' or exists (
        select from recovery_hold where account_id = account.id and expires_at > now())`.as('isUnderHold'),
    ])
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export type PrintedRecovery = Readonly<{
  /** Of a token that nobody has: only the printed code opens the flow. */
  tokenDigest: Buffer;
  subject: Buffer;
  /** `null`: nobody's; its code opens nothing. */
  accountId: string | null;
  locale: Locale;
  officer: string;
  /** `null`: a second officer is awaited. */
  printedDigest: Buffer | null;
}>;

/** Returns until when the code is good, or the second officer is awaited. */
export async function insertPrinted(trx: Transaction<Database>, printed: PrintedRecovery): Promise<Date> {
  const { expiresAt } = await trx
    .insertInto('recovery')
    .values({
      token_digest: printed.tokenDigest,
      subject: printed.subject,
      account_id: printed.accountId,
      locale: printed.locale,
      methods: [],
      officers: [printed.officer],
      printed_digest: printed.printedDigest,
      expires_at: inSeconds(printedTtlSeconds),
    })
    .returning('expires_at as expiresAt')
    .executeTakeFirstOrThrow();
  return expiresAt;
}

/** Gives a recovery that another officer asked for its code; `undefined` when nobody else has. */
export async function completeByOfficer(
  trx: Transaction<Database>,
  { accountId, officer, printedDigest }: { accountId: string; officer: string; printedDigest: Buffer },
): Promise<Date | undefined> {
  const row = await trx
    .updateTable('recovery')
    .set({
      officers: sql`array_append(officers, ${officer})`,
      printed_digest: printedDigest,
      expires_at: inSeconds(printedTtlSeconds),
    })
    .where('id', '=', (eb) =>
      eb
        .selectFrom('recovery')
        .select('id')
        .where('account_id', '=', accountId)
        .where('printed_digest', 'is', null)
        .where(sql<boolean>`officers <> '{}' and not ${officer} = any (officers)`)
        .where('expires_at', '>', now)
        .orderBy('id', 'desc')
        .limit(1),
    )
    .returning('expires_at as expiresAt')
    .executeTakeFirst();
  return row?.expiresAt;
}

/**
 * Opens the flow of a printed code under a new token, with the right to set the password. The code stays good
 * until a password has been set with it, and each use of it ends the token of the one before.
 */
export async function redeemPrinted(
  db: Kysely<Database>,
  code: Readonly<{ printedDigest: Buffer; subject: Buffer; tokenDigest: Buffer; origin: Origin }>,
): Promise<{ id: string; permissionExpiresAt: Date } | undefined> {
  const entry = {
    kind: 'recovery-proved',
    outcome: 'succeeded',
    origin: code.origin,
    flowId: sql<string>`opened.id`,
  } as const;
  const { rows } = await sql<{ id: string; permissionExpiresAt: Date }>`
    with opened as (
      update recovery set token_digest = ${code.tokenDigest}, proved_methods = '{branch}', proved_at = now(),
        permission_expires_at = least(expires_at, ${inSeconds(permissionTtlSeconds)})
      where printed_digest = ${code.printedDigest} and subject = ${code.subject} and account_id is not null
        and expires_at > now()
      returning id, account_id, permission_expires_at
    ),
    entry as (${recording(entry, sql`account_id`, sql`from opened`)})
    select id, permission_expires_at as "permissionExpiresAt" from opened`.execute(db);
  return rows[0];
}
