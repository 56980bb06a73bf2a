import type { ColumnType, Generated } from 'kysely';
import type { Locale } from '../../kernel/locale.ts';
import type { RecoveryMethod } from './methods/index.ts';

export type RecoveryTable = {
  id: Generated<string>;
  token_digest: Buffer;
  subject: Buffer;
  network_key: Buffer | null;
  is_network_known: Generated<boolean>;
  account_id: string | null;
  device_digest: Buffer | null;
  branch_recovery_id: string | null;
  destination: string | null;
  locale: Locale;
  method: RecoveryMethod | null;
  proved_methods: Generated<RecoveryMethod[]>;
  in_two_steps: Generated<boolean>;
  challenge_id: string | null;
  challenge_expires_at: Date | null;
  earlier_challenge_ids: Generated<string[]>;
  attempts: Generated<number>;
  sends: Generated<number>;
  sent_at: Date | null;
  proved_at: Date | null;
  permission_expires_at: Date | null;
  completed_at: Date | null;
  created_at: ColumnType<Date, undefined, never>;
  expires_at: Date;
};

declare module '../../database/schema.ts' {
  interface Database {
    recovery: RecoveryTable;
  }
}
