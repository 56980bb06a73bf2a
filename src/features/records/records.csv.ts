import { csvCode, csvTable, csvText } from '../../kernel/csv.ts';
import { jalaliMonthName } from '../../kernel/jalali.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { MonthEntry } from './month-entry.ts';
import type { ListSource, Names } from './records.repository.ts';
import { historyTypeOf, monthStart, workshopOf } from './records.view.ts';

const headers: Readonly<Record<Locale, readonly string[]>> = {
  fa: [
    'سال',
    'ماه',
    'نام ماه',
    'آغاز ماه (میلادی)',
    'کد کارگاه',
    'نام کارگاه',
    'نوع سابقه',
    'شمارهٔ لیست',
    'ردیف پیمان',
    'ردیف در لیست',
    'روز کارکرد',
    'دستمزد روزانه (ریال)',
    'دستمزد ماهانه (ریال)',
    'مزایای مشمول (ریال)',
    'جمع مشمول (ریال)',
    'حق بیمهٔ سهم بیمه‌شده (ریال)',
  ],
  en: [
    'Year',
    'Month',
    'Month name',
    'Month starts on (Gregorian)',
    'Workshop code',
    'Workshop',
    'Type',
    'List number',
    'Contract row',
    'Row in the list',
    'Days',
    'Daily wage (rials)',
    'Monthly wage (rials)',
    'Benefits (rials)',
    'Insurable wage (rials)',
    'Worker’s premium (rials)',
  ],
};

/** Months of a record, and what their lists are called. */
export type RecordTable = Readonly<{
  entries: readonly MonthEntry[];
  names: Names;
  lists: ReadonlyMap<number, ListSource>;
}>;

/** The months as a table, oldest first, a line for every row of a list. */
export function recordsAsCsv({ entries, names, lists }: RecordTable, locale: Locale): string {
  const lines = entries.map((entry) => {
    const { month } = entry;
    const list = entry.listId === null ? undefined : lists.get(entry.listId);
    const workshop = workshopOf(entry.workshopCode, names);
    return [
      month.year,
      month.month,
      csvText(jalaliMonthName(month.month, locale)),
      monthStart(month),
      csvCode(workshop?.code ?? ''),
      csvText(workshop?.name ?? ''),
      csvText(historyTypeOf(entry.historyType, names).name[locale]),
      csvCode(list?.number ?? ''),
      csvCode(list?.contractRow ?? ''),
      list ? (entry.rowNumber ?? '') : '',
      entry.days,
      entry.dailyWage,
      entry.monthlyWage,
      entry.benefits,
      entry.insurableWage,
      entry.premium,
    ];
  });
  return csvTable(headers[locale], lines);
}
