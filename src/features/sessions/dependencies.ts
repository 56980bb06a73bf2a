import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Keyring, Mac } from '../../kernel/keyring.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import type { CurrentPassword } from '../accounts/index.ts';
import type { KnownNetworks } from '../known-networks/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Pressure, ProofOfWork } from '../proof-of-work/index.ts';
import type { SessionLifetimes } from './sessions.repository.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';

export type SessionDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  outbox: Outbox;
  throttle: SignInThrottle;
  knownNetworks: KnownNetworks;
  /** Keyed digest of a user name. */
  subjectOf: Mac;
  proofOfWork: ProofOfWork;
  pressure: Pressure;
  passwords: Passwords;
  currentPassword: CurrentPassword;
  lifetimes: SessionLifetimes;
}>;
