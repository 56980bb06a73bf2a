import type { ColumnType, Generated } from 'kysely';

export type ContactKind = 'mobile' | 'email';

export type ContactChangeTable = {
  id: Generated<string>;
  account_id: string;
  kind: ContactKind;
  destination: string;
  at_sign_up: Generated<boolean>;
  challenge_id: string;
  challenge_expires_at: Date;
  attempts: Generated<number>;
  sends: Generated<number>;
  sent_at: Generated<Date>;
  created_at: ColumnType<Date, undefined, never>;
  expires_at: Date;
};

export type ContactHoldTable = {
  id: Generated<string>;
  account_id: string;
  kind: ContactKind;
  previous: string | null;
  created_at: ColumnType<Date, undefined, never>;
  held_until: Date;
};

/** Where a recovery may go to right now; `email` is a proved one. */
export type RecoveryAddressView = {
  account_id: string;
  mobile: string;
  email: string | null;
};
