import { jalaliMonthName } from '../../kernel/jalali.ts';
import type { Locale } from '../../kernel/locale.ts';
import type { RecordsView } from './records.view.ts';

const headers: Readonly<Record<Locale, readonly string[]>> = {
  fa: [
    'سال',
    'ماه',
    'نام ماه',
    'آغاز ماه (میلادی)',
    'کد کارگاه',
    'نام کارگاه',
    'نوع سابقه',
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

/** What a spreadsheet takes for the beginning of a formula, full-width signs too; separators may cut a cell in two. */
const formula = /(^|[,;\t\r\n|])(\s*)(?=[=+\-@%|\uFF1D\uFF0B\uFF0D\uFF20\uFE62-\uFE66\uFE6B\u2212])/g;

/**
 * A cell that was text stays text: what begins like a formula is disarmed by an apostrophe, as OWASP advises
 * against CSV injection, also behind the separators that a spreadsheet of another country splits lines at.
 */
function text(value: string): string {
  return `"${value.replace(formula, "$1$2'").replaceAll('"', '""')}"`;
}

/**
 * A code keeps its leading zeros: behind a mark that nobody sees no spreadsheet takes it for a number. A tab does
 * not do for Gnumeric, and an equation would be a formula.
 */
function code(value: string): string {
  return value === '' ? '' : `"\u200E${value.replace(/\D/g, '')}"`;
}

/** The months as RFC 4180 has it, oldest first, a line for every row of a list. */
export function recordsAsCsv({ years }: RecordsView, locale: Locale): string {
  const lines = [headers[locale].map(text).join(',')];
  for (const { year, workshops } of years.toReversed()) {
    const months = workshops.flatMap(({ workshop, historyType, months }) =>
      months.map((month) => ({ ...month, workshop, historyType })),
    );
    for (const month of months.sort((a, b) => a.month - b.month)) {
      lines.push(
        [
          year,
          month.month,
          text(jalaliMonthName(month.month, locale)),
          month.startsOn,
          code(month.workshop?.code ?? ''),
          text(month.workshop?.name ?? ''),
          text(month.historyType.name[locale]),
          month.days,
          month.dailyWage,
          month.monthlyWage,
          month.benefits,
          month.insurableWage,
          month.premium,
        ].join(','),
      );
    }
  }
  return `${byteOrderMark}${lines.join('\r\n')}\r\n`;
}
