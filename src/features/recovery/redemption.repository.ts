import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import { type Origin, recording } from '../activity/index.ts';
import { flowTtlSeconds, permissionTtlSeconds } from '../one-time-codes/index.ts';

export type Redeemed = Readonly<{
  id: string;
  expiresAt: Date;
  /** Null: a code at the mobile is to be given first. */
  permissionExpiresAt: Date | null;
}>;

/**
 * Opens the flow of a printed code under a new token: one statement, for nobody's code as well. Used again, the code takes
 * over the flow that it opened before, whose token ends. It stays good until a password has been set.
 * @param isOpen of `branch_recovery`: which row, and whether its time has come
 */
export async function redeemPrinted(
  db: Kysely<Database>,
  isOpen: RawBuilder<boolean>,
  { tokenDigest, origin }: Readonly<{ tokenDigest: Buffer; origin: Origin }>,
): Promise<Redeemed | undefined> {
  const entry = {
    kind: 'branch-recovery-redeemed',
    outcome: 'succeeded',
    origin,
    flowId: sql<string>`flow.id`,
  } as const;
  const { rows } = await sql<Redeemed>`
    with opened as (
      select id, account_id, subject, locale, mobile, case when way = 'two-officers' then now() end as proved_at,
        least(expires_at, case when way = 'two-officers' then ${inSeconds(permissionTtlSeconds)}
          else ${inSeconds(flowTtlSeconds)} end) as ends_at
      from branch_recovery where ${isOpen} and expires_at > ${now} for update
    ),
    flow as (
      insert into recovery (token_digest, subject, account_id, locale, branch_recovery_id, destination, proved_at,
        permission_expires_at, expires_at)
      select ${tokenDigest}, subject, account_id, locale, id, mobile, proved_at,
        case when proved_at is not null then ends_at end, ends_at
      from opened
      on conflict (branch_recovery_id) where branch_recovery_id is not null do update set
        token_digest = excluded.token_digest, account_id = excluded.account_id, method = null, proved_methods = '{}',
        challenge_id = null, challenge_expires_at = null, attempts = 0, proved_at = excluded.proved_at,
        permission_expires_at = excluded.permission_expires_at, expires_at = excluded.expires_at
      returning id, account_id, expires_at, permission_expires_at
    ),
    entry as (${recording(entry, sql`account_id`, sql`from flow`)})
    select id, expires_at as "expiresAt", permission_expires_at as "permissionExpiresAt" from flow`.execute(
    db,
  );
  return rows[0];
}
