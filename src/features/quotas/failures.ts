import { type RawBuilder, sql } from 'kysely';
import type { Counter, SlidingQuota } from './sliding-quotas.ts';

const day = 24 * 60 * 60;

/**
 * Failures at one person from one network: of passwords, and of codes and answers together. Apart, as forgetting a password
 * begins with wrong ones.
 */
export const failuresFromNetwork: SlidingQuota = [
  { limit: 10, windowSeconds: 30 * day },
  { limit: 5, windowSeconds: day },
];
/** Codes of a second step, after a first one that was right: strangers cannot use them up. */
export const codesOfSecondStep: SlidingQuota = [{ limit: 5, windowSeconds: day }];
/** What somebody fails at who is signed in, or holds a printed code: nobody else moves this counter. */
export const ownFailures: SlidingQuota = [
  { limit: 30, windowSeconds: 30 * day },
  { limit: 10, windowSeconds: day },
];
const failuresOfKnownDevices: SlidingQuota = [{ limit: 100, windowSeconds: 30 * day }];

/** What a counter is kept under whose name is made in a statement, of digests that are keyed already. */
export const derivedKey = (name: string, ...of: RawBuilder<unknown>[]) =>
  sql`sha256(${sql.lit(`${name}/`)}::bytea || ${sql.join(of, sql` || `)})`;

/**
 * Failures at one account, of sign-ins and recoveries, from all devices that it knows; after that they count as unknown.
 * @param subject keyed digest of the national code
 */
export const ofKnownDevices = (subject: RawBuilder<unknown>): Counter => ({
  key: derivedKey('failures-of-known-devices', subject),
  quota: failuresOfKnownDevices,
});
