import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { Locale, TextParameters } from '../kernel/locale.ts';
import { type Channel, channelNames, channels } from './channels.ts';
import type { MessageState } from './messages.table.ts';
import { dispatchMessageTask, type MessagePurpose } from './outbox.ts';

/** A message that this caller, and nobody else, is to dispatch until the claim ends. */
export type ClaimedMessage = Readonly<{
  id: string;
  channel: Channel;
  purpose: MessagePurpose;
  locale: Locale;
  /** Where to; `null` where there is nobody, or the person has no (proved) address. */
  address: string | null;
  accountId: string | null;
  challengeId: string | null;
  parameters: TextParameters;
  /** Client network of the cause. */
  network: string | null;
  createdAt: Date;
  attempt: number;
  /** What the attempt before said. */
  failure: string | null;
  unknownAnswers: number;
  /** The provider that may have the message already, from an attempt whose end nobody knows. */
  boundTo: string | null;
  /** Who is noted as about to be asked: that one, or the preferred one. */
  provider: string | null;
  isLate: boolean;
}>;

/**
 * Where a message goes: where it says, else to the address that its account trusts at the time; a barred one gets
 * nothing. For statements that know the message as `message`.
 */
export const addressOfMessage = sql<string | null>`
  coalesce(message.destination, case message.channel ${whenChannel(trustedAddress)} end)`;
export const personOfMessage = sql`left join account on account.id = message.account_id`;

/** Of no channel but those of the list: what is none of them comes to nothing. */
function whenChannel(then: (channel: Channel) => RawBuilder<unknown>) {
  return sql.join(
    channelNames.map((channel) => sql`when ${sql.lit(channel)} then ${then(channel)}`),
    sql` `,
  );
}

function trustedAddress(channel: Channel) {
  const { kind } = channels[channel];
  return sql`case when ${sql.lit(kind)} <> all (account.barred_kinds) then ${sql.ref(`account.${kind}`)} end`;
}

type Claim = Readonly<{ id: string; attempt: number }>;

/** The provider that is asked first, by channel; `null` where all are resting. */
export type PreferredProviders = Readonly<Record<Channel, string | null>>;

/**
 * Takes a message that is due, or whose claim ran out because its worker died. One statement: of any number
 * of workers one gets it. `null`: nothing to do here (any more).
 */
export async function claimMessage(
  trx: Transaction<Database>,
  id: string,
  claimSeconds: number,
  preferred: PreferredProviders,
): Promise<ClaimedMessage | null> {
  const { rows } = await sql<ClaimedMessage>`
    with claimed as (
      update message
      set state = 'sending', attempts = attempts + 1, updated_at = now(),
        due_at = now() + make_interval(secs => ${claimSeconds}),
        sent_to = (select ${addressOfMessage} from (values (1)) as one ${personOfMessage}),
        provider = coalesce(provider, case channel ${whenChannel((channel) => sql`${preferred[channel]}`)} end)
      where id = ${id}::uuid and state in ('queued', 'sending') and due_at <= now()
      returning message.*, old.provider as bound_to
    )
    select message.id, message.channel, message.purpose, message.locale, message.sent_to as address,
      message.account_id as "accountId", message.challenge_id as "challengeId", message.parameters, message.network,
      message.created_at as "createdAt", message.attempts as attempt, message.failure,
      message.unknown_answers as "unknownAnswers", message.bound_to as "boundTo", message.provider,
      message.useful_until <= now() as "isLate"
    from claimed as message
  `.execute(trx);
  return rows[0] ?? null;
}

/** Notes that the message may leave only for whom the ownership register ties its number to. Returns its parameters. */
export async function markKeptForOwner(trx: Transaction<Database>, { id }: Claim): Promise<TextParameters> {
  const { rows } = await sql<{ parameters: TextParameters }>`
    update message set parameters = parameters || '{"keptForOwner": 1}' where id = ${id}::uuid returning parameters
  `.execute(trx);
  const [row] = rows;
  if (!row) throw new Error('a claimed message came back without its row');
  return row.parameters;
}

/** Notes who is about to be asked and keeps the claim; `false` if it has run out and been taken by another. */
export async function extendClaim(
  db: Kysely<Database>,
  { id, attempt }: Claim,
  provider: string,
  claimSeconds: number,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update message
    set provider = ${provider}, due_at = now() + make_interval(secs => ${claimSeconds}), updated_at = now()
    where id = ${id}::uuid and state = 'sending' and attempts = ${attempt}
  `.execute(db);
  return numAffectedRows === 1n;
}

/** First question to a provider about what became of a message. */
const firstReceiptSeconds = 20;

/** Returns the seconds from the cause to now; `null` if the claim had run out. */
export async function recordSent(
  db: Kysely<Database>,
  { id, attempt }: Claim,
  { provider, providerMessageId, isPolled }: HandedOver,
): Promise<number | null> {
  const { rows } = await sql<{ seconds: number }>`
    update message
    set state = 'handed_over', provider = ${provider}, provider_message_id = ${providerMessageId},
      failure = null, handed_over_at = now(), updated_at = now(),
      receipt_due_at = case when ${isPolled} then now() + make_interval(secs => ${firstReceiptSeconds}) end
    where id = ${id}::uuid and state = 'sending' and attempts = ${attempt}
    returning extract(epoch from clock_timestamp() - created_at)::float8 as seconds
  `.execute(db);
  return rows[0]?.seconds ?? null;
}

export type HandedOver = Readonly<{
  provider: string | null;
  providerMessageId: string | null;
  /** Whether the provider has to be asked what became of the message. */
  isPolled: boolean;
}>;

export async function recordEnd(
  db: Kysely<Database>,
  { id, attempt }: Claim,
  { state, failure, provider }: End,
): Promise<void> {
  await sql`
    update message set state = ${state}, failure = ${failure}, provider = ${provider}, updated_at = now()
    where id = ${id}::uuid and state = 'sending' and attempts = ${attempt}
  `.execute(db);
}

export type End = Readonly<{
  state: Extract<MessageState, 'failed' | 'expired' | 'dropped'>;
  failure: string;
  /** Who has been asked; `null`: nobody. */
  provider: string | null;
}>;

/** Puts a message back for later. `boundTo`: the provider that may have it already, else `null`. */
export async function requeue(
  db: Kysely<Database>,
  { id, attempt }: Claim,
  { failure, unknownAnswers, boundTo, pauseSeconds }: Requeue,
): Promise<void> {
  await sql`
    with waiting as (
      update message
      set state = 'queued', failure = ${failure}, unknown_answers = ${unknownAnswers}, provider = ${boundTo},
        due_at = now() + make_interval(secs => ${pauseSeconds}), updated_at = now()
      where id = ${id}::uuid and state = 'sending' and attempts = ${attempt}
      returning id, due_at
    )
    select graphile_worker.add_job(${dispatchMessageTask}, json_build_object('messageId', id), run_at => due_at)
    from waiting
  `.execute(db);
}

export type Requeue = Readonly<{
  failure: string;
  unknownAnswers: number;
  boundTo: string | null;
  pauseSeconds: number;
}>;

/** Queue jobs made at most in one cleanup; the next one goes on. */
const rescueBatch = 500;
/** A due message whose job is nowhere to be seen for so long has lost it to a worker that died. */
const lostJobSeconds = 30;

/**
 * Makes new jobs for messages that lost theirs: the queue itself would hold a dead worker's jobs for hours,
 * codes are of use for minutes. Needless jobs do no harm, for only a claim decides. Returns how many.
 */
export async function rescueMessages(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql`
    with lost as (
      select id from message
      where state in ('queued', 'sending') and due_at <= now()
        and (state = 'sending' or due_at < now() - make_interval(secs => ${lostJobSeconds}))
      order by due_at limit ${rescueBatch} for update skip locked
    )
    select graphile_worker.add_job(${dispatchMessageTask}, json_build_object('messageId', id),
      job_key => 'rescue:' || id) from lost
  `.execute(db);
  return rows.length;
}

/** Messages name people; what is done with is forgotten after so many days. */
const retentionDays = 90;
const cleanupBatch = 5_000;

/** Removes old messages that came to an end, and jobs that the queue has given up. Returns how many. */
export async function cleanUpMessages(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from message where id in (
      select id from message
      where id < uuidv7(make_interval(days => -${retentionDays}::integer)) and state not in ('queued', 'sending')
      order by id limit ${cleanupBatch}
    )
  `.execute(db);
  // Nobody's, written so that unknown people take as long as known ones.
  const nobodys = await sql`
    delete from message where account_id is null and destination is null
      and created_at < now() - interval '1 hour' and state not in ('queued', 'sending')
  `.execute(db);
  await sql`
    delete from graphile_worker._private_jobs
    where attempts >= max_attempts and coalesce(locked_at, updated_at) < now() - interval '1 day'
  `.execute(db);
  return Number(numAffectedRows + (nobodys.numAffectedRows ?? 0n));
}

/** Of an account that goes, whatever has become of them. */
export async function deleteMessages(trx: Transaction<Database>, accountId: string): Promise<void> {
  await trx.deleteFrom('message').where('account_id', '=', accountId).execute();
}
