import type { Generated } from 'kysely';

export type KnownNetworkTable = {
  key: Buffer;
  account_id: string;
  last_used_at: Generated<Date>;
};

declare module '../../database/schema.ts' {
  interface Database {
    known_network: KnownNetworkTable;
  }
}
