import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';

/** Everything of consequence that can happen to an account. */
export type ActivityKind =
  | 'account-created'
  | 'registration-attempted'
  | 'signed-in'
  | 'sign-in-failed'
  | 'signed-out'
  | 'session-revoked'
  | 'password-changed'
  | 'password-change-failed'
  | 'recovery-proved'
  | 'recovery-proof-failed'
  | 'password-recovered';

/** Where something came from, as its owner may see it. */
export type Origin = Readonly<{ coarseNetwork: string; userAgent: string }>;

export type ActivityEntry = Readonly<{
  /** `null`: nobody's; written all the same, so that unknown people take as long as known ones. */
  accountId: string | null;
  kind: ActivityKind;
  outcome: 'succeeded' | 'refused';
  origin: Origin;
  flowId?: string;
}>;

/**
 * Writes an entry. Inside the transaction of what it tells of: if the entry cannot be written, the thing
 * does not happen.
 */
export async function recordActivity(db: Kysely<Database>, entry: ActivityEntry): Promise<void> {
  await db
    .insertInto('activity')
    .values({
      account_id: entry.accountId,
      kind: entry.kind,
      outcome: entry.outcome,
      network: entry.origin.coarseNetwork,
      user_agent: entry.origin.userAgent,
      flow_id: entry.flowId ?? null,
    })
    .execute();
}

/** Entries of guesses at accounts that do not exist are only there to cost the same time. */
export async function sweepActivityOfNobody(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('activity')
    .where('account_id', 'is', null)
    .where('occurred_at', '<', sql<Date>`now() - interval '1 minute'`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
