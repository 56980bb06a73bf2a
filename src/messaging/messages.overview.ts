import { type Kysely, sql } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { Channel } from './channels.ts';
import { addressOfMessage, personOfMessage } from './messages.repository.ts';
import type { MessageState } from './messages.table.ts';

export type MessageFilter = Readonly<{
  states: readonly MessageState[] | null;
  purpose: string | null;
  /** Not older than so many hours. */
  hours: number;
  limit: number;
}>;

/** A message as operators see it: everything but the text, and the whole address only to be masked. */
export type ListedMessage = Readonly<{
  id: string;
  createdAt: Date;
  channel: Channel;
  purpose: string;
  state: MessageState;
  attempts: number;
  provider: string | null;
  failure: string | null;
  /** Where it went, or is to go while nobody has tried yet. */
  address: string | null;
}>;

/** Newest first. */
export async function listMessages(db: Kysely<Database>, filter: MessageFilter): Promise<ListedMessage[]> {
  const { states, purpose, hours, limit } = filter;
  const { rows } = await sql<ListedMessage>`
    select message.id, message.created_at as "createdAt", message.channel, message.purpose, message.state,
      message.attempts, message.provider, message.failure,
      case when message.attempts = 0 then ${addressOfMessage} else message.sent_to end as address
    from message ${personOfMessage}
    where message.id > uuidv7(make_interval(hours => -${hours}::integer))
      and (${states}::text[] is null or message.state = any (${states}::text[]))
      and (${purpose}::text is null or message.purpose = ${purpose})
    order by message.id desc limit ${limit}
  `.execute(db);
  return rows;
}

/** Messages of one channel that are due, or whose worker died. */
export type Backlog = Readonly<{ channel: Channel; messages: number; oldestSeconds: number }>;

/** Beyond these nobody counts: it is asked for again and again. The oldest are among them. */
const countedBacklog = 10_000;

/** What waits to be dispatched, in the whole database; channels without any are left out. */
export async function readBacklog(db: Kysely<Database>): Promise<Backlog[]> {
  const { rows } = await sql<Backlog>`
    select channel, count(*)::integer as messages,
      max(extract(epoch from now() - due_at))::float8 as "oldestSeconds"
    from (
      select channel, due_at from message
      where state in ('queued', 'sending') and due_at <= now()
      order by due_at limit ${countedBacklog}
    ) as due
    group by channel
  `.execute(db);
  return rows;
}

export type MessageCount = Readonly<{
  channel: Channel;
  state: MessageState;
  provider: string | null;
  failure: string | null;
  messages: number;
}>;

/** How many messages are in which state and why, of so many hours. */
export async function countMessages(db: Kysely<Database>, hours: number): Promise<MessageCount[]> {
  const { rows } = await sql<MessageCount>`
    select channel, state, provider, failure, count(*)::integer as messages from message
    where id > uuidv7(make_interval(hours => -${hours}::integer))
    group by channel, state, provider, failure order by channel, state, messages desc
  `.execute(db);
  return rows;
}
