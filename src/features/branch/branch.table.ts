import type { ColumnType } from 'kysely';
import type { Locale } from '../../kernel/locale.ts';

/** What the printed code opens together with. */
export const ways = ['own-mobile', 'new-mobile', 'two-officers'] as const;
export type Way = (typeof ways)[number];

export type BranchRecoveryTable = {
  id: string;
  branch: string;
  requested_by: string;
  approved_by: string | null;
  subject: Buffer;
  /** Exactly one of the two. */
  national_code: string | null;
  insurance_number: string | null;
  account_id: string | null;
  locale: Locale;
  way: Way;
  mobile: string | null;
  printed_digest: Buffer | null;
  event_id: string | null;
  approved_at: Date | null;
  created_at: ColumnType<Date, undefined, never>;
  expires_at: Date;
};

declare module '../../database/schema.ts' {
  interface Database {
    branch_recovery: BranchRecoveryTable;
  }
}
