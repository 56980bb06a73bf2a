import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Keyring, Mac } from '../../kernel/keyring.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import type { ContactDependencies } from '../contacts/index.ts';
import type { MobileOwnership } from '../mobile-ownership/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { ProofOfWork } from '../proof-of-work/index.ts';
import type { Quotas } from '../quotas/quotas.ts';
import type { SecurityAnswers } from '../security-questions/index.ts';

export type RegistrationDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  /** Keyed digest of what a person is known by: messages name nobody. */
  subjectOf: Mac;
  quotas: Quotas;
  /** What sliding counters are kept under. */
  counterKey: Mac;
  proofOfWork: ProofOfWork;
  outbox: Outbox;
  passwords: Passwords;
  securityAnswers: SecurityAnswers;
  mobileOwnership: MobileOwnership;
  contacts: ContactDependencies;
}>;
