import type { ColumnType, Generated } from 'kysely';
import type { Locale } from '../../kernel/locale.ts';

export type RegistrationTable = {
  id: Generated<string>;
  token_digest: Buffer;
  national_code: string | null;
  insurance_number: string | null;
  birth_date: string;
  mobile: string;
  locale: Locale;
  challenge_id: string;
  challenge_expires_at: Date;
  attempts: Generated<number>;
  sends: Generated<number>;
  sent_at: Generated<Date>;
  insured_person_id: string | null;
  verified_at: Date | null;
  completed_at: Date | null;
  created_at: ColumnType<Date, undefined, never>;
  expires_at: Date;
};

declare module '../../database/schema.ts' {
  interface Database {
    registration: RegistrationTable;
  }
}
