import { type Kysely, sql, type Transaction } from 'kysely';
import { isKept, liveGrant } from '../../database/live-grant.ts';
import { liveSession } from '../../database/live-session.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds, now } from '../../database/time.ts';
import type { GrantPrincipal, Principal } from '../../kernel/caller.ts';

export type NewGrant = Readonly<{
  accountId: string;
  clientId: string;
  scopes: readonly string[];
  looks: number;
  lifeSeconds: number;
}>;

export async function insertGrant(trx: Transaction<Database>, grant: NewGrant): Promise<string> {
  const { id } = await trx
    .insertInto('record_grant')
    .values({
      account_id: grant.accountId,
      client_id: grant.clientId,
      scopes: [...grant.scopes],
      looks_left: grant.looks,
      expires_at: inSeconds(grant.lifeSeconds),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A grant that holds, for whoever is to get a token for it. */
export async function findGrant(db: Kysely<Database>, id: string) {
  return db
    .selectFrom('record_grant')
    .innerJoin('account', 'account.id', 'record_grant.account_id')
    .where('record_grant.id', '=', id)
    .where('account.state', '=', 'open')
    .where('record_grant.expires_at', '>', now)
    .where(isKept)
    .select([
      'record_grant.id',
      'record_grant.account_id as accountId',
      'record_grant.client_id as clientId',
      'record_grant.scopes',
      'record_grant.created_at as createdAt',
      'record_grant.expires_at as expiresAt',
    ])
    .executeTakeFirst();
}

/** Ends a grant, whoever's it is: a code was used twice. */
export async function endGrant(db: Kysely<Database>, id: string): Promise<void> {
  await db.deleteFrom('record_grant').where('id', '=', id).execute();
}

export type Look = Readonly<{ accountId: string; isFirst: boolean; nameFa: string; nameEn: string }>;

/** Counts and logs a look, once a token. Of any number at once one does; the others wait for it. */
export async function countLook(
  trx: Transaction<Database>,
  reader: GrantPrincipal & Readonly<{ scope: string }>,
): Promise<Look | undefined> {
  const live = liveGrant(trx, reader)
    .where('record_grant.looks_left', '>', 0)
    .select(['record_grant.id', 'record_grant.account_id', 'record_grant.client_id'])
    .forUpdate('record_grant');
  const { rows } = await sql<Look>`
    with live as materialized (${live}), look as (
      insert into record_access (grant_id, account_id, client_id, token_id, scope)
      select id, account_id, client_id, ${reader.tokenId}, ${reader.scope} from live
      on conflict (grant_id, token_id) do nothing
      returning grant_id
    )
    update record_grant set looks_left = looks_left - 1, first_looked_at = coalesce(first_looked_at, now())
    from look, institution where id = look.grant_id and institution.client_id = record_grant.client_id
    returning account_id as "accountId", old.first_looked_at is null as "isFirst", name_fa as "nameFa",
      name_en as "nameEn"`.execute(trx);
  return rows[0];
}

/** Every grant of the account, newest first; `undefined` when the session has ended. */
export async function findGrants(db: Kysely<Database>, principal: Principal) {
  const rows = await liveSession(db, principal)
    .leftJoin('record_grant', (join) =>
      join.onRef('record_grant.account_id', '=', 'account.id').on('record_grant.expires_at', '>', now),
    )
    .leftJoin('institution', 'institution.client_id', 'record_grant.client_id')
    .select([
      'record_grant.id',
      'institution.name_fa as nameFa',
      'institution.name_en as nameEn',
      'institution.purpose_fa as purposeFa',
      'institution.purpose_en as purposeEn',
      'record_grant.scopes',
      'record_grant.looks_left as looksLeft',
      'record_grant.created_at as createdAt',
      'record_grant.expires_at as expiresAt',
      isKept.as('isKept'),
    ])
    .orderBy('record_grant.id', 'desc')
    .execute();
  return rows.length === 0 ? undefined : rows.flatMap((row) => (row.id === null ? [] : [row]));
}

/** `undefined`: there is none of this account. */
export async function deleteGrant(trx: Transaction<Database>, { accountId }: Principal, id: string) {
  return trx
    .deleteFrom('record_grant')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .returning('id')
    .executeTakeFirst();
}

/** Lets a grant hold that a new password has suspended. `undefined`: there is none of this account. */
export async function keepGrant(trx: Transaction<Database>, { accountId }: Principal, id: string) {
  return trx
    .updateTable('record_grant')
    .set({ kept_at: now })
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst();
}

/** Looks older than `before`, newest first; `undefined` when the session has ended. */
export async function findLooks(
  db: Kysely<Database>,
  principal: Principal,
  { before, limit }: Readonly<{ before: string | null; limit: number }>,
) {
  const rows = await liveSession(db, principal)
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('record_access')
          .innerJoin('institution', 'institution.client_id', 'record_access.client_id')
          .whereRef('record_access.account_id', '=', 'account.id')
          .$if(before !== null, (query) => query.where('record_access.id', '<', before ?? ''))
          .select([
            'record_access.id',
            'grant_id',
            'scope',
            'accessed_at',
            'institution.name_fa',
            'institution.name_en',
          ])
          .orderBy('record_access.id', 'desc')
          .limit(limit)
          .as('look'),
      (join) => join.onTrue(),
    )
    .select([
      'look.id',
      'look.grant_id as grantId',
      'look.scope',
      'look.accessed_at as accessedAt',
      'look.name_fa as nameFa',
      'look.name_en as nameEn',
    ])
    .orderBy('look.id', 'desc')
    .execute();
  return rows.length === 0 ? undefined : rows.flatMap((row) => (row.id === null ? [] : [row]));
}

/** A grant that has run out is of no use to anybody; its looks stay. */
export async function cleanUpGrants(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('record_grant')
    .where('expires_at', '<', now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
