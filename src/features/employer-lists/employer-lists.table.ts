import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { Finding } from './findings.ts';
import type { IntakeReport } from './intake-report.ts';

export type InsuredPersonTable = {
  id: Generated<string>;
  national_code: string | null;
  insurance_number: string | null;
  first_name: string;
  last_name: string;
  father_name: string | null;
  birth_date: string | null;
  employer_list_id: number | null;
  contested: Generated<boolean>;
  created_at: ColumnType<Date, undefined, never>;
};

export type WorkshopTable = {
  code: string;
  name: string;
  employer_name: string;
  address: string;
  employer_list_id: number | null;
  created_at: ColumnType<Date, undefined, never>;
};

export type InsuredPersonDecisionTable = {
  id: GeneratedAlways<number>;
  insured_person_id: string;
  field: string;
  value: ColumnType<unknown, string, never>;
  decided_by: string;
  reason: string;
  register_change_id: string | null;
  decided_at: ColumnType<Date, undefined, never>;
};

export type InsuredPersonNumberTable = { insurance_number: string; insured_person_id: string };

export type InsuredPersonMergeTable = {
  merged_id: string;
  insured_person_id: string;
  national_code: string | null;
  insurance_number: string | null;
  first_name: string;
  last_name: string;
  father_name: string | null;
  birth_date: string | null;
  numbers: string[];
  moved: ColumnType<unknown, string, never>;
  merged_by: string;
  reason: string;
  merged_at: ColumnType<Date, undefined, never>;
};

export type EmployerListRowPersonTable = {
  employer_list_id: number;
  row_number: number;
  insured_person_id: string;
};

export type EmployerListTable = {
  id: GeneratedAlways<number>;
  workshop_code: string;
  year: number;
  month: number;
  list_number: string;
  number_key: string;
  contract_key: string;
  content_digest: Buffer;
  replaced_by: number | null;
  withdrawn_at: Date | null;
  withdrawn_by: string | null;
  workshop_name: string;
  employer_name: string;
  address: string;
  kind: string;
  description: string;
  contract_row: string;
  row_count: number;
  days: number;
  monthly_wage: number;
  benefits: number;
  insurable_wage: number;
  total_pay: number;
  worker_premium: number;
  employer_premium: number | null;
  unemployment_premium: number | null;
  warning_count: number;
  warnings: ColumnType<readonly Finding[], string, never>;
  received_at: ColumnType<Date, undefined, never>;
};

export type EmployerListFileTable = { digest: Buffer; employer_list_id: number };

export type EmployerListRowTable = {
  employer_list_id: number;
  row_number: number;
  national_code: string | null;
  insurance_number: string | null;
  first_name: string;
  last_name: string;
  father_name: string;
  birth_certificate_number: string;
  birth_certificate_place: string;
  birth_certificate_date: string | null;
  birth_date: string | null;
  sex: 'male' | 'female' | null;
  nationality: string;
  job_title: string;
  job_code: string;
  start_date: string | null;
  end_date: string | null;
  days: number;
  daily_wage: number;
  daily_seniority_pay: number | null;
  monthly_wage: number;
  benefits: number;
  insurable_wage: number;
  total_pay: number;
  worker_premium: number;
  spouse_pay: number | null;
  commission_rate: string | null;
};

export type MinimumWageTable = { year: number; daily_wage: number };

export type PremiumRateTable = {
  from_month: number;
  worker_percent: string;
  employer_percent: string;
  unemployment_percent: string;
  ceiling_multiple: string;
};

export type EmployerListSubmissionTable = {
  id: Generated<string>;
  client_id: string;
  state: Generated<'received' | IntakeReport['state']>;
  report: ColumnType<IntakeReport | null, undefined, string>;
  workshop_code: string | null;
  year: number | null;
  month: number | null;
  employer_list_id: number | null;
  received_at: ColumnType<Date, undefined, never>;
};

export type EmployerListUploadTable = {
  submission_id: string;
  workshop_key: string;
  workshop_codes: string[] | null;
  confirm_removals: boolean;
  file_digest: Buffer;
  byte_count: number;
  attempts: Generated<number>;
  try_after: Generated<Date>;
};

export type EmployerListUploadPartTable = {
  submission_id: string;
  file: string;
  position: number;
  bytes: Buffer;
};

declare module '../../database/schema.ts' {
  interface Database {
    insured_person: InsuredPersonTable;
    insured_person_decision: InsuredPersonDecisionTable;
    insured_person_number: InsuredPersonNumberTable;
    insured_person_merge: InsuredPersonMergeTable;
    workshop: WorkshopTable;
    employer_list: EmployerListTable;
    employer_list_file: EmployerListFileTable;
    employer_list_row: EmployerListRowTable;
    employer_list_row_person: EmployerListRowPersonTable;
    employer_list_submission: EmployerListSubmissionTable;
    employer_list_upload: EmployerListUploadTable;
    employer_list_upload_part: EmployerListUploadPartTable;
    minimum_wage: MinimumWageTable;
    premium_rate: PremiumRateTable;
  }
}
