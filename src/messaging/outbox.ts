import { sql, type Transaction } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { Locale } from '../kernel/locale.ts';

export type MessagePurpose =
  | 'registration-code'
  | 'recovery-code'
  | 'welcome'
  | 'registration-attempted'
  | 'password-changed'
  | 'password-recovered'
  | 'recovery-held'
  | 'recovery-failures'
  | 'recovery-disowned'
  | 'branch-recovery-started'
  | 'contact-code'
  | 'mobile-changed'
  | 'mobile-change-undoable'
  | 'email-changed'
  | 'email-change-undoable'
  | 'contact-change-undone'
  | 'security-answers-changed'
  | 'security-answers-restored'
  | 'sign-in-failures'
  | 'signed-in-on-new-device'
  | 'session-displaced'
  | 'session-revoked'
  | 'account-disabled'
  | 'account-enabled'
  | 'account-erased';

/** What a text speaks of beside the code and the time, which come from the row itself. */
export type PurposeParameters = {
  /** `network`: from where it was done, coarse enough to be shown. */
  'password-changed': Readonly<{ network: string }>;
  'password-recovered': Readonly<{ network: string }>;
  /** `until`: RFC 3339. */
  'recovery-held': Readonly<{ network: string; until: string }>;
  'recovery-failures': Readonly<{ network: string }>;
  'recovery-disowned': Readonly<{ network: string }>;
  'mobile-changed': Readonly<{ network: string }>;
  'mobile-change-undoable': Readonly<{ network: string }>;
  'email-changed': Readonly<{ network: string }>;
  'email-change-undoable': Readonly<{ network: string }>;
  'contact-change-undone': Readonly<{ network: string }>;
  'security-answers-changed': Readonly<{ network: string }>;
  'security-answers-restored': Readonly<{ network: string }>;
  'signed-in-on-new-device': DeviceParameters;
  'session-displaced': DeviceParameters;
  'session-revoked': DeviceParameters;
};

/** `device`: as people know it (`deviceName`); '' = not known. */
type DeviceParameters = Readonly<{ network: string; device: string }>;

/** What a message says. */
export type NoticeContent = {
  [P in MessagePurpose]: P extends keyof PurposeParameters
    ? Readonly<{ purpose: P; parameters: PurposeParameters[P] }>
    : Readonly<{ purpose: P; parameters?: never }>;
}[MessagePurpose];

export type NewMessage = NoticeContent & NewMessageFields;

type NewMessageFields = Readonly<{
  channel: 'sms' | 'email';
  locale: Locale;
  /** The address of this account at the time of sending; `null`: nobody, the row is written all the same. */
  accountId: string | null;
  /** Instead of the account's own address: a mobile (E.164) that is being proved, or an old address. */
  destination?: string;
  /**
   * The challenge whose code, or the thing whose link, the text carries. The secret itself is derived from this
   * id when the message is handed over.
   */
  challengeId?: string;
  /** Client network of the cause (IPv4 address, IPv6 /64), for its share of all messages. */
  network?: string;
  /** After this many seconds the message is of no use any more and is dropped. */
  usefulForSeconds: number;
}>;

/** Writes messages in the transaction of their cause: both happen or neither. */
export type Outbox = Readonly<{ enqueue(trx: Transaction<Database>, message: NewMessage): Promise<void> }>;

/** Task of the queue that hands one message over. */
export const deliverMessageTask = 'deliver_message';

/**
 * One statement, the same for everybody: whether there is an account, an address or a budget left is
 * looked at when the message is delivered, so that the time of the caller's answer does not tell.
 */
export function createOutbox(): Outbox {
  return {
    async enqueue(trx, message) {
      await sql`
        with added as (
          insert into message (channel, purpose, locale, destination, account_id, challenge_id, network,
            parameters, useful_until)
          values (${message.channel}, ${message.purpose}, ${message.locale}, ${message.destination ?? null},
            ${message.accountId}::uuid, ${message.challengeId ?? null}::uuid, ${message.network ?? null},
            ${JSON.stringify(message.parameters ?? {})}::jsonb,
            now() + make_interval(secs => ${message.usefulForSeconds}))
          returning id
        )
        select graphile_worker.add_job(${deliverMessageTask}, json_build_object('messageId', id)) from added
      `.execute(trx);
    },
  };
}
