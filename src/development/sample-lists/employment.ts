import { daysInJalaliMonth, type JalaliMonth, jalaliMonthAt, jalaliMonthIndex } from '../../kernel/jalali.ts';
import type { InventedPerson } from './invented-person.ts';

/** Someone's time at one workshop. Dates are Jalali, `1403-03-12`, both ends included. */
export interface Employment {
  person: InventedPerson;
  /** Absent: began before the first list. */
  from?: string;
  /** Absent: goes on after the last list. */
  to?: string;
  /** A month on unpaid leave, `1404-03`: the worker is listed with 0 days. */
  unpaidMonth?: string;
  /** From this day to the month's end the employer reported the work afterwards, on a second list. */
  secondListFrom?: string;
}

/** One row of an employer's list, before money. */
export interface WorkedMonth {
  person: InventedPerson;
  days: number;
  /** Given in the month in which the employment began or ended, as employers do. */
  startDate?: string;
  endDate?: string;
  /** A year of work at the workshop has earned seniority pay. */
  senior: boolean;
}

export const monthKey = ({ year, month }: JalaliMonth): string => `${year}-${String(month).padStart(2, '0')}`;

export function monthsBetween(first: JalaliMonth, last: JalaliMonth): JalaliMonth[] {
  const start = jalaliMonthIndex(first);
  return Array.from({ length: jalaliMonthIndex(last) - start + 1 }, (_, i) => jalaliMonthAt(start + i));
}

/** The month's rows, an array for each list that the employer sends: the ordinary one, perhaps a second. */
export function workedMonths(employments: readonly Employment[], month: JalaliMonth): WorkedMonth[][] {
  const ordinary: WorkedMonth[] = [];
  const second: WorkedMonth[] = [];
  for (const employment of employments) {
    const work = workedDays(employment, month);
    if (!work) continue;
    const { first, last } = work;
    const secondFrom = dayIn(month, employment.secondListFrom) ?? last + 1;
    if (first < secondFrom) ordinary.push(row(employment, month, first, secondFrom - 1));
    if (secondFrom <= last) second.push(row(employment, month, secondFrom, last));
  }
  return [ordinary, second].filter((rows) => rows.length > 0);
}

function workedDays(
  { from, to }: Employment,
  month: JalaliMonth,
): { first: number; last: number } | undefined {
  const key = monthKey(month);
  if ((from && from.slice(0, 7) > key) || (to && to.slice(0, 7) < key)) return undefined;
  return { first: dayIn(month, from) ?? 1, last: dayIn(month, to) ?? daysInJalaliMonth(month) };
}

function row(employment: Employment, month: JalaliMonth, first: number, last: number): WorkedMonth {
  const { person, from, to, unpaidMonth } = employment;
  return {
    person,
    days: unpaidMonth === monthKey(month) ? 0 : last - first + 1,
    ...(from && dayIn(month, from) === first && { startDate: from }),
    ...(to && dayIn(month, to) === last && { endDate: to }),
    senior: !from || jalaliMonthIndex(month) - jalaliMonthIndex(toMonth(from)) >= 12,
  };
}

const toMonth = (date: string): JalaliMonth => ({
  year: Number(date.slice(0, 4)),
  month: Number(date.slice(5, 7)),
});

/** The day of the month on which a date falls, if it falls in that month. */
function dayIn(month: JalaliMonth, date: string | undefined): number | undefined {
  return date?.startsWith(monthKey(month)) ? Number(date.slice(8)) : undefined;
}
