import type { Locale } from '../kernel/locale.ts';
import type { Channel, ProviderName, TextForm } from './channels.ts';
import type { MessagePurpose } from './outbox.ts';

/** What became of handing one message to one provider, in our words. */
export type SendResult =
  | Readonly<{ kind: 'sent'; providerMessageId: string | null }>
  | Readonly<{
      kind:
        | 'retry-later'
        | 'recipient-refused'
        | 'configuration-wrong'
        | 'out-of-credit'
        /** The request left and no answer tells what became of it: never to be sent by another provider. */
        | 'unknown';
      /** A code of the provider or of the connection. Goes to logs and the operator: never text of the message. */
      reason: string;
    }>;

export type SmsMessage = Readonly<{
  /** Our id of the message, the same in every repeat. */
  reference: string;
  /** E.164. */
  to: string;
  purpose: MessagePurpose;
  locale: Locale;
  text: string;
  code: string | null;
  /** What the text is made of, for providers that fill in a template of their own. */
  parameters: Readonly<Record<string, string>>;
}>;

export type EmailMessage = Readonly<{
  reference: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}>;

/** What providers are handed, by which texts the channel carries. */
export type MessageWith = { sms: SmsMessage; email: EmailMessage };
export type MessageBy<C extends Channel> = MessageWith[TextForm<C>];

/** What became of a message that a provider has taken. */
export type Receipt = Readonly<{ state: 'delivered' | 'failed'; reason: string | null }>;

/** Takes a receipt in; `false` when no message is known under this id (yet). */
export type ReceiptListener = (providerMessageId: string, receipt: Receipt) => Promise<boolean>;

/** A receipt that a provider posts to us, as it came in. */
export type PostedRequest = Readonly<{
  /** The URL as the provider knows it, from configuration. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}>;

/** `receipt: null`: genuine, but the message is still on its way. */
export type PostedReceipt = Readonly<{ providerMessageId: string; receipt: Receipt | null }>;

/** Nobody sends anything in `development`. */
export type SenderName = ProviderName | 'development';

export type Sender<Message> = Readonly<{
  /** As the settings name it. */
  name: SenderName;
  /** Whether the provider sends a reference once, however often it is sent. */
  deduplicates: boolean;
  /** Gives up when `signal` aborts, and does not throw for anything that the network or the provider does. */
  send: (message: Message, signal: AbortSignal) => Promise<SendResult>;
  /** Asks what became of messages; those still on their way are not in the answer. May throw. */
  poll?(providerMessageIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Receipt>>;
  /** Opens a lasting session, by which the provider also sends receipts. */
  open?(onReceipt: ReceiptListener): void;
  /** Reads a receipt that the provider posts; `null` if it is not the provider's. */
  readPosted?(request: PostedRequest): PostedReceipt | null;
  close?(): Promise<void>;
}>;

export type SmsSender = Sender<SmsMessage>;
export type EmailSender = Sender<EmailMessage>;

/** The providers in use, in their order. */
export type Senders = { readonly [C in Channel]: readonly Sender<MessageBy<C>>[] };
