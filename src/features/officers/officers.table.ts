import type { Generated } from 'kysely';

export type OfficerTable = {
  account_id: string;
  branch: string;
  granted_by: string;
  granted_at: Generated<Date>;
};

declare module '../../database/schema.ts' {
  interface Database {
    officer: OfficerTable;
  }
}
