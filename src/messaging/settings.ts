import { asInteger, asList, asOneOf, type Parse } from '../settings/parsers.ts';
import type { SettingsReader } from '../settings/reader.ts';
import { byChannel, type Channel, channels, getAddressRules, type PerCountry } from './channels.ts';
import type { MessageLimits } from './limits.ts';
import type { SenderName } from './ports.ts';
import { type ProviderSettings, providerReaders } from './settings.providers.ts';

export type { ProviderSettings } from './settings.providers.ts';

export type MessagingSettings = Readonly<{
  /** In order of use. */
  providers: Readonly<Record<Channel, readonly ProviderSettings[]>>;
  /** Whether the service delivers messages itself; otherwise `savabegh worker` does. */
  dispatchesInService: boolean;
  /** Messages in delivery at once in one process. */
  concurrency: number;
  limits: MessageLimits;
}>;

/** `98=200000,93=1000`: calling codes that are served, and how many messages a day may go there. */
const asCountries: Parse<PerCountry> = (text) => {
  const countries = asList(text).map((item) => {
    const match = /^\+?([1-9]\d{0,3})=(\d{1,9})$/.exec(item);
    if (!match?.[1]) throw new Error('must be a list like 98=200000: calling code and messages a day');
    return [match[1], Number(match[2])] as const;
  });
  return Object.fromEntries(countries);
};

const developmentProvider: readonly SenderName[] = ['development'];

export function readMessagingSettings(reader: SettingsReader, production: boolean): MessagingSettings {
  return {
    providers: byChannel((channel) => readProviders(reader, production, channel)),
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

function readProviders(
  reader: SettingsReader,
  production: boolean,
  channel: Channel,
): readonly ProviderSettings[] {
  const { setting, names: real } = channels[channel].providers;
  const choices: readonly SenderName[] = production ? real : [...developmentProvider, ...real];
  const asProviders: Parse<readonly SenderName[]> = (text) => {
    const names = asList(text).map((item) => {
      const name = choices.find((each) => each === item);
      if (name === undefined) throw new Error(`names ${item}; usable are ${choices.join(', ')}`);
      return name;
    });
    if (names.length === 0 || new Set(names).size < names.length) {
      throw new Error('must name each provider once');
    }
    return names;
  };
  const names = reader.read({
    name: setting,
    describe: `in order of use: ${real.map((name) => `\`${name}\``).join(', ')}`,
    parse: asProviders,
    fallback: production ? undefined : developmentProvider,
  });
  const readers = providerReaders(reader, production);
  return (names ?? []).map((name) => readers[name]());
}

function readLimits(reader: SettingsReader): MessageLimits {
  return {
    perDay: byChannel((channel) => readCeiling(reader, channel)),
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

function readCeiling(reader: SettingsReader, channel: Channel): PerCountry {
  const { setting: name, describe, perDay } = channels[channel].ceiling;
  const { countries } = getAddressRules(channel);
  if (countries !== null) {
    return reader.read({ name, describe, parse: asCountries, fallback: { [countries.home]: perDay } });
  }
  return { all: reader.read({ name, describe, parse: asInteger(1, 1_000_000_000), fallback: perDay }) };
}

/** Of codes that anybody can ask for: beyond them the answer stays the same, and nothing leaves. */
function readCodeLimits(reader: SettingsReader) {
  const limit = (name: string, describe: string, fallback: number) =>
    reader.read({ name, describe, parse: asInteger(1, 1_000), fallback });
  return {
    perPersonAndNetworkPerDay: limit(
      'CODES_PER_NETWORK_PER_DAY',
      'codes a day for one person, by each channel, that one unknown network may ask for',
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
