import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { Principal } from '../../kernel/caller.ts';
import { type AddressKind, type Kind, liveSession } from '../accounts/index.ts';
import { type CodeRow, completedTtlSeconds, flowTtlSeconds, newChallenge } from '../one-time-codes/index.ts';

/** A flow is found by its id, by what it is for, and by whoever is signed in. */
export type ContactFlowKey = Readonly<{
  id: string;
  /** The kind of a new address, or `bar`. */
  purpose: AddressKind | 'bar';
  principal: Principal;
}>;

export type ContactFlow = Readonly<{
  id: string;
  kind: Kind;
  destination: string | null;
  barring: Kind | null;
  challengeId: string;
  codeExpiresAt: Date;
  expiresAt: Date;
  sends: number;
  attempts: number;
}>;

export type NewContactFlow = Readonly<{
  accountId: string;
  kind: Kind;
  destination: string | null;
  barring: Kind | null;
  atSignUp?: boolean;
}>;

const columns = [
  'id',
  'kind',
  'destination',
  'barring',
  'challenge_id as challengeId',
  'challenge_expires_at as codeExpiresAt',
  'attempts',
  'sends',
  'expires_at as expiresAt',
] as const;

export async function insertContactFlow(
  trx: Transaction<Database>,
  flow: NewContactFlow,
): Promise<ContactFlow> {
  return trx
    .insertInto('contact_flow')
    .values({
      account_id: flow.accountId,
      kind: flow.kind,
      destination: flow.destination,
      barring: flow.barring,
      at_sign_up: flow.atSignUp ?? false,
      ...newChallenge(),
      expires_at: inSeconds(flowTtlSeconds),
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** The row of a flow while it is open and its session lives. */
export function toCodeRow({ id, purpose, principal: { accountId, sessionId } }: ContactFlowKey): CodeRow {
  const isFor = purpose === 'bar' ? sql`barring is not null` : sql`barring is null and kind = ${purpose}`;
  return {
    table: 'contact_flow',
    isOpen: sql<boolean>`
      contact_flow.id = ${id} and contact_flow.account_id = ${accountId} and ${isFor}
      and contact_flow.expires_at > now() and contact_flow.completed_at is null
      and exists (
        select from session join account on account.id = session.account_id
        where session.id = ${sessionId} and account.id = ${accountId} and account.state = 'open'
          and session.idle_expires_at > now())`,
  };
}

/** Uses the proof up: of any number of requests at once one gets the row. */
export async function consumeContactFlow(
  trx: Transaction<Database>,
  { id, principal }: ContactFlowKey,
  challengeId: string,
): Promise<{ kind: Kind; destination: string | null; barring: Kind | null; atSignUp: boolean } | undefined> {
  return trx
    .updateTable('contact_flow')
    .set({ completed_at: now, expires_at: inSeconds(completedTtlSeconds) })
    .where('id', '=', id)
    .where('account_id', '=', principal.accountId)
    .where('challenge_id', '=', challengeId)
    .where('completed_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['kind', 'destination', 'barring', 'at_sign_up as atSignUp'])
    .executeTakeFirst();
}

/** Ends a flow whose code was right, and what it is for is not. `false`: another request was first. */
export async function endContactFlow(
  trx: Transaction<Database>,
  { id, principal }: ContactFlowKey,
  challengeId: string,
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('contact_flow')
    .where('id', '=', id)
    .where('account_id', '=', principal.accountId)
    .where('challenge_id', '=', challengeId)
    .where('completed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Whether a flow of this account was completed within a day. */
export async function isCompleted(
  db: Kysely<Database>,
  { id, purpose, principal }: ContactFlowKey,
): Promise<boolean> {
  const row = await db
    .selectFrom('contact_flow')
    .where('id', '=', id)
    .where('account_id', '=', principal.accountId)
    .where('completed_at', 'is not', null)
    .where('expires_at', '>', now)
    .$if(purpose === 'bar', (query) => query.where('barring', 'is not', null))
    .$if(purpose !== 'bar', (query) => query.where('barring', 'is', null).where('kind', '=', purpose as Kind))
    .select('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Changes that wait for a code. `undefined` when the session has ended. */
export async function findContactFlows(
  db: Kysely<Database>,
  principal: Principal,
): Promise<ContactFlow[] | undefined> {
  const live = await liveSession(db, principal).select('session.id').executeTakeFirst();
  if (!live) return undefined;
  return db
    .selectFrom('contact_flow')
    .where('account_id', '=', principal.accountId)
    .where('barring', 'is', null)
    .where('completed_at', 'is', null)
    .where('expires_at', '>', now)
    .select(columns)
    .orderBy('id')
    .execute();
}

/** Ends what is under way of an account. What is completed is under way no more. */
export async function endContactFlows(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx
    .deleteFrom('contact_flow')
    .where('account_id', '=', accountId)
    .where('completed_at', 'is', null)
    .execute();
}

export async function cleanUpContactFlows(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('contact_flow')
    .where('expires_at', '<=', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
