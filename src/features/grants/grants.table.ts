import type { ColumnType, Generated } from 'kysely';

export type RecordGrantTable = {
  id: Generated<string>;
  account_id: string;
  client_id: string;
  scopes: string[];
  looks_left: number;
  first_looked_at: Date | null;
  kept_at: Generated<Date>;
  created_at: ColumnType<Date, undefined, never>;
  expires_at: Date;
};

export type RecordAccessTable = {
  id: Generated<string>;
  grant_id: string;
  account_id: string;
  client_id: string;
  token_id: string;
  scope: string;
  accessed_at: ColumnType<Date, undefined, never>;
};

declare module '../../database/schema.ts' {
  interface Database {
    record_grant: RecordGrantTable;
    record_access: RecordAccessTable;
  }
}
