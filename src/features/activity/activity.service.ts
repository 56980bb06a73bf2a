import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Principal } from '../../kernel/caller.ts';
import { deviceName } from '../../kernel/device-name.ts';
import { type Locale, localise } from '../../kernel/locale.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { findActivity } from './activity.repository.ts';
import { type ActivityKind, activityKinds } from './activity-kinds.ts';

/** `before`: the id of the last entry of the page before. */
export type ActivityPage = Readonly<{ before: string | null; limit: number }>;

export type ActivityService = ReturnType<typeof createActivityService>;

export function createActivityService({ db }: { db: Kysely<Database> }) {
  return {
    /** What happened to the account, newest first; titles in `locale`. */
    async page(principal: Principal, { before, limit }: ActivityPage, locale: Locale) {
      // One more than asked for tells whether there is a next page.
      const found = await findActivity(db, principal, { before, limit: limit + 1 });
      if (!found) throw new Problem(commonProblems.notAuthenticated);
      const entries = found.slice(0, limit).map((entry) => ({
        id: String(entry.id),
        kind: entry.kind as ActivityKind,
        title: localise(activityKinds[entry.kind as ActivityKind], locale),
        outcome: entry.outcome as 'succeeded' | 'refused',
        by: toActor(entry.actor),
        network: entry.network as string,
        device: deviceName(entry.userAgent ?? ''),
        occurredAt: entry.occurredAt as Date,
      }));
      return { entries, nextCursor: found.length > limit ? (entries.at(-1)?.id ?? null) : null };
    },
  };
}

/** Names of staff are the organisation's business. */
function toActor(actor: string | null): 'person' | 'organisation' {
  return actor === null ? 'person' : 'organisation';
}
