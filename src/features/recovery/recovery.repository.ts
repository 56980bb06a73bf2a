import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Locale } from '../../kernel/locale.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  type FlowKey,
  firstResendPauseSeconds,
  flowTtlSeconds,
  permissionTtlSeconds,
  sendsPerFlow,
} from '../flows/flow.ts';
import type { RecoveryMethod } from './recovery.table.ts';

const now = sql<Date>`now()`;
const inSeconds = (seconds: number) => sql<Date>`now() + make_interval(secs => ${seconds})`;
const resendPause = sql`make_interval(secs => ${sql.lit(firstResendPauseSeconds)} * 2 ^ (greatest(sends, 1) - 1))`;

const isOpen = (key: FlowKey) => sql<boolean>`
  recovery.id = ${key.id} and recovery.token_digest = ${key.tokenDigest} and recovery.expires_at > now()`;

export type NewRecovery = Readonly<{
  tokenDigest: Buffer;
  subject: Buffer;
  nationalCode: string;
  deviceDigest: Buffer;
  locale: Locale;
}>;

/**
 * Opens a flow in one statement, the same for everybody: where there is no active account the row simply
 * stands for nobody, and `mobile` comes back null.
 */
export async function insertRecovery(db: Kysely<Database>, recovery: NewRecovery) {
  const { rows } = await sql<{ id: string; expires_at: Date; mobile: string | null }>`
    with owner as (
      select account.id, account.mobile, device.token_digest
      from account left join device on device.account_id = account.id and device.token_digest = ${recovery.deviceDigest}
      where account.national_code = ${recovery.nationalCode} and account.state = 'active'
    )
    insert into recovery (token_digest, subject, account_id, device_digest, locale, expires_at)
    values (
      ${recovery.tokenDigest}, ${recovery.subject}, (select id from owner), (select token_digest from owner),
      ${recovery.locale}, ${inSeconds(flowTtlSeconds)}
    )
    returning id, expires_at, (select mobile from owner) as mobile`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('insert returned no row');
  return { id: row.id, expiresAt: row.expires_at, mobile: row.mobile };
}

/** What an open recovery stands at; `undefined` when there is no such open one. */
export async function findOpenRecovery(db: Kysely<Database>, key: FlowKey) {
  return db
    .selectFrom('recovery')
    .where(isOpen(key))
    .select([
      'sends',
      'proved_at as provedAt',
      sql<number>`ceil(extract(epoch from expires_at - now()))::integer`.as('endsInSeconds'),
      sql<number>`ceil(extract(epoch from sent_at + ${resendPause} - now()))::integer`.as('resendInSeconds'),
    ])
    .executeTakeFirst();
}

/**
 * Takes one send, if the pause is over and any are left. The same challenge, and so the same code, while it
 * lives, has guesses left and is of the same method; `newChallengeId` otherwise.
 */
export async function takeSend(
  trx: Transaction<Database>,
  key: FlowKey,
  method: RecoveryMethod,
  newChallengeId: string,
) {
  const isNew = sql<boolean>`
    method is distinct from ${method} or challenge_expires_at <= now() or attempts >= ${sql.lit(attemptsPerCode)}`;
  return trx
    .updateTable('recovery')
    .set({
      method,
      challenge_id: sql`case when ${isNew} then ${newChallengeId}::uuid else challenge_id end`,
      challenge_expires_at: sql`case when ${isNew} then ${inSeconds(codeTtlSeconds)} else challenge_expires_at end`,
      attempts: sql`case when ${isNew} then 0 else attempts end`,
      sends: sql`sends + 1`,
      sent_at: now,
    })
    .where(isOpen(key))
    .where('proved_at', 'is', null)
    .where('sends', '<', sendsPerFlow)
    .where(sql<boolean>`(sent_at is null or sent_at + ${resendPause} <= now())`)
    .returning([
      'account_id as accountId',
      'subject',
      'device_digest as deviceDigest',
      'locale',
      'challenge_id as challengeId',
      'challenge_expires_at as codeExpiresAt',
      'sends',
      'attempts',
    ])
    .executeTakeFirst();
}

/** Counts one guess before it is judged. `undefined` when no unproved open flow has a challenge. */
export async function countAttempt(db: Kysely<Database>, key: FlowKey) {
  return db
    .updateTable('recovery')
    .set({ attempts: sql`least(attempts + 1, ${sql.lit(attemptsPerCode + 1)})` })
    .where(isOpen(key))
    .where('proved_at', 'is', null)
    .where('challenge_id', 'is not', null)
    .returning([
      'attempts',
      'account_id as accountId',
      'subject',
      'device_digest as deviceDigest',
      'challenge_id as challengeId',
      sql<boolean>`challenge_expires_at > now()`.as('challengeLives'),
    ])
    .executeTakeFirst();
}

/**
 * Uses the challenge up and opens the one step that it proves the right to. Of any number of requests at
 * once one gets the end of that permission.
 */
export async function markProved(
  trx: Transaction<Database>,
  key: FlowKey,
  challengeId: string,
): Promise<Date | undefined> {
  const row = await trx
    .updateTable('recovery')
    .set({
      proved_at: now,
      permission_expires_at: inSeconds(permissionTtlSeconds),
      // The permission may outlive what was left of the flow, and nothing else of the flow does.
      expires_at: inSeconds(permissionTtlSeconds),
      challenge_id: null,
      challenge_expires_at: null,
    })
    .where(isOpen(key))
    .where('challenge_id', '=', challengeId)
    .where('proved_at', 'is', null)
    .where('account_id', 'is not', null)
    .returning('permission_expires_at as permissionExpiresAt')
    .executeTakeFirst();
  return row?.permissionExpiresAt ?? undefined;
}

/** Whose password a proved flow may set; uses nothing up. */
export async function findPermission(db: Kysely<Database>, key: FlowKey): Promise<string | undefined> {
  const row = await db
    .selectFrom('recovery')
    .where(isOpen(key))
    .where('permission_expires_at', '>', now)
    .select('account_id')
    .executeTakeFirst();
  return row?.account_id ?? undefined;
}

/** Uses the permission up: of two resets at once the second finds nothing. */
export async function consumePermission(
  trx: Transaction<Database>,
  key: FlowKey,
): Promise<string | undefined> {
  const row = await trx
    .deleteFrom('recovery')
    .where(isOpen(key))
    .where('permission_expires_at', '>', now)
    .returning('account_id')
    .executeTakeFirst();
  return row?.account_id ?? undefined;
}

/** Ends every open recovery of an account: its password has just been set. */
export async function endRecoveries(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx.deleteFrom('recovery').where('account_id', '=', accountId).execute();
}

export async function sweepRecoveries(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('recovery')
    .where('expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
