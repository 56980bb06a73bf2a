import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { Locale } from '../../kernel/locale.ts';
import type { Kind } from './kinds.ts';

/** `open`; `locked`: the password opens nothing until a recovery; `locked-two`: until one by two kinds. */
export type Lock = 'open' | 'locked' | 'locked-two';
export type AccountState = Lock | 'disabled';

export type AccountTable = {
  id: Generated<string>;
  insured_person_id: string;
  /** Exactly one of the two is the user name. */
  national_code: string | null;
  insurance_number: string | null;
  mobile: string | null;
  mobile_owned_at: Generated<Date>;
  email: string | null;
  security_questions: string[];
  security_answers_hash: string;
  barred_kinds: Generated<Kind[]>;
  locale: Locale;
  lock: Generated<Lock>;
  disabled_at: Date | null;
  /** `disabled`, or the lock. */
  state: GeneratedAlways<AccountState>;
  password_hash: string;
  password_changed_at: Generated<Date>;
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

export const eventCauses = [
  'change',
  'password-change',
  'recovery',
  'bar',
  'branch-recovery',
  'register-change',
] as const;
export type EventCause = (typeof eventCauses)[number];

export type AccountEventTable = {
  id: Generated<string>;
  account_id: string;
  cause: EventCause;
  kinds: Generated<Kind[]>;
  barred_kind: Kind | null;
  occurred_at: Generated<Date>;
  disputed_at: Date | null;
};

declare module '../../database/schema.ts' {
  interface Database {
    account: AccountTable;
    password_history: PasswordHistoryTable;
    device: DeviceTable;
    account_event: AccountEventTable;
  }
}
