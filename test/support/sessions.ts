import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Answer, TestService } from './app.ts';
import type { Person } from './journey.ts';

/** As if all sessions had been where they are for so long; whatever `keep` names stays in the future. */
export async function ageSessions({ db }: TestService, age: string, keep: 'alive' | 'as it is' = 'as it is') {
  await sql`
    update session set
      refreshed_at = array(
        select at - ${age}::interval from unnest(refreshed_at) with ordinality as past (at, place) order by place),
      last_used_at = last_used_at - ${age}::interval,
      authenticated_at = authenticated_at - ${age}::interval`.execute(db);
  if (keep === 'alive') return;
  await sql`
    update session set idle_expires_at = idle_expires_at - ${age}::interval,
      expires_at = expires_at - ${age}::interval`.execute(db);
}

/** As a client makes one: 128 random bits. */
export const newKey = () => randomBytes(16).toString('base64url');

export type From = Readonly<{ key?: string; network?: string; agent?: string }>;

/** A refresh, with the `Idempotency-Key`, from the network and by the app that are given. */
export function refreshFrom(
  service: TestService,
  refreshToken: string,
  { key, network, agent }: From = {},
): Promise<Answer> {
  const headers = {
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(network !== undefined && { 'x-forwarded-for': network }),
    ...(agent !== undefined && { 'user-agent': agent }),
  };
  return service.post('/v1/sessions/refresh', { refreshToken }, { headers });
}

/** What was sent to a person about sessions, `purpose channel`, oldest first. */
export async function noticesOf(
  { db }: TestService,
  { nationalCode }: { nationalCode: string },
): Promise<string[]> {
  const rows = await db
    .selectFrom('message')
    .innerJoin('account', 'account.id', 'message.account_id')
    .where('national_code', '=', nationalCode)
    .where('purpose', 'in', ['signed-in-on-new-device', 'session-displaced', 'session-revoked'])
    .orderBy('message.id')
    .select(['purpose', 'channel'])
    .execute();
  return rows.map(({ purpose, channel }) => `${purpose} ${channel}`);
}

/** What is written of a person, oldest first. */
export async function kindsOf(
  { db }: TestService,
  { nationalCode }: { nationalCode: string },
): Promise<string[]> {
  const rows = await db
    .selectFrom('activity')
    .innerJoin('account', 'account.id', 'activity.account_id')
    .where('national_code', '=', nationalCode)
    .orderBy('activity.id')
    .select('kind')
    .execute();
  return rows.map(({ kind }) => kind);
}

/** The same person with a second address, which the account trusts. */
export async function withEmail({ db }: TestService, person: Person): Promise<Person> {
  await sql`update account set email = ${`${person.nationalCode}@example.org`}
    where national_code = ${person.nationalCode}`.execute(db);
  return person;
}
