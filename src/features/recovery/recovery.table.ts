import type { ColumnType, Generated } from 'kysely';
import type { Locale } from '../../kernel/locale.ts';
import type { RecoveryMethod } from './methods.ts';

export type RecoveryTable = {
  id: Generated<string>;
  token_digest: Buffer;
  subject: Buffer;
  account_id: string | null;
  device_digest: Buffer | null;
  locale: Locale;
  methods: Generated<string[]>;
  method: RecoveryMethod | null;
  challenge_id: string | null;
  challenge_expires_at: Date | null;
  attempts: Generated<number>;
  sends: Generated<number>;
  sent_at: Date | null;
  proved_methods: Generated<string[]>;
  proved_at: Date | null;
  permission_expires_at: Date | null;
  printed_digest: Buffer | null;
  officers: Generated<string[]>;
  created_at: ColumnType<Date, undefined, never>;
  expires_at: Date;
};

export type RecoveryHoldTable = {
  account_id: string;
  ends_at: Date;
  expires_at: Date;
};

export type RecoveryCancellationTable = {
  id: Generated<string>;
  account_id: string;
  methods: string[];
  expires_at: Date;
};
