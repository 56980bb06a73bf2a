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

/** What people are told of a client that may ask for a grant. */
export type InstitutionTable = {
  client_id: string;
  name_fa: string;
  name_en: string;
  purpose_fa: string;
  purpose_en: string;
  redirect_uris: string[];
};

declare module '../../database/schema.ts' {
  interface Database {
    machine_client: MachineClientTable;
    machine_client_credential: MachineClientCredentialTable;
    institution: InstitutionTable;
    machine_client_assertion: MachineClientAssertionTable;
  }
}
