import { setTimeout } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { Receipt, ReceiptListener, Sender } from './ports.ts';

/** Messages asked about in one round. */
const pollBatch = 50;
/** After this long a provider is not asked any more. */
const longestPollHours = 24;
const pollTimeoutMs = 10_000;

/** A receipt may overtake the note that the message was sent: pauses before it counts as nobody's. */
const overtakingPausesMs = [0, 300, 1_500];

/** Takes in what a provider says became of a message; `false` when it knows one that we do not. */
export function createReceiptListener(db: Kysely<Database>, provider: string): ReceiptListener {
  return async (providerMessageId, receipt) => {
    for (const pauseMs of overtakingPausesMs) {
      await setTimeout(pauseMs);
      if (await recordReceipt(db, provider, providerMessageId, receipt)) return true;
    }
    return false;
  };
}

/** Receipts come repeatedly and in any order: the first final one counts, and delivered outdoes failed. */
async function recordReceipt(
  db: Kysely<Database>,
  provider: string,
  providerMessageId: string,
  { state, reason }: Receipt,
): Promise<boolean> {
  const { rows } = await sql<{ isKnown: boolean }>`
    with known as (
      select id from message where provider = ${provider} and provider_message_id = ${providerMessageId}
    ), changed as (
      update message
      set state = ${state}, failure = ${reason}, receipt_due_at = null, updated_at = now()
      from known
      where message.id = known.id
        and (message.state = 'handed_over' or (message.state = 'failed' and ${state} = 'delivered'))
    )
    select exists (select from known) as "isKnown"
  `.execute(db);
  return rows[0]?.isKnown ?? false;
}

/**
 * Asks a provider about messages that it took some time ago, each at growing distances. Any number of
 * workers may do so at once; each message is asked about by one. Returns how many receipts there were.
 */
export async function pollReceipts(db: Kysely<Database>, sender: Sender<never>): Promise<number> {
  if (sender.poll === undefined) return 0;
  const { rows } = await sql<{ id: string }>`
    update message
    set receipt_due_at = case when handed_over_at > now() - make_interval(hours => ${longestPollHours})
      then now() + greatest(interval '20 seconds', now() - handed_over_at) end
    where id in (
      select id from message
      where state = 'handed_over' and provider = ${sender.name} and receipt_due_at <= now()
        and provider_message_id is not null
      order by receipt_due_at limit ${pollBatch} for update skip locked
    )
    returning provider_message_id as id
  `.execute(db);
  if (rows.length === 0) return 0;
  const receipts = await sender.poll(
    rows.map(({ id }) => id),
    AbortSignal.timeout(pollTimeoutMs),
  );
  for (const [id, receipt] of receipts) await recordReceipt(db, sender.name, id, receipt);
  return receipts.size;
}
