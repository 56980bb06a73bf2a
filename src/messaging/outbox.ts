import { sql, type Transaction } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { Locale } from '../kernel/locale.ts';
import type { Channel } from './channels.ts';

export type MessagePurpose =
  | 'registration-code'
  | 'recovery-code'
  | 'branch-recovery-code'
  | 'contact-code'
  | 'sign-in-code'
  | 'welcome'
  | 'registration-attempted'
  | 'sign-in-failures'
  | 'recovery-failures'
  | 'password-changed'
  | 'password-recovered'
  | 'password-recovered-here'
  | 'mobile-change-pending'
  | 'email-change-pending'
  | 'email-removal-pending'
  | 'answers-change-pending'
  | 'mobile-changed'
  | 'email-changed'
  | 'email-removed'
  | 'answers-changed'
  | 'kind-barred'
  | 'address-barred'
  | 'mobile-not-owned'
  | 'account-locked'
  | 'account-exported'
  | 'signed-in-on-new-device'
  | 'session-displaced'
  | 'session-revoked'
  | 'grant-given'
  | 'record-looked-at'
  | 'account-disabled'
  | 'account-enabled'
  | 'account-erased'
  | 'branch-recovery-started'
  | 'branch-recovery-approved'
  | 'branch-recovery-used'
  | 'register-change-approved'
  | 'register-changed'
  | 'officer-role-granted'
  | 'officer-role-revoked';

/** `branch`: its four digits. */
type AtBranch = Readonly<{ branch: string }>;

/** What it is called in Persian, and in English. */
type OfInstitution = Readonly<{ institution: string; institutionEn: string }>;

/** What a text speaks of beside code and time, which come from the row itself, and who caused it. */
export type PurposeParameters = {
  /** `address`: the new one, masked. */
  'mobile-change-pending': Readonly<{ address: string }>;
  'email-change-pending': Readonly<{ address: string }>;
  'kind-barred': Readonly<{ kind: 'mobile' | 'email' | 'answers' }>;
  /** For the look at the register before it leaves; no text speaks of it. */
  'branch-recovery-code': Readonly<{ branchRecoveryId: string }>;
  'grant-given': OfInstitution;
  'record-looked-at': OfInstitution;
  'branch-recovery-started': AtBranch;
  'branch-recovery-approved': AtBranch;
  'officer-role-granted': AtBranch;
  'officer-role-revoked': AtBranch;
};

/** What a message says. */
export type NoticeContent = {
  [P in MessagePurpose]: P extends keyof PurposeParameters
    ? Readonly<{ purpose: P; parameters: PurposeParameters[P] }>
    : Readonly<{ purpose: P; parameters?: never }>;
}[MessagePurpose];

export type NewMessage = NoticeContent & NewMessageFields;

type NewMessageFields = Readonly<{
  channel: Channel;
  /** Where there is no account, whose own language it is otherwise: strangers do not choose that of its owner. */
  locale: Locale;
  /** The trusted address of this account at the time of sending; `null`: nobody, the row is written all the same. */
  accountId: string | null;
  /** Instead of that: a mobile (E.164) or an e-mail address. */
  destination?: string;
  /**
   * The challenge whose code, or the thing whose link, the text carries. The secret itself is derived from this
   * id when the message is dispatched.
   */
  challengeId?: string;
  /** Client network of the cause (IPv4 address, IPv6 /48), for its share of all messages. */
  network?: string;
  /**
   * From where and with what it was caused, as people are shown it: `network` coarse, `device` as they know it
   * (`deviceName`), '' = not known.
   */
  causedFrom?: Readonly<{ network: string; device: string }>;
  /** What it is counted by; no text speaks of it. */
  counting?: Readonly<{
    /** A keyed digest of who was asked about, be there such a person or not: where an account would tell. */
    person?: Buffer;
    /** The person was signed in of late from where it was asked for. */
    isFromKnownNetwork?: boolean;
    /** The account knows the device, which has a count of its own. */
    isFromKnownDevice?: boolean;
    /** Something was proved before it; codes of this kind have a count of their own. */
    isSecondStep?: boolean;
    /**
     * Who says to own a new number or address: an account or, at sign-up, a keyed digest, and where it can be looked up
     * whom that means.
     */
    claim?: Readonly<{ claimant: string; registrationId?: string }>;
  }>;
  /** After this many seconds the message is of no use any more and is dropped. */
  usefulForSeconds: number;
}>;

/** Writes messages in the transaction of their cause: both happen or neither. */
export type Outbox = Readonly<{ enqueue(trx: Transaction<Database>, message: NewMessage): Promise<void> }>;

/** Task of the queue that dispatches one message. */
export const dispatchMessageTask = 'deliver_message';

/**
 * One statement, the same for everybody: whether there is an account, an address or a quota left is
 * looked at when the message is delivered, so that the time of the caller's answer does not tell.
 */
export function createOutbox(): Outbox {
  return {
    async enqueue(trx, message) {
      await sql`
        with added as (
          insert into message (channel, purpose, locale, destination, account_id, challenge_id, network,
            parameters, useful_until)
          values (${message.channel}, ${message.purpose},
            coalesce((select locale from account where id = ${message.accountId}::uuid), ${message.locale}),
            ${message.destination ?? null}, ${message.accountId}::uuid, ${message.challengeId ?? null}::uuid, ${message.network ?? null},
            ${JSON.stringify({ ...message.parameters, ...message.causedFrom, ...toParameters(message.counting) })}::jsonb,
            now() + make_interval(secs => ${message.usefulForSeconds}))
          returning id
        )
        select graphile_worker.add_job(${dispatchMessageTask}, json_build_object('messageId', id)) from added
      `.execute(trx);
    },
  };
}

function toParameters({
  person,
  isFromKnownNetwork = false,
  isFromKnownDevice = false,
  isSecondStep = false,
  claim,
}: NonNullable<NewMessage['counting']> = {}) {
  return {
    ...(person && { person: person.toString('base64url') }),
    ...(isFromKnownNetwork && { isFromKnownNetwork: 1 }),
    ...(isFromKnownDevice && { isFromKnownDevice: 1 }),
    ...(isSecondStep && { isSecondStep: 1 }),
    ...claim,
  };
}
