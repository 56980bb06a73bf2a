import { type Channel, channelNames, type ProviderName } from '../channels.ts';
import type { MessageBy, Sender, SenderName, Senders } from '../ports.ts';
import type { MessagingSettings, ProviderSettings } from '../settings.ts';

/** Where a provider posts receipts to. */
export function receiptPath(provider: string): string {
  return `/v1/message-receipts/${provider}`;
}

/**
 * The adapters that the settings name, in their order; no other is loaded. Nothing is connected before the first
 * message.
 */
export async function createSenders({ providers }: MessagingSettings, publicUrl: string): Promise<Senders> {
  const created = channelNames.map(async (channel) => {
    const place = { channel, publicUrl };
    return [channel, await Promise.all(providers[channel].map((each) => createSender(each, place)))] as const;
  });
  return Object.fromEntries(await Promise.all(created)) as Record<Channel, Sender<MessageBy<Channel>>[]>;
}

/** For which channel an adapter is to send, and where the service is reached. */
type Place = Readonly<{ channel: Channel; publicUrl: string }>;

async function createSender<Name extends SenderName>(
  settings: ProviderSettings<Name>,
  place: Place,
): Promise<Sender<MessageFor<Name>>> {
  return adapters[settings.name](settings, place);
}

/** What a provider is handed: the messages of every channel that names it. */
type MessageFor<Name extends SenderName> = {
  [C in Channel]: Name extends ProviderName<C> | 'development' ? MessageBy<C> : never;
}[Channel];

type Adapters = {
  readonly [Name in SenderName]: (
    settings: ProviderSettings<Name>,
    place: Place,
  ) => Promise<Sender<MessageFor<Name>>>;
};

const adapters: Adapters = {
  development: async () => (await import('./development.ts')).createDevelopmentSender(),
  kavenegar: async (settings) => (await import('./kavenegar.ts')).createKavenegarSender(settings),
  smsir: async (settings) => (await import('./smsir.ts')).createSmsirSender(settings),
  melipayamak: async (settings) => (await import('./melipayamak.ts')).createMelipayamakSender(settings),
  twilio: async (settings, { publicUrl }) =>
    (await import('./twilio.ts')).createTwilioSender(settings, publicUrl + receiptPath(settings.name)),
  smpp: async (settings) => (await import('./smpp.ts')).createSmppSender(settings),
  smtp: async (settings, { publicUrl }) =>
    (await import('./smtp.ts')).createSmtpSender(settings, new URL(publicUrl).hostname),
  webhook: async (settings, { channel }) =>
    (await import('./webhook.ts')).createWebhookSender(channel, settings),
};
