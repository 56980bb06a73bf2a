import type { ColumnType, Generated } from 'kysely';
import type { Locale } from '../../kernel/locale.ts';

export type AccountTable = {
  id: Generated<string>;
  insured_person_id: string;
  /** Exactly one of the two is the user name. */
  national_code: string | null;
  insurance_number: string | null;
  mobile: string;
  email: string | null;
  email_verified_at: Date | null;
  locale: Locale;
  state: Generated<'active' | 'locked' | 'disabled'>;
  password_hash: string;
  password_changed_at: Generated<Date>;
  security_questions: string[];
  security_answers_hash: string;
  /** Trusted with a recovery instead of those above until then; null unless they were changed a short time ago. */
  previous_security_questions: string[] | null;
  previous_answers_hash: string | null;
  answers_held_until: Date | null;
  compromised_methods: Generated<string[]>;
  created_at: ColumnType<Date, undefined, never>;
};

export type PasswordHistoryTable = {
  account_id: string;
  created_at: ColumnType<Date, undefined, never>;
  password_hash: string;
};

export type DeviceTable = {
  token_digest: Buffer;
  account_id: string;
  created_at: ColumnType<Date, undefined, never>;
  last_used_at: Generated<Date>;
};
