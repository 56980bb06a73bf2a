import type { EmailSender, SmsSender } from '../ports.ts';
import type { EmailProvider, SmsProvider } from '../settings.providers.ts';
import type { MessagingSettings } from '../settings.ts';

export type Senders = Readonly<{ sms: readonly SmsSender[]; email: readonly EmailSender[] }>;

/** Where a provider posts receipts to. */
export function receiptPath(provider: string): string {
  return `/v1/message-receipts/${provider}`;
}

/**
 * The adapters that the settings name, in their order; no other is loaded. Nothing is connected before the first
 * message.
 */
export async function createSenders({ sms, email }: MessagingSettings, publicUrl: string): Promise<Senders> {
  const { hostname } = new URL(publicUrl);
  return {
    sms: await Promise.all(sms.map((provider) => createSmsSender(provider, publicUrl))),
    email: await Promise.all(email.map((provider) => createEmailSender(provider, hostname))),
  };
}

async function createSmsSender(provider: SmsProvider, publicUrl: string): Promise<SmsSender> {
  switch (provider.name) {
    case 'development':
      return (await import('./development.ts')).createDevelopmentSender();
    case 'kavenegar':
      return (await import('./kavenegar.ts')).createKavenegarSender(provider);
    case 'smsir':
      return (await import('./smsir.ts')).createSmsirSender(provider);
    case 'melipayamak':
      return (await import('./melipayamak.ts')).createMelipayamakSender(provider);
    case 'twilio':
      return (await import('./twilio.ts')).createTwilioSender(
        provider,
        publicUrl + receiptPath(provider.name),
      );
    case 'smpp':
      return (await import('./smpp.ts')).createSmppSender(provider);
    case 'webhook':
      return (await import('./webhook.ts')).createWebhookSender(provider);
  }
}

async function createEmailSender(provider: EmailProvider, hostname: string): Promise<EmailSender> {
  switch (provider.name) {
    case 'development':
      return (await import('./development.ts')).createDevelopmentSender();
    case 'smtp':
      return (await import('./smtp.ts')).createSmtpSender(provider, hostname);
    case 'webhook':
      return (await import('./webhook.ts')).createWebhookSender(provider);
  }
}
