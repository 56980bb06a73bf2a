import type { Secret } from '../kernel/secret.ts';
import {
  asHttpUrl,
  asInteger,
  asList,
  asOneOf,
  asSecretText,
  asText,
  type Parse,
  type SettingsReader,
  toKey,
} from '../settings.ts';
import type { KavenegarSettings } from './adapters/kavenegar.ts';
import type { MelipayamakSettings } from './adapters/melipayamak.ts';
import type { SmppSettings } from './adapters/smpp.ts';
import type { SmsirSettings } from './adapters/smsir.ts';
import type { SmtpSettings } from './adapters/smtp.ts';
import type { TwilioSettings } from './adapters/twilio.ts';
import type { WebhookSettings } from './adapters/webhook.ts';
import type { MessageLimits } from './limits.ts';

export type SmsProvider =
  | Readonly<{ name: 'development' }>
  | (Readonly<{ name: 'kavenegar' }> & KavenegarSettings)
  | (Readonly<{ name: 'smsir' }> & SmsirSettings)
  | (Readonly<{ name: 'melipayamak' }> & MelipayamakSettings)
  | (Readonly<{ name: 'twilio' }> & TwilioSettings)
  | (Readonly<{ name: 'smpp' }> & SmppSettings)
  | (Readonly<{ name: 'webhook' }> & WebhookSettings);

export type EmailProvider =
  | Readonly<{ name: 'development' }>
  | (Readonly<{ name: 'smtp' }> & SmtpSettings)
  | (Readonly<{ name: 'webhook' }> & WebhookSettings);

export type MessagingSettings = Readonly<{
  /** In order of use. */
  sms: readonly SmsProvider[];
  email: readonly EmailProvider[];
  /** Whether the service delivers messages itself; otherwise `npm run worker` does. */
  deliversInService: boolean;
  /** Messages in delivery at once in one process. */
  concurrency: number;
  limits: MessageLimits;
}>;

/** A provider's own templates: `purpose=template` or `purpose.locale=template`. */
export type ProviderTemplates = Readonly<Record<string, string>>;

const asTemplates: Parse<ProviderTemplates> = (text) =>
  Object.fromEntries(
    asList(text).map((item) => {
      const match = /^([a-z-]+(?:\.[a-z]{2})?)=(\S+)$/.exec(item);
      if (!match?.[1] || !match[2]) throw new Error('must be a list like recovery-code=RecoverFa');
      return [match[1], match[2]];
    }),
  );

/** `98=200000,93=1000`: calling codes that are served, and how many SMS a day may go there. */
const asCountries: Parse<Readonly<Record<string, number>>> = (text) => {
  const countries = asList(text).map((item) => {
    const match = /^\+?([1-9]\d{0,3})=(\d{1,9})$/.exec(item);
    if (!match?.[1]) throw new Error('must be a list like 98=200000: calling code and SMS a day');
    return [match[1], Number(match[2])] as const;
  });
  return Object.fromEntries(countries);
};

const asSmtpUrl: Parse<Secret<string>> = (text) => {
  if (!/^smtps?:\/\//.test(text) || !URL.canParse(text)) {
    throw new Error('must look like smtps://user:password@host:465, or smtp://… for STARTTLS');
  }
  return asSecretText(text);
};

const asSender: Parse<string> = (text) => {
  if (!/^[^<>\r\n"]{0,100}<?[^\s<>@"]+@[^\s<>@"]+>?$/.test(text))
    throw new Error('must be an e-mail address');
  return text;
};

const asHost: Parse<string> = (text) => {
  if (!/^[\w.:-]{1,253}$/.test(text)) throw new Error('must be a host name or address');
  return text;
};

/** Reads the settings of one provider; only those of providers in use are read, and so required. */
function providerSettings(reader: SettingsReader) {
  const secret = (name: string, describe: string) =>
    reader.read({ name, describe, parse: asSecretText, fallback: undefined });
  const text = (name: string, describe: string, fallback?: string) =>
    reader.read({ name, describe, parse: asText, fallback });
  const url = (name: string, fallback?: string) =>
    reader.read({ name, describe: 'base URL of the provider', parse: asHttpUrl, fallback });
  const templates = (name: string) =>
    reader.read<ProviderTemplates>({
      name,
      describe: 'the provider’s templates, like recovery-code=17,recovery-code.en=18',
      parse: asTemplates,
      fallback: {},
    });
  const webhook = () => ({
    name: 'webhook' as const,
    url: url('MESSAGE_WEBHOOK_URL'),
    secret: reader.read({
      name: 'MESSAGE_WEBHOOK_SECRET',
      describe: 'key that both sides sign with',
      parse: toKey,
      fallback: undefined,
    }),
  });
  return {
    sms: {
      development: () => ({ name: 'development' as const }),
      kavenegar: () => ({
        name: 'kavenegar' as const,
        url: url('KAVENEGAR_URL', 'https://api.kavenegar.com'),
        apiKey: secret('KAVENEGAR_API_KEY', 'API key'),
        sender: text('KAVENEGAR_SENDER', 'line to send from', ''),
        templates: templates('KAVENEGAR_TEMPLATES'),
      }),
      smsir: () => ({
        name: 'smsir' as const,
        url: url('SMSIR_URL', 'https://api.sms.ir'),
        apiKey: secret('SMSIR_API_KEY', 'API key'),
        line: text('SMSIR_LINE', 'line of texts without a template', ''),
        templates: templates('SMSIR_TEMPLATES'),
      }),
      melipayamak: () => ({
        name: 'melipayamak' as const,
        url: url('MELIPAYAMAK_URL', 'https://rest.payamak-panel.com'),
        username: text('MELIPAYAMAK_USERNAME', 'user name'),
        password: secret('MELIPAYAMAK_PASSWORD', 'password or API key'),
        line: text('MELIPAYAMAK_LINE', 'line of texts without a template', ''),
        templates: templates('MELIPAYAMAK_TEMPLATES'),
      }),
      twilio: () => ({
        name: 'twilio' as const,
        url: url('TWILIO_URL', 'https://api.twilio.com'),
        accountSid: text('TWILIO_ACCOUNT_SID', 'account SID'),
        authToken: secret('TWILIO_AUTH_TOKEN', 'auth token'),
        sender: text('TWILIO_SENDER', 'number to send from, or SID of a messaging service'),
      }),
      smpp: () => ({
        name: 'smpp' as const,
        host: reader.read({
          name: 'SMPP_HOST',
          describe: 'host of the SMSC',
          parse: asHost,
          fallback: undefined,
        }),
        port: reader.read({
          name: 'SMPP_PORT',
          describe: 'its port',
          parse: asInteger(1, 65535),
          fallback: 2775,
        }),
        tls: reader.read({
          name: 'SMPP_TLS',
          describe: 'whether it speaks TLS',
          parse: asOneOf('yes', 'no'),
          fallback: 'yes',
        }),
        systemId: text('SMPP_SYSTEM_ID', 'system id'),
        password: secret('SMPP_PASSWORD', 'password'),
        sender: text('SMPP_SENDER', 'source address', ''),
      }),
      webhook,
    },
    email: {
      development: () => ({ name: 'development' as const }),
      smtp: () => ({
        name: 'smtp' as const,
        url: reader.read({
          name: 'SMTP_URL',
          describe: 'mail server',
          parse: asSmtpUrl,
          fallback: undefined,
        }),
        from: reader.read({
          name: 'SMTP_FROM',
          describe: 'sender, like Savabegh <no-reply@…>',
          parse: asSender,
          fallback: undefined,
        }),
        dkimDomain: text('SMTP_DKIM_DOMAIN', 'domain to sign for', ''),
        dkimSelector: text('SMTP_DKIM_SELECTOR', 'selector of the DKIM key', ''),
        dkimKey: reader.read<Secret<string> | null>({
          name: 'SMTP_DKIM_KEY',
          describe: 'private key in PEM',
          parse: asSecretText,
          fallback: null,
        }),
      }),
      webhook,
    },
  };
}

const developmentProvider: readonly string[] = ['development'];

export function readMessagingSettings(reader: SettingsReader, production: boolean): MessagingSettings {
  const known = providerSettings(reader);
  const providers = <T>(name: string, readers: Readonly<Record<string, () => T>>, describe: string): T[] => {
    const choices = Object.keys(readers).filter((choice) => !production || choice !== 'development');
    const asProviders: Parse<readonly string[]> = (text) => {
      const names = asList(text);
      const unknown = names.find((item) => !choices.includes(item));
      if (unknown !== undefined) throw new Error(`names ${unknown}; usable are ${choices.join(', ')}`);
      if (names.length === 0 || new Set(names).size < names.length) {
        throw new Error('must name each provider once');
      }
      return names;
    };
    const names = reader.read({
      name,
      describe,
      parse: asProviders,
      fallback: production ? undefined : developmentProvider,
    });
    return (names ?? []).flatMap((item) => readers[item]?.() ?? []);
  };
  return {
    sms: providers<SmsProvider>('SMS_PROVIDERS', known.sms, 'SMS providers in order of use'),
    email: providers<EmailProvider>('EMAIL_PROVIDERS', known.email, 'e-mail providers in order of use'),
    deliversInService:
      reader.read({
        name: 'MESSAGE_DELIVERY',
        describe: 'who hands messages over: the service itself, or processes of their own (npm run worker)',
        parse: asOneOf('service', 'worker'),
        fallback: 'service',
      }) === 'service',
    concurrency: reader.read({
      name: 'MESSAGE_CONCURRENCY',
      describe: 'messages in delivery at once in one process',
      parse: asInteger(1, 200),
      fallback: 16,
    }),
    limits: {
      smsPerDayByCountry: reader.read({
        name: 'SMS_COUNTRIES',
        describe: 'calling codes that are served, and SMS a day to each',
        parse: asCountries,
        fallback: { 98: 200_000 },
      }),
      emailsPerDay: reader.read({
        name: 'EMAILS_PER_DAY',
        describe: 'e-mails a day',
        parse: asInteger(1, 1_000_000_000),
        fallback: 200_000,
      }),
      perDestinationPerDay: reader.read({
        name: 'MESSAGES_PER_DESTINATION',
        describe: 'messages a day to one number or address',
        parse: asInteger(1, 10_000),
        fallback: 20,
      }),
      networkSharePercent: reader.read({
        name: 'MESSAGE_NETWORK_SHARE',
        describe: 'per cent of a day’s messages that one client network may cause',
        parse: asInteger(1, 100),
        fallback: 5,
      }),
    },
  };
}
