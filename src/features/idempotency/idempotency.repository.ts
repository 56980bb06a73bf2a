import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import { idempotencyKeySeconds } from '../../kernel/idempotency-key.ts';

/**
 * Longer than any request is served for: hashing, registers and providers have shorter limits of their own. Whoever has not
 * told its end by then has died.
 */
export const claimSeconds = 60;

export type Claim = Readonly<{ digest: Buffer; claim: string }>;

/** Takes a key for a request: of any number at once one gets it. Also one whose day is over. */
export async function claimKey(
  db: Kysely<Database>,
  { digest, fingerprint, claim }: Claim & Readonly<{ fingerprint: Buffer }>,
): Promise<boolean> {
  const row = await db
    .insertInto('idempotency_key')
    .values({
      digest,
      fingerprint,
      claim,
      claimed_until: inSeconds(claimSeconds),
      expires_at: inSeconds(idempotencyKeySeconds),
    })
    .onConflict((conflict) =>
      conflict
        .column('digest')
        .doUpdateSet(({ ref }) => ({
          fingerprint: ref('excluded.fingerprint'),
          claim: ref('excluded.claim'),
          claimed_until: ref('excluded.claimed_until'),
          answer: null,
          expires_at: ref('excluded.expires_at'),
        }))
        .where('idempotency_key.expires_at', '<=', now),
    )
    .returning('claim')
    .executeTakeFirst();
  return row !== undefined;
}

export async function findKey(db: Kysely<Database>, digest: Buffer) {
  return db
    .selectFrom('idempotency_key')
    .where('digest', '=', digest)
    .where('expires_at', '>', now)
    .select(['fingerprint', 'answer', sql<boolean>`claimed_until > now()`.as('isUnderWay')])
    .executeTakeFirst();
}

export async function keepAnswer(
  db: Kysely<Database>,
  { digest, claim }: Claim,
  answer: Buffer,
): Promise<void> {
  await db
    .updateTable('idempotency_key')
    .set({ answer })
    .where('digest', '=', digest)
    .where('claim', '=', claim)
    .execute();
}

/** Gives a key back whose request changed nothing. */
export async function releaseKey(db: Kysely<Database>, { digest, claim }: Claim): Promise<void> {
  await db.deleteFrom('idempotency_key').where('digest', '=', digest).where('claim', '=', claim).execute();
}

export async function cleanUpKeys(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('idempotency_key')
    .where('expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
