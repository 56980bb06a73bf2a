import type { ColumnType } from 'kysely';

export type OAuthStateTable = {
  model: string;
  id_digest: Buffer;
  payload: ColumnType<Record<string, unknown>, string, string>;
  grant_id: string | null;
  consumed_at: Date | null;
  expires_at: Date;
};

declare module '../../database/schema.ts' {
  interface Database {
    oauth_state: OAuthStateTable;
  }
}
