import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Keyring, Mac } from '../../kernel/keyring.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import type { PasswordChange } from '../accounts/index.ts';
import type { KnownNetworks } from '../known-networks/index.ts';
import type { Pressure, ProofOfWork } from '../proof-of-work/index.ts';
import type { Quotas } from '../quotas/quotas.ts';
import type { SecurityAnswer, SecurityAnswers } from '../security-questions/index.ts';
import type { RecoveryMethod } from './methods/index.ts';
import type { RecoverySettings } from './recovery.settings.ts';

export type RecoveryDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  /** Keyed digest of a national code: what quotas of people count by. */
  subjectOf: Mac;
  quotas: Quotas;
  /** What sliding counters are kept under. */
  counterKey: Mac;
  knownNetworks: KnownNetworks;
  proofOfWork: ProofOfWork;
  pressure: Pressure;
  outbox: Outbox;
  securityAnswers: SecurityAnswers;
  passwordChange: PasswordChange;
  branchRecoveries: BranchRecoveries;
  settings: RecoverySettings;
}>;

/** What branches have begun, as far as a new password has to do with it. */
export type BranchRecoveries = Readonly<{
  /** Uses it up with all others of the account, which the caller has locked. `undefined`: it has been ended. */
  use(
    trx: Transaction<Database>,
    of: Readonly<{ id: string; accountId: string }>,
  ): Promise<Readonly<{ mobile: string | null }> | undefined>;
  endAll(trx: Transaction<Database>, accountId: string): Promise<void>;
  /** Of a mobile that was given and proved at the desk: before and apart from what it is proved for. */
  barFormerHolders(id: string): Promise<void>;
}>;

/** What somebody gives as proof; which of the two is asked for, the challenge says. */
export type GivenProof = Readonly<{ code?: string; answers?: readonly SecurityAnswer[] }>;

/** What can be done after a proof. */
export type NextStep =
  | Readonly<{ next: 'set-password'; permissionExpiresAt: Date }>
  /** One of these has to be proved as well. */
  | Readonly<{ next: 'prove-another-method'; methods: readonly RecoveryMethod[] }>
  | Readonly<{ next: 'visit-branch' }>;
