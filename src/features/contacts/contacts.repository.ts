import { type Kysely, sql, type Transaction } from 'kysely';
import { liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Principal } from '../../kernel/client.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  firstResendPauseSeconds,
  flowTtlSeconds,
  sendsPerFlow,
} from '../flows/flow.ts';
import type { ContactKind } from './contacts.table.ts';

/** A change is found by its id, its kind and whoever is signed in. */
export type ChangeKey = Readonly<{ id: string; kind: ContactKind; principal: Principal }>;

const resendPause = sql`make_interval(secs => ${sql.lit(firstResendPauseSeconds)} * 2 ^ (sends - 1))`;
const challengeIsSpent = sql<boolean>`challenge_expires_at <= now() or attempts >= ${sql.lit(attemptsPerCode)}`;

const shown = [
  'id',
  'kind',
  'destination',
  'challenge_id as challengeId',
  'challenge_expires_at as codeExpiresAt',
  'attempts',
  'sends',
  'expires_at as expiresAt',
] as const;

export async function insertChange(
  trx: Transaction<Database>,
  change: Readonly<{ accountId: string; kind: ContactKind; destination: string; challengeId: string }>,
  atSignUp: boolean,
) {
  return trx
    .insertInto('contact_change')
    .values({
      account_id: change.accountId,
      kind: change.kind,
      destination: change.destination,
      at_sign_up: atSignUp,
      challenge_id: change.challengeId,
      challenge_expires_at: inSeconds(codeTtlSeconds),
      expires_at: inSeconds(flowTtlSeconds),
    })
    .returning(shown)
    .executeTakeFirstOrThrow();
}

const openChanges = (db: Kysely<Database>, { id, kind, principal }: ChangeKey) =>
  db
    .updateTable('contact_change')
    .where('contact_change.id', '=', id)
    .where('contact_change.kind', '=', kind)
    .where('contact_change.account_id', '=', principal.accountId)
    .where('contact_change.expires_at', '>', now)
    .where(({ exists }) => exists(liveSession(db, principal).select('session.id')));

/** Takes one more send, if the pause is over and any are left: the same code while it lives and has guesses left. */
export async function takeResend(trx: Transaction<Database>, key: ChangeKey, newChallengeId: string) {
  return openChanges(trx, key)
    .set({
      challenge_id: sql`case when ${challengeIsSpent} then ${newChallengeId}::uuid else challenge_id end`,
      challenge_expires_at: sql`case when ${challengeIsSpent} then ${inSeconds(codeTtlSeconds)} else challenge_expires_at end`,
      attempts: sql`case when ${challengeIsSpent} then 0 else attempts end`,
      sends: sql`sends + 1`,
      sent_at: now,
    })
    .where('sends', '<', sendsPerFlow)
    .where(sql<boolean>`sent_at + ${resendPause} <= now()`)
    .returning(shown)
    .executeTakeFirst();
}

/** Counts one guess before it is judged. `undefined` when there is no such open change. */
export async function countAttempt(db: Kysely<Database>, key: ChangeKey) {
  return openChanges(db, key)
    .set({ attempts: sql`least(attempts + 1, ${sql.lit(attemptsPerCode + 1)})` })
    .returning([
      'attempts',
      'destination',
      'challenge_id as challengeId',
      sql<boolean>`challenge_expires_at > now()`.as('challengeLives'),
    ])
    .executeTakeFirst();
}

/** Gives a guess back that could not be judged to the end. */
export async function returnAttempt(db: Kysely<Database>, key: ChangeKey): Promise<void> {
  await openChanges(db, key).set({ attempts: sql`greatest(0, attempts - 1)` }).execute();
}

/** Uses the proof up: of any number of requests at once one gets the row. */
export async function consumeChange(db: Kysely<Database>, key: ChangeKey, challengeId: string) {
  return db
    .deleteFrom('contact_change')
    .where('id', '=', key.id)
    .where('account_id', '=', key.principal.accountId)
    .where('challenge_id', '=', challengeId)
    .where('expires_at', '>', now)
    .returning(['destination', 'at_sign_up as atSignUp'])
    .executeTakeFirst();
}

/** What stands in the way of another message; `undefined` when there is no such open change. */
export async function findChange(db: Kysely<Database>, { id, kind, principal }: ChangeKey) {
  return liveSession(db, principal)
    .innerJoin('contact_change', 'contact_change.account_id', 'account.id')
    .where('contact_change.id', '=', id)
    .where('kind', '=', kind)
    .where('contact_change.expires_at', '>', now)
    .select([
      'sends',
      sql<number>`ceil(extract(epoch from contact_change.expires_at - now()))::integer`.as('endsInSeconds'),
      sql<number>`ceil(extract(epoch from sent_at + ${resendPause} - now()))::integer`.as('resendInSeconds'),
    ])
    .executeTakeFirst();
}

/** Open changes, and the changes that can still be undone. `undefined` when the session has ended. */
export async function findChanges(db: Kysely<Database>, principal: Principal) {
  const live = await liveSession(db, principal).select('session.id').executeTakeFirst();
  if (!live) return undefined;
  const { accountId } = principal;
  const pending = await db
    .selectFrom('contact_change')
    .where('account_id', '=', accountId)
    .where('expires_at', '>', now)
    .select(shown)
    .orderBy('created_at')
    .execute();
  const held = await db
    .selectFrom('contact_hold')
    .where('account_id', '=', accountId)
    .where('held_until', '>', now)
    .select(['kind', 'held_until as heldUntil'])
    .orderBy('created_at')
    .execute();
  return { pending, held };
}

/** Ends open changes of an account, those of one kind or all. */
export async function endContactChanges(
  trx: Transaction<Database>,
  accountId: string,
  kind?: ContactKind,
): Promise<void> {
  await trx
    .deleteFrom('contact_change')
    .where('account_id', '=', accountId)
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'email'))
    .execute();
}

export async function setAddress(
  trx: Transaction<Database>,
  accountId: string,
  kind: ContactKind,
  address: string | null,
): Promise<void> {
  await trx
    .updateTable('account')
    .set(
      kind === 'mobile'
        ? { mobile: address ?? '' }
        : { email: address, email_verified_at: address === null ? null : now },
    )
    .where('id', '=', accountId)
    .execute();
}

export async function sweepContactChanges(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('contact_change')
    .where('expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
