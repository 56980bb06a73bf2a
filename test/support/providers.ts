import { channels, type ProviderName } from '../../src/messaging/channels.ts';

const key = Buffer.alloc(32, 1).toString('base64');

/** What each provider cannot do without. */
export const providerNeeds: Readonly<Record<ProviderName, Readonly<Record<string, string>>>> = {
  kavenegar: { KAVENEGAR_API_KEY: 'x' },
  smsir: { SMSIR_API_KEY: 'x' },
  melipayamak: { MELIPAYAMAK_USERNAME: 'x', MELIPAYAMAK_PASSWORD: 'x' },
  twilio: { TWILIO_ACCOUNT_SID: 'x', TWILIO_AUTH_TOKEN: 'x', TWILIO_SENDER: '+15005550006' },
  smpp: { SMPP_HOST: 'smsc.example', SMPP_SYSTEM_ID: 'x', SMPP_PASSWORD: 'x' },
  smtp: { SMTP_URL: 'smtps://u:p@mail.example:465', SMTP_FROM: 'Savabegh <no-reply@savabegh.example>' },
  webhook: { MESSAGE_WEBHOOK_URL: 'https://gateway.example', MESSAGE_WEBHOOK_SECRET: key },
};

/** Settings with a provider for every channel, as production wants them: the first of its list. */
export const someProviders: Readonly<Record<string, string>> = Object.assign(
  {},
  ...Object.values(channels).map(({ providers: { setting, names } }) => ({
    [setting]: names[0],
    ...providerNeeds[names[0]],
  })),
);

/** Settings with every provider of every channel in use. */
export const everyProvider: Readonly<Record<string, string>> = Object.assign(
  {},
  ...Object.values(channels).map(({ providers: { setting, names } }) => ({ [setting]: names.join() })),
  ...Object.values(providerNeeds),
);
