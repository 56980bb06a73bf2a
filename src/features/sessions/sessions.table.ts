import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

export type SessionTable = {
  id: Generated<string>;
  account_id: string;
  refresh_seed: Buffer;
  generation: Generated<number>;
  /** Of the newest refreshes, newest first. */
  refreshed_at: Generated<Date[]>;
  /** By the same index; empty without one. */
  refresh_keys: Generated<Buffer[]>;
  authenticated_at: Generated<Date>;
  user_agent: string;
  network: string;
  created_at: ColumnType<Date, undefined, never>;
  last_used_at: Generated<Date>;
  idle_expires_at: Date;
  expires_at: Date;
};

export type SignInTable = {
  id: Generated<string>;
  token_digest: Buffer;
  account_id: string | null;
  challenge_id: GeneratedAlways<string>;
  challenge_expires_at: GeneratedAlways<Date>;
  attempts: Generated<number>;
  expires_at: Date;
};

declare module '../../database/schema.ts' {
  interface Database {
    session: SessionTable;
    sign_in: SignInTable;
  }
}
