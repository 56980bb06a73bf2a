import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import { type CodeRow, codeTtlSeconds, countGuess, type FlowKey } from '../one-time-codes/index.ts';

const isOpen = (key: FlowKey) => sql<boolean>`
  sign_in.id = ${key.id} and sign_in.token_digest = ${key.tokenDigest} and sign_in.expires_at > now()`;

/** @param signIn `accountId`: `null` where no code leaves, and none is right */
export async function insertSignIn(
  trx: Transaction<Database>,
  signIn: Readonly<{ tokenDigest: Buffer; accountId: string | null }>,
): Promise<{ id: string; expiresAt: Date }> {
  return trx
    .insertInto('sign_in')
    .values({
      token_digest: signIn.tokenDigest,
      account_id: signIn.accountId,
      expires_at: inSeconds(codeTtlSeconds),
    })
    .returning(['id', 'expires_at as expiresAt'])
    .executeTakeFirstOrThrow();
}

/** Whether no code has been given yet: the flow token, as far as one can see, has not arrived. */
export async function isUntouchedSignIn(db: Kysely<Database>, key: FlowKey): Promise<boolean> {
  const row = await db
    .selectFrom('sign_in')
    .where(isOpen(key))
    .where('attempts', '=', 0)
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Counts a guess before it is judged. `undefined` when there is no such open row. */
export function countSignInGuess(db: Kysely<Database>, key: FlowKey) {
  const row: CodeRow = { table: 'sign_in', isOpen: isOpen(key) };
  return countGuess(db, row, sql<{ accountId: string | null }>`account_id as "accountId"`);
}

/** Uses it up: of two right codes at once the second finds nothing. After locking the account. */
export async function takeSignIn(trx: Transaction<Database>, key: FlowKey, accountId: string) {
  const taken = await trx
    .deleteFrom('sign_in')
    .where(isOpen(key))
    .where('account_id', '=', accountId)
    .returning('id')
    .executeTakeFirst();
  if (!taken) return undefined;
  return trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .select(['id', 'state', 'barred_kinds as barredKinds', 'password_hash as passwordHash'])
    .executeTakeFirst();
}

/** From then on no code opens them: whoever began one sees no difference. */
export async function endSignIns(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx.updateTable('sign_in').set({ account_id: null }).where('account_id', '=', accountId).execute();
}

export async function cleanUpSignIns(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('sign_in')
    .where('expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
