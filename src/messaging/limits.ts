import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database/schema.ts';
import { type Channel, getAddressRules, getCountry, type PerCountry } from './channels.ts';
import type { MessagePurpose } from './outbox.ts';

export type MessageLimits = Readonly<{
  /** Messages a day of each kind by channel; other countries are not served. */
  perDay: Readonly<Record<Channel, PerCountry>>;
  /** Messages of one purpose a day to one number or address, for one account. */
  perDestinationPerDay: number;
  /** Of a day's messages of a kind, the part that one client network may cause. */
  networkSharePercent: number;
  /** Codes for one person by one channel a day: from one network or, to an address that is not yet its own, one account … */
  perPersonAndNetworkPerDay: number;
  /** … from all of them together … */
  perPersonFromOtherNetworksPerDay: number;
  /** … and, beside those, from the networks the account was signed in from. */
  perPersonFromKnownNetworksPerDay: number;
  /** Codes for one person from one network whose codes were never answered. */
  perUnansweredNetworkIn30Days: number;
  /** Codes to a new number, at sign-up or of a change, that are kept for the person whom the register ties it to. */
  keptForOwnerPerDay: number;
}>;

/** Counts one use of a quota, atomically over all processes. */
export type ConsumeQuota = (
  db: Kysely<Database>,
  name: string,
  of: readonly string[],
  quota: Readonly<{ limit: number; windowSeconds: number }>,
) => Promise<Readonly<{ allowed: boolean }>>;

export type LimitDependencies = Readonly<{ consume: ConsumeQuota; limits: MessageLimits }>;

export type LimitedMessage = Readonly<{
  channel: Channel;
  purpose: MessagePurpose;
  /** `null` of a decoy: counted as any other by the same statements, on counters of its own. */
  address: string | null;
  accountId: string | null;
  network: string | null;
  parameters: Readonly<Record<string, unknown>>;
}>;

/** Each kind has a share of its own of a country's messages, which the others cannot use up. */
type Kind = 'sign-up' | 'second-step' | 'recovery' | 'desk' | 'change' | 'attempt' | 'notice';

const kinds: Readonly<Partial<Record<MessagePurpose, Kind>>> = {
  'registration-code': 'sign-up',
  'sign-in-code': 'second-step',
  'recovery-code': 'recovery',
  'branch-recovery-code': 'desk',
  'contact-code': 'change',
  // Of what somebody tried, who need not be the account's owner.
  'registration-attempted': 'attempt',
  'sign-in-failures': 'attempt',
  'recovery-failures': 'attempt',
};

const daySeconds = 24 * 60 * 60;

/** Beyond the strangers' share of a number: may leave if the register ties the number to who says to own it. */
export const keptForOwner = 'kept-for-owner';

const unansweredCodes = 'message/unanswered';

/**
 * The counter of codes that a network asked for and nobody answered: to be cleared when one is.
 * @param person what the codes were counted by: `counting.person` or, at sign-up, the number
 */
export function unansweredCounter(channel: Channel, person: string, network: string) {
  return { name: unansweredCodes, of: [channel, person, network] };
}

/**
 * Why a message may not go out, or `null`. Counts it against whom it is for, its client network and its country, and stops
 * at the first that is used up, so that who is refused uses nothing else up. Decided here, after the answer: nobody is told.
 */
export async function exceededLimit(
  trx: Transaction<Database>,
  { consume, limits }: LimitDependencies,
  message: LimitedMessage,
): Promise<string | null> {
  const { channel, purpose, network, accountId } = message;
  const isDecoy = message.address === null;
  const { toKey, decoy, hasRegister } = getAddressRules(channel);
  const address = toKey(message.address ?? decoy);
  const country = getCountry(channel, address, limits.perDay[channel]);
  if (country === null) return 'country-not-served';
  const kind = message.parameters.isSecondStep ? 'second-step' : (kinds[purpose] ?? 'notice');
  // Nothing is decided by what decoys are counted: a day is enough, so that made-up people leave no rows behind.
  const within: Within = async (name, of, limit, windowSeconds = daySeconds) => {
    const counted = isDecoy ? ['decoy', ...of] : of;
    const quota = { limit, windowSeconds: isDecoy ? daySeconds : windowSeconds };
    return (await consume(trx, name, [channel, ...counted], quota)).allowed;
  };

  const { claimant } = message.parameters;
  let exceeded: string | null = null;
  if (kind === 'recovery' || kind === 'sign-up') {
    exceeded = await exceededOfPerson(within, limits, { ...message, address });
  } else if (claimant !== undefined) {
    exceeded = await exceededOfNewAddress(within, limits, address, String(claimant));
  } else {
    const own = [purpose, address, String(message.parameters.person ?? accountId ?? '')];
    const isWithin = await within('message/destination', own, limits.perDestinationPerDay);
    exceeded = isWithin ? null : 'destination-limit';
  }
  const isKept =
    exceeded !== null &&
    claimant !== undefined &&
    hasRegister &&
    (await within('message/kept', [address, String(claimant)], limits.keptForOwnerPerDay));
  if (exceeded !== null && !isKept) return exceeded;
  // What an account's own doings are told by: held back by nothing that others can use up.
  if (kind === 'notice') return null;
  const inAll = await exceededOfAll(within, limits, { channel, kind, country, network });
  return inAll ?? (isKept ? keptForOwner : null);
}

type Within = (
  name: string,
  of: readonly string[],
  limit: number,
  windowSeconds?: number,
) => Promise<boolean>;

/** The counts of one person, by who asks: strangers must not keep the owner's own codes from arriving. */
async function exceededOfPerson(
  within: Within,
  limits: MessageLimits,
  { address, network: from, parameters }: LimitedMessage & Readonly<{ address: string }>,
): Promise<string | null> {
  if (parameters.isFromKnownDevice) return null;
  const person = String(parameters.person ?? address);
  const network = from ?? 'none';
  if (parameters.isFromKnownNetwork) {
    const own = await within('message/known-networks', [person], limits.perPersonFromKnownNetworksPerDay);
    return own ? null : 'known-networks-limit';
  }
  const perDay = limits.perPersonAndNetworkPerDay;
  if (!(await within('message/person-network', [person, network], perDay))) return 'person-network-limit';
  const unanswered = limits.perUnansweredNetworkIn30Days;
  if (!(await within(unansweredCodes, [person, network], unanswered, 30 * daySeconds))) {
    return 'unanswered-limit';
  }
  const others = await within('message/other-networks', [person], limits.perPersonFromOtherNetworksPerDay);
  return others ? null : 'other-networks-limit';
}

/**
 * The counts of an address that an account says to own, by account: an account is a person whose mobile was proved, so one
 * of them leaves the others theirs, however many networks it comes from.
 */
async function exceededOfNewAddress(
  within: Within,
  limits: MessageLimits,
  address: string,
  claimant: string,
): Promise<string | null> {
  const perDay = limits.perPersonAndNetworkPerDay;
  if (!(await within('message/claimed-address', [address, claimant], perDay))) return 'claimed-address-limit';
  const inAll = limits.perPersonFromOtherNetworksPerDay;
  return (await within('message/new-address', [address], inAll)) ? null : 'new-address-limit';
}

/** The counts of everybody. */
async function exceededOfAll(
  within: Within,
  limits: MessageLimits,
  {
    channel,
    kind,
    country,
    network,
  }: Pick<LimitedMessage, 'channel' | 'network'> & Readonly<{ kind: Kind; country: string }>,
): Promise<string | null> {
  const perDay = limits.perDay[channel][country] ?? 0;
  const share = Math.max(1, Math.floor((perDay * limits.networkSharePercent) / 100));
  if (network !== null && !(await within('message/network', [kind, country, network], share))) {
    return 'network-limit';
  }
  return (await within('message/country', [kind, country], perDay)) ? null : 'country-limit';
}
