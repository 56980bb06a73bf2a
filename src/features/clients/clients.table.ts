import type { ColumnType, Generated } from 'kysely';

export type MachineClientTable = {
  id: Generated<string>;
  name: string;
  state: Generated<'active' | 'disabled'>;
  scopes: string[];
  workshop_codes: string[] | null;
  requests_per_minute: number;
  created_at: ColumnType<Date, undefined, never>;
};

export type MachineClientCredentialTable = {
  id: Generated<string>;
  client_id: string;
  place: number;
  secret_digest: Buffer | null;
  public_key: string | null;
  algorithm: string | null;
  key_id: string | null;
  created_at: ColumnType<Date, undefined, never>;
  last_used_at: Date | null;
};

export type MachineClientAssertionTable = {
  client_id: string;
  jti_digest: Buffer;
  expires_at: Date;
};

declare module '../../database/schema.ts' {
  interface Database {
    machine_client: MachineClientTable;
    machine_client_credential: MachineClientCredentialTable;
    machine_client_assertion: MachineClientAssertionTable;
  }
}
