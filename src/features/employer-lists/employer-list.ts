import type { InsuranceNumber } from '../../kernel/insurance-number.ts';
import type { JalaliDate, JalaliMonth } from '../../kernel/jalali.ts';
import type { NationalCode } from '../../kernel/national-code.ts';
import { compactNumber } from '../../kernel/text.ts';
import type { WorkshopCode } from '../../kernel/workshop-code.ts';

/** Sums of a month's rows as the employer declares them. Days, and integer rials. */
export type EmployerListTotals = Readonly<{
  days: number;
  monthlyWage: number;
  benefits: number;
  insurableWage: number;
  totalPay: number;
  workerPremium: number;
  /** `null`, like the next, in layouts without the column. */
  employerPremium: number | null;
  unemploymentPremium: number | null;
}>;

/** One workshop's month: the row of DSKKAR00. Absent texts are ''. */
export type EmployerList = Readonly<{
  workshopCode: WorkshopCode;
  workshopName: string;
  employerName: string;
  workshopAddress: string;
  kind: string;
  month: JalaliMonth;
  listNumber: string;
  description: string;
  /** ردیف پیمان: which contract of the workshop; '' where there is none. */
  contractRow: string;
  rowCount: number;
  totals: EmployerListTotals;
}>;

/** What names a list: another one with the same key is the same list again, or a corrected one. */
export type ListKey = Readonly<{
  workshopCode: string;
  month: JalaliMonth;
  contractRow: string;
  listNumber: string;
}>;

/** Number and contract row as they are compared. */
export type ComparedKey = Readonly<{ numberKey: string; contractKey: string }>;

/**
 * Programs write the number as a constant, `01`, `1`, `001` or nothing, for the one list of a month; and a
 * contract row of zeros where there is no contract.
 */
export function comparedKey({
  listNumber,
  contractRow,
}: Pick<ListKey, 'listNumber' | 'contractRow'>): ComparedKey {
  return { numberKey: withoutZeros(listNumber) || '1', contractKey: withoutZeros(contractRow) };
}

function withoutZeros(text: string): string {
  return compactNumber(text.normalize('NFKC')).toLowerCase().replace(/^0+/, '');
}

/** One worker's month: a row of DSKWOR00. Absent texts are '', money is integer rials, blank money is 0. */
export type EmployerListRow = Readonly<{
  /** The record's number in the file, from 1, deleted records counted. */
  row: number;
  /** `null` when it is not one; then there is a national code. */
  insuranceNumber: InsuranceNumber | null;
  /** `null` for foreign nationals; then there is an insurance number. */
  nationalCode: NationalCode | null;
  firstName: string;
  lastName: string;
  fatherName: string;
  birthCertificateNumber: string;
  birthCertificatePlace: string;
  birthCertificateDate: JalaliDate | null;
  birthDate: JalaliDate | null;
  sex: 'male' | 'female' | null;
  nationality: string;
  jobTitle: string;
  jobCode: string;
  startDate: JalaliDate | null;
  endDate: JalaliDate | null;
  days: number;
  dailyWage: number;
  /** Daily seniority pay; `null` in layouts older than the column. */
  dailySeniorityPay: number | null;
  monthlyWage: number;
  benefits: number;
  insurableWage: number;
  totalPay: number;
  workerPremium: number;
  spousePay: number | null;
  /** Per cent (پورسانتاژ). */
  commissionRate: number | null;
}>;
