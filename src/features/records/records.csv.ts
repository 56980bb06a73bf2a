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

/** Spreadsheets take text without it for some legacy encoding. */
const byteOrderMark = '\uFEFF';

/** What begins a formula in some spreadsheet, full-width as well (OWASP, CSV injection), wherever a cell may begin. */
const formulaSign = /(?<![\p{L}\p{N}])[=+\-@|%＝＋－＠｜％﹢﹣﹦﹪﹫−]/gu;

/**
 * A cell that was text stays text. Whoever opens the file chooses what separates its cells, and quotes count for
 * nothing inside another cell: so every sign that could be a cell's first is disarmed by an apostrophe.
 */
function text(value: string): string {
  const harmless = value.replace(/\p{Cc}+/gu, ' ').replace(formulaSign, "'$&");
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Shows nothing, and is no white space, which some spreadsheets cut off before they look for a number. */
const leftToRightMark = '\u200E';

/** A number that names something keeps its leading zeros: behind the mark it is text to every spreadsheet. */
function code(value: string): string {
  return /^[0-9]+$/.test(value) ? `"${leftToRightMark}${value}"` : value === '' ? '' : text(value);
}

/** Months of a record, and what their lists are called. */
export type RecordTable = Readonly<{
  entries: readonly MonthEntry[];
  names: Names;
  lists: ReadonlyMap<number, ListSource>;
}>;

/** The months as RFC 4180 has it, oldest first, a line for every row of a list. */
export function recordsAsCsv({ entries, names, lists }: RecordTable, locale: Locale): string {
  const lines = entries.map((entry) => {
    const { month } = entry;
    const list = entry.listId === null ? undefined : lists.get(entry.listId);
    const workshop = workshopOf(entry.workshopCode, names);
    return [
      month.year,
      month.month,
      text(jalaliMonthName(month.month, locale)),
      monthStart(month),
      code(workshop?.code ?? ''),
      text(workshop?.name ?? ''),
      text(historyTypeOf(entry.historyType, names).name[locale]),
      code(list?.number ?? ''),
      code(list?.contractRow ?? ''),
      list ? entry.rowNumber : '',
      entry.days,
      entry.dailyWage,
      entry.monthlyWage,
      entry.benefits,
      entry.insurableWage,
      entry.premium,
    ].join(',');
  });
  return `${byteOrderMark}${[headers[locale].map(text).join(','), ...lines].join('\r\n')}\r\n`;
}
