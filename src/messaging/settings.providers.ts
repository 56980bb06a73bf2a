import type { Secret } from '../kernel/secret.ts';
import {
  asInteger,
  asList,
  asOneOf,
  asSecretText,
  asServiceUrl,
  asText,
  type Parse,
  secretly,
  toKey,
} from '../settings/parsers.ts';
import type { SettingsReader } from '../settings/reader.ts';
import type { KavenegarSettings } from './adapters/kavenegar.ts';
import type { MelipayamakSettings } from './adapters/melipayamak.ts';
import type { SmppSettings } from './adapters/smpp.ts';
import type { SmsirSettings } from './adapters/smsir.ts';
import type { SmtpSettings } from './adapters/smtp.ts';
import type { TwilioSettings } from './adapters/twilio.ts';
import type { WebhookSettings } from './adapters/webhook.ts';
import type { SenderName } from './ports.ts';

/** What each provider needs. */
type ProviderNeeds = {
  development: object;
  kavenegar: KavenegarSettings;
  smsir: SmsirSettings;
  melipayamak: MelipayamakSettings;
  twilio: TwilioSettings;
  smpp: SmppSettings;
  smtp: SmtpSettings;
  webhook: WebhookSettings;
};

export type ProviderSettings<Name extends SenderName = SenderName> = Readonly<{ name: Name }> &
  ProviderNeeds[Name];

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

const asSmtpUrl = secretly((text) => {
  if (!/^smtps?:\/\//.test(text) || !URL.canParse(text)) {
    throw new Error('must look like smtps://user:password@host:465, or smtp://… for STARTTLS');
  }
  return asSecretText(text);
});

const asSender: Parse<string> = (text) => {
  if (!/^[^<>\r\n"]{0,100}<?[^\s<>@"]+@[^\s<>@"]+>?$/.test(text))
    throw new Error('must be an e-mail address');
  return text;
};

const asHost: Parse<string> = (text) => {
  if (!/^[\w.:-]{1,253}$/.test(text)) throw new Error('must be a host name or address');
  return text;
};

/** Only those of providers in use are read, and so required. */
type ProviderReaders = { readonly [Name in SenderName]: () => ProviderSettings<Name> };

function commonReaders(reader: SettingsReader) {
  return {
    secret: (name: string, describe: string) =>
      reader.read({ name, describe, parse: asSecretText, fallback: undefined }),
    text: (name: string, describe: string, fallback?: string) =>
      reader.read({ name, describe, parse: asText, fallback }),
    templates: (name: string) =>
      reader.read<ProviderTemplates>({
        name,
        describe: 'the provider’s templates, like recovery-code=17,recovery-code.en=18',
        parse: asTemplates,
        fallback: {},
      }),
  };
}

function urlReader(reader: SettingsReader, production: boolean) {
  const describe = 'base URL of the provider; https in production';
  return (name: string, fallback?: string) =>
    reader.read({ name, describe, parse: asServiceUrl(production), fallback });
}

function readWebhook(reader: SettingsReader, production: boolean) {
  return {
    name: 'webhook' as const,
    url: urlReader(reader, production)('MESSAGE_WEBHOOK_URL'),
    secret: reader.read({
      name: 'MESSAGE_WEBHOOK_SECRET',
      describe: 'key that both sides sign with',
      parse: toKey,
      fallback: undefined,
    }),
  };
}

function readSmpp(reader: SettingsReader) {
  const { text, secret } = commonReaders(reader);
  return {
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
  };
}

function readSmtp(reader: SettingsReader) {
  const { text } = commonReaders(reader);
  const dkimKey = reader.read<Secret<string> | null>({
    name: 'SMTP_DKIM_KEY',
    describe: 'private key in PEM, for signing mails here',
    parse: asSecretText,
    fallback: null,
  });
  const withKey = dkimKey === null ? '' : undefined;
  return {
    name: 'smtp' as const,
    url: reader.read({
      name: 'SMTP_URL',
      describe: 'mail server',
      parse: asSmtpUrl,
      fallback: undefined,
    }),
    from: reader.read({
      name: 'SMTP_FROM',
      describe: 'sender, like `Savabegh <no-reply@…>`',
      parse: asSender,
      fallback: undefined,
    }),
    dkimKey,
    dkimDomain: text('SMTP_DKIM_DOMAIN', 'domain to sign for', withKey),
    dkimSelector: text('SMTP_DKIM_SELECTOR', 'selector of the DKIM key', withKey),
  };
}

export function providerReaders(reader: SettingsReader, production: boolean): ProviderReaders {
  const { secret, text, templates } = commonReaders(reader);
  const url = urlReader(reader, production);
  return {
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
    smpp: () => readSmpp(reader),
    smtp: () => readSmtp(reader),
    webhook: () => readWebhook(reader, production),
  };
}
