import type { Kysely } from 'kysely';
import { liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import type { Principal } from '../../kernel/caller.ts';

/**
 * Entries older than `before`, newest first; `undefined` when the session has ended. One row comes even for an
 * empty page, so that the two are told apart by one statement.
 */
export async function findActivity(
  db: Kysely<Database>,
  principal: Principal,
  { before, limit }: { before: string | null; limit: number },
) {
  const rows = await liveSession(db, principal)
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('activity')
          .whereRef('activity.account_id', '=', 'account.id')
          .$if(before !== null, (query) => query.where('activity.id', '<', before ?? ''))
          .select([
            'activity.id',
            'activity.kind',
            'activity.outcome',
            'activity.network',
            'activity.user_agent',
            'activity.actor',
            'activity.occurred_at',
          ])
          .orderBy('activity.id', 'desc')
          .limit(limit)
          .as('entry'),
      (join) => join.onTrue(),
    )
    .select([
      'entry.id',
      'entry.kind',
      'entry.outcome',
      'entry.network',
      'entry.user_agent as userAgent',
      'entry.actor',
      'entry.occurred_at as occurredAt',
    ])
    .orderBy('entry.id', 'desc')
    .execute();
  return rows.length === 0 ? undefined : rows.filter(({ id }) => id !== null);
}
