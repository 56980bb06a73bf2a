import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import type { Kind } from './kinds.ts';

export type TrustedValue =
  | Readonly<{ kind: 'mobile'; address: string }>
  | Readonly<{ kind: 'email'; address: string | null }>
  | Readonly<{ kind: 'answers'; questions: readonly string[]; hash: string }>;

/** Puts a value in the place of the one that was trusted; its kind is not barred any more. */
export async function setTrusted(
  trx: Transaction<Database>,
  accountId: string,
  value: TrustedValue,
): Promise<void> {
  await trx
    .updateTable('account')
    .set({
      ...toColumns(value),
      barred_kinds: sql<Kind[]>`array_remove(barred_kinds, ${value.kind})`,
    })
    .where('id', '=', accountId)
    .execute();
}

function toColumns(value: TrustedValue) {
  if (value.kind === 'mobile') return { mobile: value.address, mobile_owned_at: now };
  if (value.kind === 'email') return { email: value.address };
  return { security_questions: [...value.questions], security_answers_hash: value.hash };
}

/** Whether a kind is barred: not trusted to recover the account, nor to speak for it. Returns whether that is new. */
export async function setBarred(
  trx: Transaction<Database>,
  accountId: string,
  kind: Kind,
  isBarred: boolean,
): Promise<boolean> {
  const change = isBarred ? sql`array_append` : sql`array_remove`;
  const { numUpdatedRows } = await trx
    .updateTable('account')
    .set({ barred_kinds: sql<Kind[]>`${change}(barred_kinds, ${kind})` })
    .where('id', '=', accountId)
    .where(sql<boolean>`(${kind} = any (barred_kinds)) <> ${isBarred}`)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Accounts of other people that a mobile is registered for which its holder has just proved to be theirs. */
export async function findOthersWithMobile(
  trx: Transaction<Database>,
  mobile: string,
  ownerInsuredPersonId: string,
): Promise<string[]> {
  const rows = await trx
    .selectFrom('account')
    .where('mobile', '=', mobile)
    .where('insured_person_id', '!=', ownerInsuredPersonId)
    .select('id')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Whether this is the account's mobile, and the register's word about it is older than so many days. */
export async function isOwnershipDoubtful(
  db: Kysely<Database>,
  accountId: string,
  mobile: string,
  days: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('account')
    .where('id', '=', accountId)
    .where('mobile', '=', mobile)
    .where('mobile_owned_at', '<=', sql<Date>`now() - make_interval(days => ${days}::integer)`)
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The register has just tied the mobile to the owner. */
export async function confirmMobile(db: Kysely<Database>, accountId: string, mobile: string): Promise<void> {
  await db
    .updateTable('account')
    .set({ mobile_owned_at: now })
    .where('id', '=', accountId)
    .where('mobile', '=', mobile)
    .execute();
}

/** Of all addresses this mobile alone is left, or none; no address is barred any more. The register has just been asked. */
export async function keepMobileAlone(
  trx: Transaction<Database>,
  accountId: string,
  mobile: string | null,
): Promise<void> {
  await trx
    .updateTable('account')
    .set({
      mobile,
      mobile_owned_at: now,
      email: null,
      barred_kinds: sql<Kind[]>`array_remove(array_remove(barred_kinds, 'mobile'), 'email')`,
    })
    .where('id', '=', accountId)
    .execute();
}

/** Whether this is the account's mobile, and not barred. */
export async function isTrustedMobile(
  trx: Transaction<Database>,
  accountId: string,
  mobile: string,
): Promise<boolean> {
  const row = await trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .where('mobile', '=', mobile)
    .where(sql<boolean>`not 'mobile' = any (barred_kinds)`)
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}
