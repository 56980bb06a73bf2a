import { csvCode, csvTable, csvText } from '../../kernel/csv.ts';
import { jalaliMonthIndex, jalaliMonthName } from '../../kernel/jalali.ts';
import type { Locale, Localised } from '../../kernel/locale.ts';
import type { CountedMonth } from './counting.ts';
import { entryKey, type MonthEntry } from './month-entry.ts';
import type { Sources } from './records.repository.ts';
import { getList, monthStart, toHistoryType, toWorkshop } from './records.view.ts';

const headers: Readonly<Record<Locale, readonly string[]>> = {
  fa: [
    'سال',
    'ماه',
    'نام ماه',
    'آغاز ماه (میلادی)',
    'کد کارگاه',
    'نام کارگاه',
    'نوع سابقه',
    'عنوان شغل',
    'شمارهٔ لیست',
    'ردیف پیمان',
    'ردیف در لیست',
    'روز کارکرد',
    'دستمزد روزانه (ریال)',
    'دستمزد ماهانه (ریال)',
    'مزایای مشمول (ریال)',
    'جمع مشمول (ریال)',
    'حق بیمهٔ سهم بیمه‌شده (ریال)',
    'اشتغال هم‌زمان در چند کارگاه',
    'در چند لیست یک کارگاه',
    'شناسه',
  ],
  en: [
    'Year',
    'Month',
    'Month name',
    'Month starts on (Gregorian)',
    'Workshop code',
    'Workshop',
    'Type',
    'Job title',
    'List number',
    'Contract row',
    'Row in the list',
    'Days',
    'Daily wage (rials)',
    'Monthly wage (rials)',
    'Benefits (rials)',
    'Insurable wage (rials)',
    'Worker’s premium (rials)',
    'Concurrent work',
    'On several lists of a workshop',
    'Key',
  ],
};

const yes: Localised = { fa: 'بله', en: 'yes' };

/** Months of a record, and what their lists are called. */
export type RecordTable = Sources &
  Readonly<{
    entries: readonly MonthEntry[];
    /** Of the whole record, for what a month is beside others. */
    months: readonly CountedMonth[];
  }>;

/** The months as a table, oldest first, a line for every row of a list. */
export function recordsAsCsv({ entries, months, ...sources }: RecordTable, locale: Locale): string {
  const counted = new Map(months.map((month) => [jalaliMonthIndex(month.month), month]));
  const lines = entries.map((entry) => {
    const { month } = entry;
    const { list, jobTitle } = getList(entry, sources);
    const workshop = toWorkshop(entry.workshopCode, sources.names);
    const beside = counted.get(jalaliMonthIndex(month));
    return [
      month.year,
      month.month,
      csvText(jalaliMonthName(month.month, locale)),
      monthStart(month),
      csvCode(workshop?.code ?? ''),
      csvText(workshop?.name ?? ''),
      csvText(toHistoryType(entry.historyType, sources.names).name[locale]),
      csvText(jobTitle ?? ''),
      csvCode(list?.number ?? ''),
      csvCode(list?.contractRow ?? ''),
      list ? (entry.rowNumber ?? '') : '',
      entry.days,
      entry.dailyWage,
      entry.monthlyWage,
      entry.benefits,
      entry.insurableWage,
      entry.premium,
      beside?.concurrent ? csvText(yes[locale]) : '',
      beside?.repeated ? csvText(yes[locale]) : '',
      csvText(entryKey(entry)),
    ];
  });
  return csvTable(headers[locale], lines);
}
