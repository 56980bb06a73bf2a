import { type JalaliMonth, jalaliMonthAt, jalaliMonthIndex } from '../../kernel/jalali.ts';

/** The history type of months from employers' lists (کارکرد عادی لیست). */
export const employerListType = 1;

/** One row of a list, or one month of a scheme, in a person's record. Money is integer rials. */
export type MonthEntry = Readonly<{
  month: JalaliMonth;
  /** `null` for schemes. */
  workshopCode: string | null;
  historyType: number;
  /** The employer's list and the row in it; `null` for schemes. */
  listId: number | null;
  rowNumber: number | null;
  days: number;
  dailyWage: number;
  monthlyWage: number;
  benefits: number;
  insurableWage: number;
  premium: number;
}>;

/** Tells two entries of a person's month apart, the same in every answer: a row of a list, or a scheme. */
export function entryKey({
  listId,
  rowNumber,
  historyType,
}: Pick<MonthEntry, 'listId' | 'rowNumber' | 'historyType'>): string {
  return listId === null ? `t${historyType}` : `l${listId}r${rowNumber}`;
}

type StoredEntry = readonly [
  month: number,
  workshopCode: string | null,
  historyType: number,
  listId: number | null,
  rowNumber: number | null,
  days: number,
  dailyWage: number,
  monthlyWage: number,
  benefits: number,
  insurableWage: number,
  premium: number,
];

/** Reads what insurance_record holds: JSON arrays, each followed by a comma. Oldest months first. */
export function parseEntries(stored: string): MonthEntry[] {
  const arrays = JSON.parse(`[${stored.slice(0, -1)}]`) as StoredEntry[];
  return arrays.sort(byMonthAndSource).map((entry) => ({
    month: jalaliMonthAt(entry[0]),
    workshopCode: entry[1],
    historyType: entry[2],
    listId: entry[3],
    rowNumber: entry[4],
    days: entry[5],
    dailyWage: entry[6],
    monthlyWage: entry[7],
    benefits: entry[8],
    insurableWage: entry[9],
    premium: entry[10],
  }));
}

/** The order in which entries arrived must not show: by month, workshop, list and row. */
function byMonthAndSource(a: StoredEntry, b: StoredEntry): number {
  return (
    a[0] - b[0] ||
    compareTexts(a[1] ?? '', b[1] ?? '') ||
    a[2] - b[2] ||
    (a[3] ?? 0) - (b[3] ?? 0) ||
    (a[4] ?? 0) - (b[4] ?? 0)
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function formatEntry(entry: MonthEntry): string {
  const stored: StoredEntry = [
    jalaliMonthIndex(entry.month),
    entry.workshopCode,
    entry.historyType,
    entry.listId,
    entry.rowNumber,
    entry.days,
    entry.dailyWage,
    entry.monthlyWage,
    entry.benefits,
    entry.insurableWage,
    entry.premium,
  ];
  return `${JSON.stringify(stored)},`;
}
