import type { ColumnType, Generated } from 'kysely';
import type { Kind } from '../accounts/index.ts';

export type ContactFlowTable = {
  id: Generated<string>;
  account_id: string;
  kind: Kind;
  /** A new address; null: the account's own is to be proved. */
  destination: string | null;
  at_sign_up: Generated<boolean>;
  barring: Kind | null;
  challenge_id: string;
  challenge_expires_at: Date;
  attempts: Generated<number>;
  sends: Generated<number>;
  sent_at: Generated<Date>;
  completed_at: Date | null;
  created_at: ColumnType<Date, undefined, never>;
  expires_at: Date;
};

export type PendingChangeTable = {
  id: string;
  account_id: string;
  kind: Kind;
  address: string | null;
  security_questions: string[] | null;
  security_answers_hash: string | null;
  is_told: boolean;
  created_at: ColumnType<Date, undefined, never>;
};

declare module '../../database/schema.ts' {
  interface Database {
    contact_flow: ContactFlowTable;
    pending_change: PendingChangeTable;
  }
}
