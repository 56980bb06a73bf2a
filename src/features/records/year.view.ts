import {
  daysInJalaliMonth,
  daysInJalaliYear,
  type JalaliMonth,
  jalaliMonthIndex,
  jalaliMonthName,
} from '../../kernel/jalali.ts';
import { countMonths, countYears, type Days } from './counting.ts';
import { entryKey, type MonthEntry } from './month-entry.ts';
import type { Sources } from './records.repository.ts';
import {
  getAmounts,
  getList,
  getNotice,
  monthEnd,
  monthStart,
  toHistoryType,
  toWorkshop,
  yearSpan,
} from './records.view.ts';
import type { MonthSourceView, MonthState, YearDetailView } from './year.schemas.ts';

export type YearFacts = Sources &
  Readonly<{
    year: number;
    /** Of this year only. */
    entries: readonly MonthEntry[];
    asOf: JalaliMonth | null;
  }>;

const nothing = { days: { raw: 0, capped: 0 }, insurableWage: 0, premium: 0 };

/** All twelve months, by number, whether or not anything was reported for them. */
export function viewYear(facts: YearFacts): YearDetailView {
  const { year, entries, asOf } = facts;
  const months = countMonths(entries);
  const counted = countYears(months)[0] ?? { ...nothing, monthsWithDays: 0, concurrentMonths: 0 };
  return {
    year,
    gregorian: yearSpan(year),
    length: daysInJalaliYear(year),
    asOf,
    days: counted.days,
    monthsWithDays: counted.monthsWithDays,
    concurrentMonths: counted.concurrentMonths,
    insurableWage: counted.insurableWage,
    premium: counted.premium,
    months: Array.from({ length: 12 }, (_, index) => {
      const month = { year, month: index + 1 };
      const ofMonth = months.find((candidate) => candidate.month.month === month.month);
      return {
        month: month.month,
        name: { fa: jalaliMonthName(month.month, 'fa'), en: jalaliMonthName(month.month, 'en') },
        gregorian: { from: monthStart(month), to: monthEnd(month) },
        length: daysInJalaliMonth(month),
        state: toState(month, ofMonth?.days, asOf),
        days: ofMonth?.days ?? nothing.days,
        concurrent: ofMonth?.concurrent ?? false,
        repeated: ofMonth?.repeated ?? false,
        insurableWage: ofMonth?.insurableWage ?? 0,
        premium: ofMonth?.premium ?? 0,
        sources: entries
          .filter((entry) => entry.month.month === month.month)
          .map((entry) => viewSource(entry, facts)),
      };
    }),
    notice: entries.length === 0 ? getNotice('no-months-in-year') : null,
  };
}

function toState(month: JalaliMonth, days: Days | undefined, asOf: JalaliMonth | null): MonthState {
  if (days) return days.raw > 0 ? 'with-days' : 'without-days';
  const closed = asOf !== null && jalaliMonthIndex(month) <= jalaliMonthIndex(asOf);
  return closed ? 'not-reported' : 'not-closed';
}

function viewSource(entry: MonthEntry, sources: YearFacts): MonthSourceView {
  const { list, jobTitle } = getList(entry, sources);
  return {
    key: entryKey(entry),
    workshop: toWorkshop(entry.workshopCode, sources.names),
    historyType: toHistoryType(entry.historyType, sources.names),
    jobTitle,
    ...getAmounts(entry),
    list: list
      ? {
          id: String(list.id),
          number: list.number,
          contractRow: list.contractRow,
          row: entry.rowNumber ?? 0,
          receivedAt: list.receivedAt.toISOString(),
        }
      : null,
  };
}
