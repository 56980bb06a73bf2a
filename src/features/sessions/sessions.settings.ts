import { asInteger } from '../../settings/parsers.ts';
import type { SettingsReader } from '../../settings/reader.ts';

export type SessionSettings = Readonly<{
  /** A session ends that has not been refreshed for so long, and at the latest so long after signing in. */
  sessionIdleHours: number;
  sessionLifetimeHours: number;
  /** Failed sign-ins of one network in an hour, over all accounts. */
  signInFailuresPerNetwork: number;
}>;

export function readSessionSettings(reader: SettingsReader): SessionSettings {
  return {
    sessionIdleHours: reader.read({
      name: 'SESSION_IDLE_HOURS',
      describe: 'a session ends when it has not been refreshed for so long',
      parse: asInteger(1, 8760),
      fallback: 14 * 24,
    }),
    sessionLifetimeHours: reader.read({
      name: 'SESSION_LIFETIME_HOURS',
      describe: 'a session ends at the latest so long after signing in',
      parse: asInteger(1, 8760),
      fallback: 30 * 24,
    }),
    signInFailuresPerNetwork: reader.read({
      name: 'SIGN_IN_FAILURES_PER_NETWORK',
      describe: 'failed sign-ins an hour of one client network, after which each takes a proof of work',
      parse: asInteger(1, 1_000_000),
      fallback: 300,
    }),
  };
}

export function sessionInconsistencies({
  sessionIdleHours,
  sessionLifetimeHours,
}: SessionSettings): string[] {
  return sessionIdleHours > sessionLifetimeHours
    ? ['SESSION_IDLE_HOURS must not be more than SESSION_LIFETIME_HOURS']
    : [];
}
