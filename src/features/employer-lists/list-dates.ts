import {
  compareJalaliMonths,
  formatJalaliDate,
  type JalaliDate,
  type JalaliMonth,
  parseJalaliDate,
} from '../../kernel/jalali.ts';
import type { FindingCode } from './finding-rules.ts';

/** What a date in a list is of; only a birth date has to fit a working life. */
export type ListDateKind = 'birth' | 'any';

/** How old people in lists are, in years. */
const youngest = 6;
const oldest = 110;

type ListDate = Readonly<{ date: JalaliDate | null; code: FindingCode | null; expected: string | null }>;

/** An empty date, as programs leave it: zeros, or the separators of a form that nobody filled in. */
const nothing = /^[0 /.-]*$/;

/**
 * Reads a date as lists have it: `YYYYMMDD`, or `YY/MM/DD` of public payroll programs.
 * @param month of the list, which tells the century; `null` when it could not be read: then no short year is
 */
export function readListDate(text: string, month: JalaliMonth | null, kind: ListDateKind): ListDate {
  if (nothing.test(text)) return { date: null, code: null, expected: null };
  const odd = (code: FindingCode, expected: string | null = null) => ({ date: null, code, expected });
  const short = /^([0-9]{2})\/([0-9]{2})\/([0-9]{2})$/.exec(text);
  const date = short ? newest(short.slice(1).map(Number), month) : parseJalaliDate(text);
  if (date === null) return odd('date-odd');
  if (kind === 'birth' && month !== null) {
    const age = ageInMonth(date, month);
    if (age < 0) return odd('birth-date-in-future');
    if (age < youngest || age > oldest) return odd('birth-date-unlikely', String(age));
  }
  if (short) return { date, code: 'date-short-year', expected: formatJalaliDate(date) };
  return { date, code: /^[0-9]{8}$/.test(text) ? null : 'date-odd-form', expected: formatJalaliDate(date) };
}

/** The newest date with this two-digit year that is not after the month. */
function newest(
  [twoDigits = 0, monthOfYear = 0, day = 0]: readonly number[],
  month: JalaliMonth | null,
): JalaliDate | null {
  if (month === null) return null;
  const century = Math.floor(month.year / 100) * 100;
  for (const year of [century + twoDigits, century - 100 + twoDigits]) {
    if (compareJalaliMonths({ year, month: monthOfYear }, month) > 0) continue;
    const [paddedMonth, paddedDay] = [monthOfYear, day].map((part) => String(part).padStart(2, '0'));
    return parseJalaliDate(`${year}${paddedMonth}${paddedDay}`);
  }
  return null;
}

/** Full years at the end of the month. */
function ageInMonth(born: JalaliDate, month: JalaliMonth): number {
  return month.year - born.year - (born.month > month.month ? 1 : 0);
}
