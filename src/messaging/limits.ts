import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../database/schema.ts';
import { parseMobile } from '../kernel/mobile.ts';
import type { MessagePurpose } from './outbox.ts';

export type MessageLimits = Readonly<{
  /** SMS a day by calling code (without `+`); other countries are not served. */
  smsPerDayByCountry: Readonly<Record<string, number>>;
  emailsPerDay: number;
  /** Messages of one purpose a day to one number or address. */
  perDestinationPerDay: number;
  /** Of a day's messages, the part that one client network may cause. */
  networkSharePercent: number;
}>;

/** Counts one use of a quota, atomically over all processes. */
export type ConsumeQuota = (
  db: Kysely<Database>,
  name: string,
  of: readonly string[],
  quota: Readonly<{ limit: number; windowSeconds: number }>,
) => Promise<Readonly<{ allowed: boolean }>>;

export type LimitedMessage = Readonly<{
  channel: 'sms' | 'email';
  purpose: MessagePurpose;
  address: string;
  network: string | null;
}>;

/** Notices of what somebody tried, who need not be the account's owner. */
const attempts: readonly MessagePurpose[] = [
  'registration-attempted',
  'sign-in-failures',
  'recovery-failures',
];

function kindOf(purpose: MessagePurpose): 'code' | 'attempt' | 'notice' {
  if (purpose.endsWith('-code')) return 'code';
  return attempts.includes(purpose) ? 'attempt' : 'notice';
}

const daySeconds = 24 * 60 * 60;

/**
 * Why a message may not go out, or `null`. Counts it against its destination, its client network and its
 * country. What strangers can cause has counters of its own, and of one destination each purpose has: nobody is to
 * silence the notice of a change, or keep the codes of a recovery from arriving, by causing other messages until
 * the day's are used up.
 */
export async function exceededLimit(
  trx: Transaction<Database>,
  consume: ConsumeQuota,
  limits: MessageLimits,
  { channel, purpose, address, network }: LimitedMessage,
): Promise<string | null> {
  const country = channel === 'sms' ? servedCountry(address, limits) : 'all';
  if (country === null) return 'country-not-served';
  const perDay = channel === 'sms' ? (limits.smsPerDayByCountry[country] ?? 0) : limits.emailsPerDay;
  const kind = kindOf(purpose);
  const within = async (name: string, of: readonly string[], limit: number) =>
    (await consume(trx, `message/${name}`, [channel, ...of], { limit, windowSeconds: daySeconds })).allowed;

  if (!(await within('destination', [purpose, address], limits.perDestinationPerDay))) {
    return 'destination-limit';
  }
  const share = Math.max(1, Math.floor((perDay * limits.networkSharePercent) / 100));
  if (network !== null && !(await within('network', [kind, country, network], share))) return 'network-limit';
  if (!(await within('country', [kind, country], perDay))) return 'country-limit';
  return null;
}

/**
 * The calling code of a number that may be written to, the longest that fits. In Iran only mobiles: other
 * numbers cannot read a text, and some cost their caller.
 */
function servedCountry(number: string, { smsPerDayByCountry }: MessageLimits): string | null {
  const country = Object.keys(smsPerDayByCountry)
    .filter((code) => number.startsWith(`+${code}`))
    .reduce((longest, code) => (code.length > longest.length ? code : longest), '');
  if (country === '' || (country === '98' && parseMobile(number) === null)) return null;
  return country;
}
