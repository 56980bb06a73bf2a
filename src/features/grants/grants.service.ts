import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller, Principal, Reader } from '../../kernel/caller.ts';
import type { Localised } from '../../kernel/locale.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { holdSession, notifyOwner } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import { type GrantScope, isGrantScope } from '../clients/index.ts';
import { grantProblems } from './grants.problems.ts';
import * as grants from './grants.repository.ts';

export type GrantDependencies = Readonly<{
  db: Kysely<Database>;
  outbox: Outbox;
  /** @throws {Problem} `not-authenticated`, `fresh-sign-in-needed` */
  requireFreshSession(db: Kysely<Database>, principal: Principal): Promise<void>;
}>;

/** What the person decided. */
export type Decision = Readonly<{
  clientId: string;
  institution: Localised;
  scopes: readonly GrantScope[];
  looks: number;
  lifeSeconds: number;
}>;

/**
 * In the transaction of the decision, after `holdSession`: the grant, the activity, and a notice to every trusted address.
 * @returns the grant's id
 */
export async function giveGrant(
  { outbox }: Pick<GrantDependencies, 'outbox'>,
  trx: Transaction<Database>,
  { accountId }: Principal,
  { institution, ...given }: Decision,
  caller: Caller,
): Promise<string> {
  const id = await grants.insertGrant(trx, { accountId, ...given });
  await recordActivity(trx, { accountId, kind: 'grant-given', outcome: 'succeeded', origin: caller });
  await notifyOwner(
    outbox,
    trx,
    { accountId, caller },
    {
      purpose: 'grant-given',
      parameters: { institution: institution.fa, institutionEn: institution.en },
    },
  );
  return id;
}

/** A grant as its person sees it. */
export type Grant = Readonly<{
  id: string;
  institution: Localised;
  purpose: Localised;
  scopes: readonly GrantScope[];
  looksLeft: number;
  createdAt: Date;
  expiresAt: Date;
  /** Given before the last new password: it opens nothing until it is kept. */
  isSuspended: boolean;
}>;

const toText = (fa: string | null, en: string | null): Localised => ({ fa: fa ?? '', en: en ?? '' });

/** @throws {Problem} `not-authenticated` */
export async function listGrants({ db }: GrantDependencies, principal: Principal): Promise<Grant[]> {
  const rows = await grants.findGrants(db, principal);
  if (!rows) throw new Problem(commonProblems.notAuthenticated);
  return rows.flatMap((row) =>
    row.id === null || row.createdAt === null || row.expiresAt === null
      ? []
      : [
          {
            id: row.id,
            institution: toText(row.nameFa, row.nameEn),
            purpose: toText(row.purposeFa, row.purposeEn),
            scopes: (row.scopes ?? []).filter(isGrantScope),
            looksLeft: row.looksLeft ?? 0,
            createdAt: row.createdAt,
            expiresAt: row.expiresAt,
            isSuspended: !row.isKept,
          },
        ],
  );
}

/** From the next request on, on every replica. @throws {Problem} `not-authenticated`, `grant-not-found` */
export async function withdrawGrant(
  { db }: GrantDependencies,
  principal: Principal,
  id: string,
  caller: Caller,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await holdSession(trx, principal);
    if (!(await grants.deleteGrant(trx, principal, id))) throw new Problem(grantProblems.grantNotFound);
    const { accountId } = principal;
    await recordActivity(trx, {
      accountId,
      kind: 'grant-withdrawn',
      outcome: 'succeeded',
      origin: caller,
    });
  });
}

/**
 * Lets a grant go on that a new password has suspended.
 * @throws {Problem} `not-authenticated`, `fresh-sign-in-needed`, `grant-not-found`
 */
export async function keepGrant(
  { db, requireFreshSession }: GrantDependencies,
  principal: Principal,
  id: string,
  caller: Caller,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await holdSession(trx, principal);
    await requireFreshSession(trx, principal);
    if (!(await grants.keepGrant(trx, principal, id))) throw new Problem(grantProblems.grantNotFound);
    const { accountId } = principal;
    await recordActivity(trx, { accountId, kind: 'grant-kept', outcome: 'succeeded', origin: caller });
  });
}

/** @throws {Problem} `not-authenticated` */
export async function listLooks(
  { db }: GrantDependencies,
  principal: Principal,
  page: Readonly<{ before: string | null; limit: number }>,
) {
  const rows = await grants.findLooks(db, principal, { ...page, limit: page.limit + 1 });
  if (!rows) throw new Problem(commonProblems.notAuthenticated);
  const looks = rows
    .slice(0, page.limit)
    .flatMap(({ id, grantId, scope, accessedAt, nameFa, nameEn }) =>
      id === null || grantId === null || accessedAt === null || scope === null
        ? []
        : [{ id, grantId, scope, accessedAt, institution: toText(nameFa, nameEn) }],
    );
  return { looks, next: rows.length > page.limit ? (looks.at(-1)?.id ?? null) : null };
}

/**
 * Counts the first read of an access token; the first one of all of a grant is told. Nothing happens where the grant does
 * not hold or its looks are used up, or the token's look is counted already.
 */
export async function openLook(
  { db, outbox }: Pick<GrantDependencies, 'db' | 'outbox'>,
  reader: Exclude<Reader, Principal>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const look = await grants.countLook(trx, reader);
    if (!look?.isFirst) return;
    await notifyOwner(
      outbox,
      trx,
      { accountId: look.accountId, caller: null },
      {
        purpose: 'record-looked-at',
        parameters: { institution: look.nameFa, institutionEn: look.nameEn },
      },
    );
  });
}
