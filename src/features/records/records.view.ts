import {
  daysInJalaliMonth,
  daysInJalaliYear,
  type JalaliMonth,
  jalaliMonthName,
  jalaliToGregorian,
} from '../../kernel/jalali.ts';
import type { Locale, Localised } from '../../kernel/locale.ts';
import { type CountedMonth, countMonths, countRecord, countYears } from './counting.ts';
import type { FiguresView } from './figures.schemas.ts';
import { entryKey, type MonthEntry } from './month-entry.ts';
import type { Names, Sources } from './records.repository.ts';
import type { MonthView, RecordsView, YearView } from './records.schemas.ts';
import type { SummaryView } from './summary.schemas.ts';

/** What people are shown: Jalali first, Gregorian beside it; names and labels in both languages. */

type Workshop = YearView['workshops'][number]['workshop'];
type HistoryType = YearView['workshops'][number]['historyType'];
type Notice = NonNullable<RecordsView['notice']>;

const notices = {
  'no-records': {
    fa: 'تا کنون هیچ سابقهٔ بیمه‌ای به نام شما ثبت نشده است. اگر کار کرده‌اید، از کارفرما یا شعبه پیگیری کنید.',
    en: 'No insurance record has been reported in your name so far. If you have worked, ask the employer or a branch.',
  },
  'nothing-matches': {
    fa: 'سابقه دارید، ولی با این فیلتر ماهی پیدا نشد.',
    en: 'There is a record, but no month of it matches these conditions.',
  },
  'no-months-in-year': {
    fa: 'در این سال هیچ ماهی برای شما گزارش نشده است.',
    en: 'No month of this year has been reported for you.',
  },
} as const satisfies Record<string, Localised>;

export function getNotice(code: keyof typeof notices): Notice {
  return { code, text: notices[code] };
}

const everyMonth = Array.from({ length: 12 }, (_, index) => index + 1);

function monthNames(locale: Locale): string[] {
  return everyMonth.map((month) => jalaliMonthName(month, locale));
}

export const allMonthNames = { fa: monthNames('fa'), en: monthNames('en') };

export function monthStart(month: JalaliMonth): string {
  return jalaliToGregorian({ ...month, day: 1 });
}

export function monthEnd(month: JalaliMonth): string {
  return jalaliToGregorian({ ...month, day: daysInJalaliMonth(month) });
}

export function yearSpan(year: number) {
  return { from: monthStart({ year, month: 1 }), to: monthEnd({ year, month: 12 }) };
}

export function toWorkshop(code: string | null, names: Names): Workshop {
  return code === null ? null : { code, name: names.workshops.get(code) ?? '' };
}

export function toHistoryType(code: number, names: Names): HistoryType {
  const name = names.historyTypes.get(code) ?? { fa: `نوع ${code}`, en: `Type ${code}` };
  return { code, name };
}

/**
 * Months of the entries by year, newest first, and inside a year by workshop and type.
 * @param months of the whole record, for what a month is beside others
 */
export function viewYears(
  entries: readonly MonthEntry[],
  months: readonly CountedMonth[],
  sources: Sources,
): YearView[] {
  const counted = new Map(countYears(countMonths(entries)).map((year) => [year.year, year]));
  return [...Map.groupBy(entries, ({ month }) => month.year)]
    .sort(([a], [b]) => b - a)
    .map(([year, ofYear]) => ({
      year,
      gregorian: yearSpan(year),
      length: daysInJalaliYear(year),
      days: counted.get(year)?.days ?? { raw: 0, capped: 0 },
      concurrentMonths: monthsOf(year, months, 'concurrent'),
      repeatedMonths: monthsOf(year, months, 'repeated'),
      workshops: [...Map.groupBy(ofYear, toSource).values()].map((ofSource) => ({
        ...describeSource(ofSource, sources.names),
        months: ofSource.map((entry) => viewMonth(entry, sources)),
      })),
    }));
}

function monthsOf(year: number, months: readonly CountedMonth[], what: 'concurrent' | 'repeated'): number[] {
  return months.flatMap((counted) =>
    counted.month.year === year && counted[what] ? counted.month.month : [],
  );
}

/** One line of a year: a workshop, or a scheme. */
export function toSource({ workshopCode, historyType }: MonthEntry): string {
  return `${workshopCode ?? ''}/${historyType}`;
}

function describeSource(entries: readonly MonthEntry[], names: Names) {
  const [first] = entries as readonly [MonthEntry];
  return {
    workshop: toWorkshop(first.workshopCode, names),
    historyType: toHistoryType(first.historyType, names),
    days: entries.reduce((total, { days }) => total + days, 0),
  };
}

/** The list that an entry came from, and what it calls the work. */
export function getList(entry: MonthEntry, { lists, jobTitles }: Omit<Sources, 'names'>) {
  return {
    list: entry.listId === null ? undefined : lists.get(entry.listId),
    jobTitle: jobTitles.get(entryKey(entry)) ?? null,
  };
}

/** Of one row of a list, or one month of a scheme. */
export function getAmounts({ days, dailyWage, monthlyWage, benefits, insurableWage, premium }: MonthEntry) {
  return { days, dailyWage, monthlyWage, benefits, insurableWage, premium };
}

function viewMonth(entry: MonthEntry, sources: Sources): MonthView {
  const { list, jobTitle } = getList(entry, sources);
  return {
    key: entryKey(entry),
    month: entry.month.month,
    startsOn: monthStart(entry.month),
    jobTitle,
    list: list ? { number: list.number, contractRow: list.contractRow } : null,
    ...getAmounts(entry),
  };
}

const careerLabels = {
  calendar: { fa: 'ماه سی‌روزه و سال دوازده‌ماهه', en: 'Months of 30 days, years of 12 months' },
  decimal: { fa: 'سال ۳۶۵روزه، با دو رقم اعشار', en: 'Years of 365 days, to two decimals' },
} as const satisfies Record<string, Localised>;

export function viewSummary(
  entries: readonly MonthEntry[],
  names: Names,
  asOf: JalaliMonth | null,
): SummaryView {
  const months = countMonths(entries);
  const { career, ...counts } = countRecord(entries, months, asOf);
  const entriesOfYear = Map.groupBy(entries, ({ month }) => month.year);
  return {
    asOf,
    ...counts,
    career: {
      basis: 'capped',
      calendar: { ...career.calendar, label: careerLabels.calendar },
      decimal: { years: career.decimalYears, label: careerLabels.decimal },
    },
    years: countYears(months).map((year) => ({
      ...year,
      gregorian: yearSpan(year.year),
      sources: [...Map.groupBy(entriesOfYear.get(year.year) ?? [], toSource).values()].map((ofSource) =>
        describeSource(ofSource, names),
      ),
    })),
    notice: entries.length === 0 ? getNotice('no-records') : null,
  };
}

const figureLabels = {
  asOf: { fa: 'تا پایان ماه', en: 'Up to the end of' },
  lastWage: { fa: 'آخرین دستمزد ماهانهٔ مشمول بیمه', en: 'Last insurable wage of a month' },
  last3Months: { fa: 'میانگین دستمزد سه ماه آخر کار', en: 'Average wage of the last 3 months of work' },
  last12Months: { fa: 'میانگین دستمزد دوازده ماه آخر کار', en: 'Average wage of the last 12 months of work' },
  days: { fa: 'همهٔ روزهای بیمه', en: 'Insured days in all' },
  daysInLast60Months: { fa: 'روزهای بیمه در ۶۰ ماه اخیر', en: 'Insured days in the last 60 months' },
} as const satisfies Record<string, Localised>;

export function viewFigures(entries: readonly MonthEntry[], asOf: JalaliMonth | null): FiguresView {
  const { wages, days, daysInLast60Months } = countRecord(entries, countMonths(entries), asOf);
  const notice = entries.length === 0 ? getNotice('no-records') : null;
  return { asOf, wages, days, daysInLast60Months, labels: figureLabels, notice };
}
