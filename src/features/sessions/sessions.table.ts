import type { ColumnType, Generated } from 'kysely';

export type SessionTable = {
  id: Generated<string>;
  account_id: string;
  refresh_seed: Buffer;
  generation: Generated<number>;
  rotated_at: Generated<Date>;
  user_agent: string;
  network: string;
  created_at: ColumnType<Date, undefined, never>;
  last_used_at: Generated<Date>;
  idle_expires_at: Date;
  expires_at: Date;
};
