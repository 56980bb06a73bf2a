import type { ColumnType, Generated } from 'kysely';

export type InsuranceRecordTable = {
  insured_person_id: string;
  settled: Generated<string>;
  document: string | null;
  document_tag: string | null;
  version: Generated<number>;
  recent: Generated<string>;
};

export type HistoryTypeTable = { code: number; name_fa: string; name_en: string; of_workshop: boolean };

export type RecordBasisTable = {
  only_row: Generated<boolean>;
  closed_month: number | null;
  revision: Generated<number>;
};

export type SchemeContributionTable = {
  insured_person_id: string;
  history_type: number;
  year: number;
  month: number;
  days: number;
  insurable_wage: number;
  premium: number;
  source: string;
  created_at: ColumnType<Date, undefined, never>;
};

declare module '../../database/schema.ts' {
  interface Database {
    insurance_record: InsuranceRecordTable;
    history_type: HistoryTypeTable;
    record_basis: RecordBasisTable;
    scheme_contribution: SchemeContributionTable;
  }
}
