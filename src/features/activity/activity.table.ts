import type { ColumnType, Generated } from 'kysely';

export type ActivityTable = {
  id: Generated<string>;
  account_id: string | null;
  kind: string;
  outcome: 'succeeded' | 'refused';
  network: string;
  user_agent: string;
  flow_id: string | null;
  actor: string | null;
  occurred_at: ColumnType<Date, undefined, never>;
};

declare module '../../database/schema.ts' {
  interface Database {
    activity: ActivityTable;
  }
}
