import { type Kysely, sql } from 'kysely';
import { prepared } from '../../database/prepared.ts';
import type { Database } from '../../database/schema.ts';
import { inSeconds } from '../../database/time.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { PersonId } from '../../kernel/person-id.ts';
import { type Kind, userNameColumn } from '../accounts/index.ts';
import { type Origin, recording } from '../activity/index.ts';
import { isKnownNetwork } from '../known-networks/index.ts';
import { flowsPerNetwork, flowTtlSeconds } from '../one-time-codes/index.ts';
import { ofKnownDevices } from '../quotas/failures.ts';
import { consumption } from '../quotas/quotas.ts';
import { usedUp } from '../quotas/sliding-quotas.ts';
import { isKnownDevice } from '../sessions/index.ts';

export type NewRecovery = Origin &
  Readonly<{
    tokenDigest: Buffer;
    subject: Buffer;
    userName: string;
    deviceDigest: Buffer;
    locale: Locale;
    /** What failures at the person from the client network are counted under. */
    networkKey: Buffer;
    /** What the network would be kept under if the account had been signed in from there. */
    knownNetworkKey: Buffer;
    /** Counter of the client network's flows. */
    flowsKey: Buffer;
    /** Whether a proof of work stands in for the count. */
    isWorkDone: boolean;
  }>;

export type OpenedRecovery = Readonly<{
  id: string;
  expiresAt: Date;
  /** What the account trusts, where the flow was started on a device that it knows; all null otherwise. */
  mobile: string | null;
  email: string | null;
  barredKinds: readonly Kind[] | null;
}>;

type NewRecoveryRow = OpenedRecovery | Readonly<{ id: null }>;

const insertion = (kind: PersonId['kind']) =>
  prepared<NewRecovery, NewRecoveryRow>((recovery) => {
    // Strangers behind the same address must not keep a known device out: it has a counter of its own.
    const key = sql`
      coalesce(sha256('flows-of-device'::bytea || owner.token_digest), ${recovery.flowsKey}::bytea)`;
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
        and ${isKnownDevice} and not ${usedUp(ofKnownDevices(sql`${recovery.subject}::bytea`))}
      where ${sql.ref(userNameColumn(kind))} = ${recovery.userName} and account.disabled_at is null
    ),
    consumed as (${consumption(key, flowsPerNetwork, sql`from (values (1)) as anybody left join owner on true`)}),
    flow as (
      insert into recovery (token_digest, subject, network_key, is_network_known, account_id, device_digest, locale,
        expires_at)
      select ${recovery.tokenDigest}, ${recovery.subject}, ${recovery.networkKey},
        ${isKnownNetwork(recovery.knownNetworkKey)}, owner.id, owner.token_digest, ${recovery.locale},
        ${inSeconds(flowTtlSeconds)}
      from consumed left join owner on true
      where not consumed.refused or ${recovery.isWorkDone}::boolean
      returning id, account_id, expires_at
    ),
    entry as (${recording(entry, sql`flow.account_id`, sql`from flow`)})
    select flow.id, flow.expires_at as "expiresAt", owner.mobile, owner.email, owner.barred_kinds as "barredKinds"
    from consumed left join flow on true left join owner on true`;
  });
const insertions = {
  'national-code': insertion('national-code'),
  'insurance-number': insertion('insurance-number'),
};

/**
 * Opens a flow in one statement, the same for everybody: where there is no account to recover the row simply
 * stands for nobody. No row for a network that has used up its
 * flows, unless the work was done that stands in for one.
 */
export async function insertRecovery(
  db: Kysely<Database>,
  kind: PersonId['kind'],
  recovery: NewRecovery,
): Promise<OpenedRecovery | undefined> {
  const [row] = await insertions[kind](db, recovery);
  if (!row) throw new Error('a counter came back without its row');
  return row.id === null ? undefined : row;
}
