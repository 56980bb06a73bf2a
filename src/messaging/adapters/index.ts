import type { EmailSender, SmsSender } from '../ports.ts';
import type { EmailProvider, SmsProvider } from '../settings.providers.ts';
import type { MessagingSettings } from '../settings.ts';
import { createDevelopmentSender } from './development.ts';
import { createKavenegarSender } from './kavenegar.ts';
import { createMelipayamakSender } from './melipayamak.ts';
import { createSmppSender } from './smpp.ts';
import { createSmsirSender } from './smsir.ts';
import { createSmtpSender } from './smtp.ts';
import { createTwilioSender } from './twilio.ts';
import { createWebhookSender } from './webhook.ts';

export type Senders = Readonly<{ sms: readonly SmsSender[]; email: readonly EmailSender[] }>;

/** Where a provider posts receipts to. */
export function receiptPath(provider: string): string {
  return `/v1/message-receipts/${provider}`;
}

/** The adapters that the settings name, in their order. Nothing is connected before the first message. */
export function createSenders({ sms, email }: MessagingSettings, publicUrl: string): Senders {
  const { hostname } = new URL(publicUrl);
  return {
    sms: sms.map((provider) => createSmsSender(provider, publicUrl)),
    email: email.map((provider) => createEmailSender(provider, hostname)),
  };
}

function createSmsSender(provider: SmsProvider, publicUrl: string): SmsSender {
  switch (provider.name) {
    case 'development':
      return createDevelopmentSender();
    case 'kavenegar':
      return createKavenegarSender(provider);
    case 'smsir':
      return createSmsirSender(provider);
    case 'melipayamak':
      return createMelipayamakSender(provider);
    case 'twilio':
      return createTwilioSender(provider, publicUrl + receiptPath(provider.name));
    case 'smpp':
      return createSmppSender(provider);
    case 'webhook':
      return createWebhookSender(provider);
  }
}

function createEmailSender(provider: EmailProvider, hostname: string): EmailSender {
  switch (provider.name) {
    case 'development':
      return createDevelopmentSender();
    case 'smtp':
      return createSmtpSender(provider, hostname);
    case 'webhook':
      return createWebhookSender(provider);
  }
}
