import type { ColumnType, Generated } from 'kysely';
import type { Locale, TextParameters } from '../kernel/locale.ts';
import type { Channel } from './channels.ts';
import type { MessagePurpose } from './outbox.ts';

/**
 * `queued` → `sending` → `handed_over` → `delivered`; ends without delivery are `failed` (refused, or given
 * up), `expired` (of no use any more before it could be sent) and `dropped` (nobody to send to).
 */
export const messageStates = [
  'queued',
  'sending',
  'handed_over',
  'delivered',
  'failed',
  'expired',
  'dropped',
] as const;
export type MessageState = (typeof messageStates)[number];

export type MessageTable = {
  id: Generated<string>;
  channel: Channel;
  purpose: MessagePurpose;
  locale: Locale;
  destination: string | null;
  account_id: string | null;
  sent_to: Generated<string | null>;
  challenge_id: string | null;
  network: string | null;
  parameters: ColumnType<TextParameters, string, string>;
  state: Generated<MessageState>;
  attempts: Generated<number>;
  unknown_answers: Generated<number>;
  due_at: Generated<Date>;
  provider: string | null;
  provider_message_id: string | null;
  failure: string | null;
  useful_until: Date;
  created_at: ColumnType<Date, undefined, never>;
  handed_over_at: Date | null;
  receipt_due_at: Date | null;
  updated_at: Generated<Date>;
};

declare module '../database/schema.ts' {
  interface Database {
    message: MessageTable;
  }
}
