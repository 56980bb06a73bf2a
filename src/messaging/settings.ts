import { asInteger, asList, asOneOf, type Parse } from '../settings/parsers.ts';
import type { SettingsReader } from '../settings/reader.ts';
import type { MessageLimits } from './limits.ts';
import {
  type EmailProvider,
  emailProviderReaders,
  emailProviders,
  type SmsProvider,
  smsProviderReaders,
  smsProviders,
} from './settings.providers.ts';

export type MessagingSettings = Readonly<{
  /** In order of use. */
  sms: readonly SmsProvider[];
  email: readonly EmailProvider[];
  /** Whether the service delivers messages itself; otherwise `savabegh worker` does. */
  dispatchesInService: boolean;
  /** Messages in delivery at once in one process. */
  concurrency: number;
  limits: MessageLimits;
}>;

/** `98=200000,93=1000`: calling codes that are served, and how many SMS a day may go there. */
const asCountries: Parse<Readonly<Record<string, number>>> = (text) => {
  const countries = asList(text).map((item) => {
    const match = /^\+?([1-9]\d{0,3})=(\d{1,9})$/.exec(item);
    if (!match?.[1]) throw new Error('must be a list like 98=200000: calling code and SMS a day');
    return [match[1], Number(match[2])] as const;
  });
  return Object.fromEntries(countries);
};

const developmentProvider: readonly string[] = ['development'];

export function readMessagingSettings(reader: SettingsReader, production: boolean): MessagingSettings {
  return {
    sms: readProviders<SmsProvider>(reader, production, smsProviderReaders(reader, production), {
      name: 'SMS_PROVIDERS',
      real: smsProviders,
    }),
    email: readProviders<EmailProvider>(reader, production, emailProviderReaders(reader, production), {
      name: 'EMAIL_PROVIDERS',
      real: emailProviders,
    }),
    dispatchesInService:
      reader.read({
        name: 'MESSAGE_DELIVERY',
        describe:
          'who dispatches messages: the `service` itself, or a `worker` of its own (`savabegh worker`)',
        parse: asOneOf('service', 'worker'),
        fallback: 'service',
      }) === 'service',
    concurrency: reader.read({
      name: 'MESSAGE_CONCURRENCY',
      describe: 'messages in delivery at once in one process',
      parse: asInteger(1, 200),
      fallback: 16,
    }),
    limits: readLimits(reader),
  };
}

function readProviders<T>(
  reader: SettingsReader,
  production: boolean,
  readers: Readonly<Record<string, () => T>>,
  { name, real }: Readonly<{ name: string; real: readonly string[] }>,
): T[] {
  const choices = production ? real : Object.keys(readers);
  const describe = `in order of use: ${real.map((choice) => `\`${choice}\``).join(', ')}`;
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
}

function readLimits(reader: SettingsReader): MessageLimits {
  return {
    smsPerDayByCountry: reader.read({
      name: 'SMS_COUNTRIES',
      describe:
        'calling codes that are served, and SMS of each kind (sign-up, recovery, changes …) a day to each, like `98=200000,93=1000`',
      parse: asCountries,
      fallback: { 98: 200_000 },
    }),
    emailsPerDay: reader.read({
      name: 'EMAILS_PER_DAY',
      describe: 'e-mails of each kind a day',
      parse: asInteger(1, 1_000_000_000),
      fallback: 200_000,
    }),
    perDestinationPerDay: reader.read({
      name: 'MESSAGES_PER_DESTINATION',
      describe: 'messages of one purpose a day to one number or address',
      parse: asInteger(1, 10_000),
      fallback: 20,
    }),
    networkSharePercent: reader.read({
      name: 'MESSAGE_NETWORK_SHARE',
      describe: 'per cent of a day’s messages of a kind that one client network may cause',
      parse: asInteger(1, 100),
      fallback: 5,
    }),
    ...readCodeLimits(reader),
  };
}

/** Of codes that anybody can ask for: beyond them the answer stays the same, and nothing leaves. */
function readCodeLimits(reader: SettingsReader) {
  const limit = (name: string, describe: string, fallback: number) =>
    reader.read({ name, describe, parse: asInteger(1, 1_000), fallback });
  return {
    perPersonAndNetworkPerDay: limit(
      'CODES_PER_NETWORK_PER_DAY',
      'codes a day for one person, by SMS and by e-mail each, that one unknown network may ask for',
      3,
    ),
    perPersonFromOtherNetworksPerDay: limit(
      'CODES_FROM_UNKNOWN_NETWORKS_PER_DAY',
      'the same of all unknown networks together',
      10,
    ),
    perPersonFromKnownNetworksPerDay: limit(
      'CODES_FROM_KNOWN_NETWORKS_PER_DAY',
      'the same of the networks that the account was signed in from within 90 days',
      9,
    ),
    perUnansweredNetworkIn30Days: limit(
      'UNANSWERED_CODES_PER_NETWORK_IN_30_DAYS',
      'codes for one person that an unknown network may ask for without that one is ever entered',
      3,
    ),
    keptForOwnerPerDay: limit(
      'CODES_KEPT_FOR_OWNER_PER_DAY',
      'codes to a number that are kept for the person whom the register ties it to, where others used up the rest',
      3,
    ),
  };
}
