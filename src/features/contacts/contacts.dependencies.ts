import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Keyring, Mac } from '../../kernel/keyring.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import type { CurrentPassword } from '../accounts/index.ts';
import type { MobileOwnership } from '../mobile-ownership/index.ts';
import type { Quotas } from '../quotas/quotas.ts';
import type { SecurityAnswers } from '../security-questions/index.ts';

/** What changes of addresses and answers, and bars, are made with. */
export type ContactDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  quotas: Quotas;
  /** What sliding counters are kept under. */
  counterKey: Mac;
  outbox: Outbox;
  currentPassword: CurrentPassword;
  securityAnswers: SecurityAnswers;
  mobileOwnership: MobileOwnership;
  /** Ends recoveries and codes on their way: what is proved by a value that is not trusted any more. */
  cancelPendingFlows(trx: Transaction<Database>, accountId: string): Promise<void>;
}>;
