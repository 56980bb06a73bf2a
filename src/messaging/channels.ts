import { emailKey } from '../kernel/email-address.ts';
import type { Localised } from '../kernel/locale.ts';
import { maskMobile, parseMobile } from '../kernel/mobile.ts';

/** Messages a day by calling code (without `+`) or, where countries are not told apart, for `all`. */
export type PerCountry = Readonly<Record<string, number>>;

/** All that a kind of address is which messages go to. */
type AddressRules = Readonly<{
  /** The form in which an address is counted, however it is spelled. */
  toKey(address: string): string;
  /**
   * Where it shows of which country it is: messages go to those alone that are served, `home` unless a setting says more.
   * `find`: under which of them it is counted, or `null`.
   */
  countries: Readonly<{ home: string; find(address: string, perDay: PerCountry): string | null }> | null;
  /** Whether there is a register to be asked whose it is. */
  hasRegister: boolean;
  /** In place of the address that a decoy lacks: nobody's. */
  decoy: string;
  /** What operators see of it: enough to recognise one that they have before them, too little to learn one. */
  mask(address: string): string;
}>;

/** By the column of `account` in which the trusted one stands, which is also the kind that can be barred. */
const addresses = {
  mobile: {
    toKey: (number) => number,
    countries: { home: '98', find: servedCountry },
    hasRegister: true,
    decoy: '+989000000000',
    mask(number) {
      const mobile = parseMobile(number);
      return mobile === null ? `•••${number.slice(-2)}` : maskMobile(mobile);
    },
  },
  email: {
    toKey: emailKey,
    countries: null,
    hasRegister: false,
    decoy: 'nobody@invalid',
    mask: (address) => `${[...address][0]}•••@${address.slice(address.lastIndexOf('@') + 1)}`,
  },
} as const satisfies Record<string, AddressRules>;

/** All that a channel is. Its name stands in rows of messages, metrics and logs, and is what webhooks are told. */
type ChannelDefinition = Readonly<{
  name: Localised;
  /** The kind of address that it leads to. */
  kind: keyof typeof addresses;
  /** Which of a purpose's texts it carries: a short one, or a mail with subject and HTML. */
  texts: 'sms' | 'email';
  /** Who carries it: adapters of these names, of which a setting lists those in use. */
  providers: Readonly<{ setting: string; names: readonly string[] }>;
  /** How many messages of each kind leave a day, to a country where countries are told apart. */
  ceiling: Readonly<{ setting: string; describe: string; perDay: number }>;
}>;

/**
 * The one list of them; another one stands here and in the constraint of `message.channel`. Of several to one kind of
 * address the first carries what does not ask for another.
 */
export const channels = {
  sms: {
    name: { fa: 'پیامک', en: 'SMS' },
    kind: 'mobile',
    texts: 'sms',
    providers: {
      setting: 'SMS_PROVIDERS',
      names: ['kavenegar', 'smsir', 'melipayamak', 'twilio', 'smpp', 'webhook'],
    },
    ceiling: {
      setting: 'SMS_COUNTRIES',
      describe:
        'calling codes that are served, and SMS of each kind (sign-up, recovery, changes …) a day to each, like `98=200000,93=1000`',
      perDay: 200_000,
    },
  },
  email: {
    name: { fa: 'ایمیل', en: 'e-mail' },
    kind: 'email',
    texts: 'email',
    providers: { setting: 'EMAIL_PROVIDERS', names: ['smtp', 'webhook'] },
    ceiling: { setting: 'EMAILS_PER_DAY', describe: 'e-mails of each kind a day', perDay: 200_000 },
  },
} as const satisfies Record<string, ChannelDefinition>;

export type Channel = keyof typeof channels;
export const channelNames = Object.keys(channels) as readonly Channel[];

export type TextForm<C extends Channel = Channel> = (typeof channels)[C]['texts'];
export type ProviderName<C extends Channel = Channel> = (typeof channels)[C]['providers']['names'][number];

/** What a message can be sent to. */
export type AddressKind = (typeof channels)[Channel]['kind'];
export const addressKinds: readonly AddressKind[] = [
  ...new Set(channelNames.map((channel) => channels[channel].kind)),
];

/** By which channel a kind of address is written to. */
export const channelTo = Object.fromEntries(
  channelNames.map((channel) => [channels[channel].kind, channel] as const).reverse(),
) as Readonly<Record<AddressKind, Channel>>;

export const getAddressRules = (channel: Channel): AddressRules => addresses[channels[channel].kind];

/** Under which country of `perDay` an address is counted; `null`: nothing is sent there. */
export function getCountry(channel: Channel, address: string, perDay: PerCountry): string | null {
  const { countries } = getAddressRules(channel);
  return countries === null ? 'all' : countries.find(address, perDay);
}

/** Something for each of them. */
export function byChannel<T>(make: (channel: Channel) => T): Readonly<Record<Channel, T>> {
  return Object.fromEntries(channelNames.map((channel) => [channel, make(channel)])) as Record<Channel, T>;
}

/**
 * The calling code of a number that may be written to, the longest that fits. In Iran only mobiles: other
 * numbers cannot read a text, and some cost their caller.
 */
function servedCountry(number: string, perDay: PerCountry): string | null {
  const country = Object.keys(perDay)
    .filter((code) => number.startsWith(`+${code}`))
    .reduce((longest, code) => (code.length > longest.length ? code : longest), '');
  if (country === '' || (country === '98' && parseMobile(number) === null)) return null;
  return country;
}
