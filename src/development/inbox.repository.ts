import { type Kysely, sql } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { Locale, TextParameters } from '../kernel/locale.ts';
import {
  addressOfMessage,
  type Channel,
  channels,
  type MessagePurpose,
  personOfMessage,
  type Rendered,
  type RenderMessage,
  type TextForm,
} from '../messaging/index.ts';

export type InboxMessage = Readonly<{
  id: string;
  channel: Channel;
  purpose: MessagePurpose;
  locale: Locale;
  destination: string;
  /** Of e-mails only. */
  subject: string | null;
  text: string;
  html: string | null;
  /** The one-time code in the text, in ASCII digits. */
  code: string | null;
  /** RFC 3339. */
  at: string;
  state: string;
}>;

type Row = {
  id: string;
  channel: Channel;
  purpose: MessagePurpose;
  locale: Locale;
  challengeId: string | null;
  parameters: TextParameters;
  createdAt: Date;
  state: string;
  destination: string;
};

/** Newest first. What has no destination reaches nobody and is left out. */
export async function findMail(
  db: Kysely<Database>,
  render: RenderMessage,
  destination: string | null,
  limit: number,
): Promise<readonly InboxMessage[]> {
  const { rows } = await sql<Row>`
    select * from (
      select message.id, message.channel, message.purpose, message.locale, message.state,
        message.challenge_id as "challengeId", message.parameters,
        message.created_at as "createdAt",
        ${addressOfMessage} as destination
      from message ${personOfMessage}
    ) as mail
    where destination is not null and (${destination}::text is null or destination = ${destination})
    order by id desc limit ${limit}
  `.execute(db);
  return rows.map((row) => ({
    id: row.id,
    channel: row.channel,
    purpose: row.purpose,
    locale: row.locale,
    destination: row.destination,
    ...toContent({ ...row, address: row.destination }, render),
    at: row.createdAt.toISOString(),
    state: row.state,
  }));
}

const show: Readonly<
  Record<TextForm, (rendered: Rendered) => Pick<InboxMessage, 'subject' | 'text' | 'html'>>
> = {
  sms: (rendered) => ({ subject: null, text: rendered.sms().text, html: null }),
  email: (rendered) => rendered.email(),
};

function toContent(
  row: Omit<Row, 'destination'> & { address: string | null },
  render: RenderMessage,
): Pick<InboxMessage, 'subject' | 'text' | 'html' | 'code'> {
  try {
    const rendered = render(row);
    const { code } = rendered;
    return { ...show[channels[row.channel].texts](rendered), code };
  } catch (error) {
    // One defective row is not to hide the others.
    return { subject: null, text: `Cannot be rendered: ${(error as Error).message}`, html: null, code: null };
  }
}
