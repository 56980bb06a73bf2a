import {
  daysInJalaliMonth,
  daysInJalaliYear,
  type JalaliMonth,
  jalaliMonthAt,
  jalaliMonthIndex,
} from '../../kernel/jalali.ts';
import type { MonthEntry } from './month-entry.ts';

/**
 * How days are counted. Raw days are what was reported, over all workshops; capped days are what counts: no
 * month has more than its length, no year more than 365 or 366.
 */
export type Days = Readonly<{ raw: number; capped: number }>;

/** A month of a person over all workshops and schemes. */
export type CountedMonth = Readonly<{
  month: JalaliMonth;
  days: Days;
  /** Work at more than one workshop, each with days. */
  concurrent: boolean;
  /** Days of one workshop by more than one of its lists: two contracts, or a list that was sent twice. */
  repeated: boolean;
  insurableWage: number;
  premium: number;
}>;

export type CountedYear = Readonly<{
  year: number;
  /** 365 or 366: what capped days fill when nothing is missing. */
  length: number;
  days: Days;
  monthsWithDays: number;
  concurrentMonths: number;
  insurableWage: number;
  premium: number;
}>;

/** Months without days in a row; `open` when there is no work after them: they end with the as-of month. */
export type Gap = Readonly<{ from: JalaliMonth; to: JalaliMonth; months: number; open: boolean }>;

/** A month that more than one list reports, or that has more days than it is long. */
export type Overlap = JalaliMonth & Readonly<{ concurrent: boolean; repeated: boolean; days: Days }>;

export type Wages = Readonly<{
  month: JalaliMonth;
  /** Insurable wage of that month over all workshops, in rials. */
  insurableWage: number;
  /** Highest daily wage reported in that month, in rials. */
  dailyWage: number;
}>;

/** The mean insurable wage of the newest closed months with days; of fewer than asked for when there are no more. */
export type AverageWage = Readonly<{ months: number; insurableWage: number }>;

export type Counts = Readonly<{
  days: Days;
  firstMonth: JalaliMonth | null;
  lastMonth: JalaliMonth | null;
  monthsWithDays: number;
  yearsWithDays: number;
  /** Both of capped days; the two ways differ, and both are in use. */
  career: Readonly<{ calendar: CalendarCareer; decimalYears: number }>;
  gaps: Readonly<{
    /** Years without days between the first and the last one with days. */
    years: number;
    /** Months without days from the first one with days to the as-of month. */
    months: number;
    /** Those of them that have days after them too. */
    monthsBetweenWork: number;
    list: readonly Gap[];
  }>;
  overlaps: Readonly<{
    months: readonly Overlap[];
    /** Reported days beyond what the months can hold. */
    days: number;
  }>;
  wages: Readonly<{ last: Wages | null; last3Months: AverageWage | null; last12Months: AverageWage | null }>;
  /** Of the 60 months that end with the as-of month. */
  daysInLast60Months: Days;
}>;

export type CalendarCareer = Readonly<{ years: number; months: number; days: number }>;

const daysOfCareerMonth = 30;
const monthsOfCareerYear = 12;
const daysOfCareerYear = 365;
const recentMonths = 60;

/** Way 1: months of 30 days and years of 12 months. 3650 days are 10 years, 1 month and 20 days. */
export function careerByCalendar(days: number): CalendarCareer {
  const months = Math.floor(days / daysOfCareerMonth);
  return {
    years: Math.floor(months / monthsOfCareerYear),
    months: months % monthsOfCareerYear,
    days: days % daysOfCareerMonth,
  };
}

/** Way 2: years of 365 days, to two decimals, halves to even. 3650 days are 10.00 years. */
export function careerInDecimalYears(days: number): number {
  const hundredths = Math.floor((days * 100) / daysOfCareerYear);
  const rest = days * 100 - hundredths * daysOfCareerYear;
  const up = rest * 2 > daysOfCareerYear || (rest * 2 === daysOfCareerYear && hundredths % 2 === 1);
  return (hundredths + (up ? 1 : 0)) / 100;
}

/** The months that entries speak of, oldest first; entries may come in any order. */
export function countMonths(entries: readonly MonthEntry[]): CountedMonth[] {
  const byMonth = Map.groupBy(entries, ({ month }) => jalaliMonthIndex(month));
  return [...byMonth]
    .sort(([a], [b]) => a - b)
    .map(([index, sameMonth]) => {
      const month = jalaliMonthAt(index);
      const raw = sum(sameMonth, ({ days }) => days);
      const atWork = sameMonth.filter(({ days, workshopCode }) => days > 0 && workshopCode !== null);
      const workshops = new Set(atWork.map(({ workshopCode }) => workshopCode)).size;
      return {
        month,
        days: { raw, capped: Math.min(raw, daysInJalaliMonth(month)) },
        concurrent: workshops > 1,
        repeated: new Set(atWork.map(({ listId }) => listId)).size > workshops,
        insurableWage: sum(sameMonth, ({ insurableWage }) => insurableWage),
        premium: sum(sameMonth, ({ premium }) => premium),
      };
    });
}

/** The years that months speak of, oldest first. */
export function countYears(months: readonly CountedMonth[]): CountedYear[] {
  return [...Map.groupBy(months, ({ month }) => month.year)].map(([year, sameYear]) => ({
    year,
    length: daysInJalaliYear(year),
    days: sumDays(sameYear),
    monthsWithDays: sameYear.filter(hasDays).length,
    concurrentMonths: sameYear.filter(({ concurrent }) => concurrent).length,
    insurableWage: sum(sameYear, ({ insurableWage }) => insurableWage),
    premium: sum(sameYear, ({ premium }) => premium),
  }));
}

/**
 * Counts a whole record.
 * @param asOf the newest month that the organisation has closed: a later month without days may simply not be
 *   reported yet. Where none has been closed, the last month with days takes its place.
 */
export function countRecord(
  entries: readonly MonthEntry[],
  months: readonly CountedMonth[],
  asOf: JalaliMonth | null,
): Counts {
  const worked = months.filter(hasDays);
  const [first] = worked;
  const last = worked.at(-1);
  const days = sumDays(months);
  const years = new Set(worked.map(({ month }) => month.year));
  const end = asOf ?? last?.month ?? null;
  // A month that is not closed may still be corrected, or be there in part.
  const closed = worked.filter(
    ({ month }) => end !== null && jalaliMonthIndex(month) <= jalaliMonthIndex(end),
  );
  const lastClosed = closed.at(-1);
  return {
    days,
    firstMonth: first?.month ?? null,
    lastMonth: last?.month ?? null,
    monthsWithDays: worked.length,
    yearsWithDays: years.size,
    career: { calendar: careerByCalendar(days.capped), decimalYears: careerInDecimalYears(days.capped) },
    gaps: {
      years: first && last ? last.month.year - first.month.year + 1 - years.size : 0,
      ...countGaps(worked, end),
    },
    overlaps: {
      months: months
        .filter(({ concurrent, repeated, days }) => concurrent || repeated || days.raw > days.capped)
        .map(({ month, concurrent, repeated, days }) => ({ ...month, concurrent, repeated, days })),
      days: days.raw - days.capped,
    },
    wages: {
      last: lastClosed ? toWages(lastClosed, entries) : null,
      last3Months: averageWage(closed, 3),
      last12Months: averageWage(closed, 12),
    },
    daysInLast60Months: end
      ? sumDays(months.filter(({ month }) => isRecent(month, end)))
      : { raw: 0, capped: 0 },
  };
}

function countGaps(worked: readonly CountedMonth[], end: JalaliMonth | null) {
  const list: Gap[] = [];
  let betweenWork = 0;
  const endIndex = end ? jalaliMonthIndex(end) : 0;
  const indexes = worked.map(({ month }) => jalaliMonthIndex(month));
  indexes.forEach((index, position) => {
    const next = indexes[position + 1];
    const to = Math.min((next ?? Number.POSITIVE_INFINITY) - 1, endIndex);
    const months = to - index;
    if (months <= 0) return;
    list.push({ from: jalaliMonthAt(index + 1), to: jalaliMonthAt(to), months, open: next === undefined });
    if (next !== undefined) betweenWork += months;
  });
  return { months: sum(list, (gap) => gap.months), monthsBetweenWork: betweenWork, list };
}

function isRecent(month: JalaliMonth, end: JalaliMonth): boolean {
  const age = jalaliMonthIndex(end) - jalaliMonthIndex(month);
  return age >= 0 && age < recentMonths;
}

function toWages(counted: CountedMonth, entries: readonly MonthEntry[]): Wages {
  const index = jalaliMonthIndex(counted.month);
  const ofMonth = entries.filter(({ month, days }) => days > 0 && jalaliMonthIndex(month) === index);
  return {
    month: counted.month,
    insurableWage: counted.insurableWage,
    dailyWage: Math.max(...ofMonth.map(({ dailyWage }) => dailyWage)),
  };
}

function averageWage(worked: readonly CountedMonth[], count: number): AverageWage | null {
  const newest = worked.slice(-count);
  if (newest.length === 0) return null;
  const total = sum(newest, ({ insurableWage }) => insurableWage);
  return { months: newest.length, insurableWage: Math.round(total / newest.length) };
}

function hasDays({ days }: CountedMonth): boolean {
  return days.raw > 0;
}

function sumDays(counted: readonly Readonly<{ days: Days }>[]): Days {
  return { raw: sum(counted, ({ days }) => days.raw), capped: sum(counted, ({ days }) => days.capped) };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}
