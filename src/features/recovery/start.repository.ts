import { type Kysely, sql } from 'kysely';
import { prepared } from '../../database/prepared.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds } from '../../database/time.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { trustedAnswers, userNameColumn } from '../accounts/index.ts';
import { type Spent, type SpentRow, spending, spentOf } from '../budgets/budgets.ts';
import { flowsPerNeighbourhood, flowsPerNetwork, flowTtlSeconds } from '../flows/flow.ts';
import { isKnownDevice } from '../sessions/index.ts';
import type { RecoveryMethod } from './methods.ts';

export type NewRecovery = Readonly<{
  tokenDigest: Buffer;
  subject: Buffer;
  userName: string;
  deviceDigest: Buffer;
  locale: Locale;
  /** Switched on, in the order they are offered in. */
  methods: readonly RecoveryMethod[];
  /** Of those, what is offered where there is no account. */
  decoyMethods: readonly RecoveryMethod[];
  /** Counter of the client network's flows. */
  networkKey: Buffer;
  /** Of those of the IPv6 /48 around it. */
  neighbourhoodKey: Buffer | undefined;
}>;

export type OpenedRecovery = Readonly<{
  id: string;
  expiresAt: Date;
  methods: readonly RecoveryMethod[];
  mobile: string | null;
  email: string | null;
}>;

type NewRecoveryRow = SpentRow & (OpenedRecovery | { id: null });

const insertion = (kind: PersonId['kind'], isInNeighbourhood: boolean) =>
  prepared<NewRecovery, NewRecoveryRow>((recovery) => {
    // Strangers behind the same address must not keep a known device out: it has a counter of its own.
    const key = sql`
      coalesce(sha256('flows-of-device'::bytea || owner.token_digest), ${recovery.networkKey}::bytea)`;
    const wide = isInNeighbourhood
      ? spending(
          sql`${recovery.neighbourhoodKey}::bytea`,
          flowsPerNeighbourhood,
          sql`from spent left join owner on true where not refused and owner.token_digest is null`,
        )
      : sql`select * from spent where false`;
    return sql`
    with owner as (
      select account.id, address.mobile, address.email, device.token_digest, array(
        select method from unnest(${recovery.methods}::text[]) with ordinality as offered (method, place)
        where method = 'sms' or (method = 'email' and address.email is not null)
          or (method = 'questions' and ${trustedAnswers.questions} <> '{}')
        order by place) as methods
      from account join recovery_address as address on address.account_id = account.id
      left join device on device.account_id = account.id and device.token_digest = ${recovery.deviceDigest}
        and ${isKnownDevice}
      where ${sql.ref(userNameColumn(kind))} = ${recovery.userName} and account.state in ('active', 'locked')
    ),
    spent as (${spending(key, flowsPerNetwork, sql`from (values (1)) as anybody left join owner on true`)}),
    wide as (${wide}),
    flow as (
      insert into recovery (token_digest, subject, account_id, device_digest, locale, methods, expires_at)
      select ${recovery.tokenDigest}, ${recovery.subject}, owner.id, owner.token_digest, ${recovery.locale},
        coalesce(owner.methods, ${recovery.decoyMethods}::text[]), ${inSeconds(flowTtlSeconds)}
      from spent left join wide on true left join owner on true
      where not coalesce(wide.refused, spent.refused)
      returning id, expires_at, methods
    )
    select spent.used, coalesce(wide.refused, spent.refused) as refused,
      coalesce(wide."resetsIn", spent."resetsIn") as "resetsIn",
      flow.id, flow.expires_at as "expiresAt", flow.methods, owner.mobile, owner.email
    from spent left join wide on true left join flow on true left join owner on true`;
  });
const insertions = (isInNeighbourhood: boolean) => ({
  'national-code': insertion('national-code', isInNeighbourhood),
  'insurance-number': insertion('insurance-number', isInNeighbourhood),
});
const insertionsOnTheirOwn = insertions(false);
const insertionsInNeighbourhood = insertions(true);

/**
 * Opens a flow in one statement, the same for everybody: where there is no account to recover the row simply
 * stands for nobody, offers what a decoy has, and the addresses come back null. No row for a network, or a /48, that
 * has used up its flows.
 */
export async function insertRecovery(
  db: Kysely<Database>,
  kind: PersonId['kind'],
  recovery: NewRecovery,
): Promise<{ spent: Spent; flow: OpenedRecovery | undefined }> {
  const fitting = recovery.neighbourhoodKey ? insertionsInNeighbourhood : insertionsOnTheirOwn;
  const [row] = await fitting[kind](db, recovery);
  if (!row) throw new Error('a counter came back without its row');
  return { spent: spentOf(row, flowsPerNetwork), flow: row.id === null ? undefined : row };
}
