import { daysInJalaliMonth, type JalaliMonth, jalaliToGregorian } from '../../kernel/jalali.ts';
import { type DbfRow, writeDbf } from './dbf-writer.ts';
import type { WorkedMonth } from './employment.ts';
import { encodeIranSystem } from './iran-system-encoder.ts';
import type { ListLayout } from './list-layouts.ts';
import { type Pay, percentOf, premiumPercent, toPay } from './pay.ts';
import { encodeWindows1256 } from './windows-1256-encoder.ts';

/** An invented workshop and the habits of the program that writes its lists. */
export interface Workshop {
  /** Ten digits. */
  code: string;
  name: string;
  employer: string;
  address: string;
  layout: ListLayout;
  encoding: 'iran-system' | 'windows-1256';
}

export interface EmployerList {
  workshop: Workshop;
  month: JalaliMonth;
  /** Up to 12 characters. Lists of a month with different numbers add up; the same number replaces. */
  listNumber: string;
  rows: readonly WorkedMonth[];
}

/** The bytes of DSKKAR00.DBF and DSKWOR00.DBF. */
export interface EmployerListFiles {
  kar: Uint8Array;
  wor: Uint8Array;
}

interface PaidRow {
  work: WorkedMonth;
  pay: Pay;
}

const encoders = { 'iran-system': encodeIranSystem, 'windows-1256': encodeWindows1256 } as const;

/** Writes an employer's list in the workshop's layout and encoding; its totals are the sums of its rows. */
export function writeEmployerList(list: EmployerList): EmployerListFiles {
  const { workshop, month } = list;
  const { layout } = workshop;
  const paid = list.rows.map((work) => ({ work, pay: toPay(work, month, layout.separatesSeniority) }));
  // A month's list is drawn up on the month's last day.
  const changedOn = jalaliToGregorian({ ...month, day: daysInJalaliMonth(month) });
  const file = { encodeText: encoders[workshop.encoding], changedOn };
  return {
    kar: writeDbf({ ...file, columns: layout.workshopColumns, rows: [workshopRow(list, paid)] }),
    wor: writeDbf({ ...file, columns: layout.workerColumns, rows: paid.map((row) => workerRow(list, row)) }),
  };
}

function workshopRow({ workshop, month, listNumber }: EmployerList, rows: readonly PaidRow[]): DbfRow {
  const sum = (amount: (row: PaidRow) => number) => rows.reduce((total, row) => total + amount(row), 0);
  const insurable = sum(({ pay }) => pay.insurable);
  return {
    DSK_ID: workshop.code,
    DSK_NAME: workshop.name,
    DSK_FARM: workshop.employer,
    DSK_ADRS: workshop.address,
    DSK_KIND: 0,
    DSK_YY: month.year % 100,
    DSK_MM: month.month,
    DSK_LISTNO: listNumber,
    DSK_NUM: rows.length,
    DSK_TDD: sum(({ work }) => work.days),
    DSK_TROOZ: sum(({ pay }) => pay.dailyWage),
    DSK_TMAH: sum(({ pay }) => pay.wage),
    DSK_TMAZ: sum(({ pay }) => pay.benefits),
    DSK_TMASH: insurable,
    DSK_TTOTL: sum(({ pay }) => pay.total),
    DSK_TBIME: sum(({ pay }) => pay.workerPremium),
    DSK_TKOSO: percentOf(insurable, premiumPercent.employer),
    DSK_TBIM20: 0,
    DSK_BIC: percentOf(insurable, premiumPercent.unemployment),
    DSK_RATE: premiumPercent.worker + premiumPercent.employer + premiumPercent.unemployment,
    DSK_PRATE: 0,
    DSK_BIMH: 0,
    DSK_INC: sum(({ work, pay }) => pay.dailySeniority * work.days),
    DSK_SPOUSE: sum(({ pay }) => pay.spousePay),
  };
}

function workerRow({ workshop, month, listNumber }: EmployerList, { work, pay }: PaidRow): DbfRow {
  const { person } = work;
  return {
    DSW_ID: workshop.code,
    DSW_YY: month.year % 100,
    DSW_MM: month.month,
    DSW_LISTNO: listNumber,
    DSW_ID1: person.insuranceNumber,
    DSW_FNAME: person.firstName.fa,
    DSW_LNAME: person.lastName.fa,
    DSW_DNAME: person.fatherName,
    DSW_IDNO: person.nationalCode,
    DSW_IDPLC: person.birthPlace,
    DSW_BDATE: compactDate(person.birthDate),
    DSW_SEX: person.sex === 'female' ? 'زن' : 'مرد',
    DSW_NAT: person.nationalCode ? 'ایرانی' : 'بیگانه',
    DSW_OCP: person.job.title,
    DSW_SDATE: compactDate(work.startDate),
    DSW_EDATE: compactDate(work.endDate),
    DSW_DD: work.days,
    DSW_ROOZ: pay.dailyWage,
    DSW_MAH: pay.wage,
    DSW_MAZ: pay.benefits,
    DSW_MASH: pay.insurable,
    DSW_TOTL: pay.total,
    DSW_BIME: pay.workerPremium,
    DSW_KOSO: percentOf(pay.insurable, premiumPercent.employer),
    DSW_BIME20: 0,
    DSW_PRATE: 0,
    DSW_JOB: person.job.code,
    PER_NATCOD: person.nationalCode,
    DSW_INC: pay.dailySeniority,
    DSW_SPOUSE: pay.spousePay,
  };
}

const compactDate = (date = ''): string => date.replaceAll('-', '');
