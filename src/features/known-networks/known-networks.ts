import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { now } from '../../database/time.ts';
import type { Mac } from '../../kernel/keyring.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';

/** A network that the account was not signed in from for so long is unknown. */
const networkUnusedSeconds = 90 * 24 * 60 * 60;
/** Of one account; the one used longest ago gives way. */
const maxNetworks = 20;

const isUsed = sql<boolean>`
  known_network.last_used_at > now() - make_interval(secs => ${sql.lit(networkUnusedSeconds)})`;

/**
 * Whether the account was signed in from there within 90 days: a condition within a statement, the same for who has no
 * account. @param key as `keyOf` has it
 */
export const isKnownNetwork = (key: Buffer) => sql<boolean>`
  exists (select from known_network where known_network.key = ${key}::bytea and ${isUsed})`;

export type KnownNetworks = Readonly<{
  /** What a network of a person is kept under. @param network as `Caller` has it */
  keyOf(person: PersonId, network: string): Buffer;
  /** Somebody signed in from there. After locking the account, so that of many at once each sees those before it. */
  remember(
    trx: Transaction<Database>,
    of: Readonly<{ accountId: string; person: PersonId; network: string }>,
  ): Promise<void>;
}>;

/**
 * The networks that accounts were signed in from: what strangers use up elsewhere is not used up there.
 * @param mac keyed, so that the table tells neither networks nor, to who knows them, whose they are
 */
export function createKnownNetworks(mac: Mac): KnownNetworks {
  const keyOf: KnownNetworks['keyOf'] = (person, network) => mac(...personIdParts(person), network);
  return {
    keyOf,
    async remember(trx, { accountId, person, network }) {
      const key = keyOf(person, network);
      await sql`
        with surplus as (
          delete from known_network where key in (
            select key from known_network where account_id = ${accountId} and key != ${key}::bytea
            order by last_used_at desc offset ${sql.lit(maxNetworks - 1)}
          )
        )
        insert into known_network (key, account_id) values (${key}::bytea, ${accountId})
        on conflict (key) do update set account_id = excluded.account_id, last_used_at = now()`.execute(trx);
    },
  };
}

/** Forgets the networks of an account but one: whoever had the old password may have signed in from them. */
export async function forgetNetworks(
  trx: Transaction<Database>,
  accountId: string,
  kept: Readonly<{ networkKey: Buffer }> | null,
): Promise<void> {
  await trx
    .deleteFrom('known_network')
    .where('account_id', '=', accountId)
    .where('key', '!=', kept?.networkKey ?? Buffer.of())
    .execute();
}

/** Networks that count as unknown already. */
export async function cleanUpNetworks(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('known_network')
    .where('last_used_at', '<=', sql<Date>`${now} - make_interval(secs => ${sql.lit(networkUnusedSeconds)})`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
