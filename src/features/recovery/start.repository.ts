import { type Kysely, sql } from 'kysely';
import { prepared } from '../../database/prepared.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds } from '../../database/time.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { type Kind, userNameColumn } from '../accounts/index.ts';
import { type Origin, recording } from '../activity/activity.ts';
import { flowsPerNeighbourhood, flowsPerNetwork, flowTtlSeconds } from '../flows/flow.ts';
import { type Consumption, type ConsumptionRow, consumption, toConsumption } from '../quotas/quotas.ts';
import { isKnownDevice } from '../sessions/index.ts';

export type NewRecovery = Origin &
  Readonly<{
    tokenDigest: Buffer;
    subject: Buffer;
    userName: string;
    deviceDigest: Buffer;
    locale: Locale;
    /** Counter of the client network's flows. */
    networkKey: Buffer;
    /** Of those of the IPv6 /48 around it. */
    neighbourhoodKey: Buffer | undefined;
  }>;

export type OpenedRecovery = Readonly<{
  id: string;
  expiresAt: Date;
  /** What the account trusts, where the flow was started on a device that it knows; all null otherwise. */
  mobile: string | null;
  email: string | null;
  barredKinds: readonly Kind[] | null;
}>;

type NewRecoveryRow = ConsumptionRow & (OpenedRecovery | { id: null });

const insertion = (kind: PersonId['kind'], isInNeighbourhood: boolean) =>
  prepared<NewRecovery, NewRecoveryRow>((recovery) => {
    // Strangers behind the same address must not keep a known device out: it has a counter of its own.
    const key = sql`
      coalesce(sha256('flows-of-device'::bytea || owner.token_digest), ${recovery.networkKey}::bytea)`;
    const wide = isInNeighbourhood
      ? consumption(
          sql`${recovery.neighbourhoodKey}::bytea`,
          flowsPerNeighbourhood,
          sql`from consumed left join owner on true where not refused and owner.token_digest is null`,
        )
      : sql`select * from consumed where false`;
    const entry = {
      kind: 'recovery-started',
      outcome: 'succeeded',
      origin: recovery,
      flowId: sql<string>`flow.id`,
    } as const;
    return sql`
    with owner as (
      select account.id, device.token_digest,
        case when device.token_digest is not null then account.mobile end as mobile,
        case when device.token_digest is not null then account.email end as email,
        case when device.token_digest is not null then account.barred_kinds end as barred_kinds
      from account
      left join device on device.account_id = account.id and device.token_digest = ${recovery.deviceDigest}
        and ${isKnownDevice}
      where ${sql.ref(userNameColumn(kind))} = ${recovery.userName} and account.disabled_at is null
    ),
    consumed as (${consumption(key, flowsPerNetwork, sql`from (values (1)) as anybody left join owner on true`)}),
    wide as (${wide}),
    flow as (
      insert into recovery (token_digest, subject, account_id, device_digest, locale, expires_at)
      select ${recovery.tokenDigest}, ${recovery.subject}, owner.id, owner.token_digest, ${recovery.locale},
        ${inSeconds(flowTtlSeconds)}
      from consumed left join wide on true left join owner on true
      where not coalesce(wide.refused, consumed.refused)
      returning id, account_id, expires_at
    ),
    entry as (${recording(entry, sql`flow.account_id`, sql`from flow`)})
    select consumed.used, coalesce(wide.refused, consumed.refused) as refused,
      coalesce(wide."resetsIn", consumed."resetsIn") as "resetsIn",
      flow.id, flow.expires_at as "expiresAt", owner.mobile, owner.email, owner.barred_kinds as "barredKinds"
    from consumed left join wide on true left join flow on true left join owner on true`;
  });
const insertions = (isInNeighbourhood: boolean) => ({
  'national-code': insertion('national-code', isInNeighbourhood),
  'insurance-number': insertion('insurance-number', isInNeighbourhood),
});
const insertionsOnTheirOwn = insertions(false);
const insertionsInNeighbourhood = insertions(true);

/**
 * Opens a flow in one statement, the same for everybody: where there is no account to recover the row simply
 * stands for nobody. No row for a network, or a /48, that has used up its flows.
 */
export async function insertRecovery(
  db: Kysely<Database>,
  kind: PersonId['kind'],
  recovery: NewRecovery,
): Promise<{ consumed: Consumption; flow: OpenedRecovery | undefined }> {
  const fitting = recovery.neighbourhoodKey ? insertionsInNeighbourhood : insertionsOnTheirOwn;
  const [row] = await fitting[kind](db, recovery);
  if (!row) throw new Error('a counter came back without its row');
  return { consumed: toConsumption(row, flowsPerNetwork), flow: row.id === null ? undefined : row };
}
