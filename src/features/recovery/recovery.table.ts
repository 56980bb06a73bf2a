import type { ColumnType, Generated } from 'kysely';
import type { Locale } from '../../kernel/locale.ts';

export type RecoveryMethod = 'sms' | 'email' | 'questions';

export type RecoveryTable = {
  id: Generated<string>;
  token_digest: Buffer;
  subject: Buffer;
  account_id: string | null;
  device_digest: Buffer | null;
  locale: Locale;
  method: RecoveryMethod | null;
  challenge_id: string | null;
  challenge_expires_at: Date | null;
  attempts: Generated<number>;
  sends: Generated<number>;
  sent_at: Date | null;
  proved_at: Date | null;
  permission_expires_at: Date | null;
  created_at: ColumnType<Date, undefined, never>;
  expires_at: Date;
};
