import {
  compareJalaliDates,
  compareJalaliMonths,
  daysInJalaliMonth,
  formatJalaliDate,
  type JalaliDate,
  type JalaliMonth,
  lastJalaliYear,
} from '../../kernel/jalali.ts';
import { comparedKey, type EmployerList, type EmployerListRow } from './employer-list.ts';
import type { FindingCode } from './finding-rules.ts';
import type { FindingLog } from './findings.ts';
import type { ListIdentity, WorkersColumn, WorkshopColumn } from './list-files.ts';

/** What holds from a month on, until the next entry begins. */
export type PremiumRates = Readonly<{
  from: JalaliMonth;
  workerPremiumPercent: number;
  /** The insurable ceiling of a day, in minimum daily wages. */
  ceilingMultiple: number;
}>;

/** What the law and the operator fix; nothing of it is in the code of the checks. */
export type ListRules = Readonly<{
  /** Two-digit years below it are 14xx, the others 13xx. */
  centuryPivot: number;
  /** Records of a file, deleted ones included. */
  maxRecords: number;
  /** Findings kept of each severity; all are counted. */
  maxFindings: number;
  /** Lists of later months are refused. */
  lastMonth: JalaliMonth;
  /** Rials by Jalali year. In a year that is not here, minimum and ceiling are not checked. */
  minimumDailyWages: Readonly<Record<number, number>>;
  /** Newest first. */
  premiumRates: readonly PremiumRates[];
  /** How far the monthly wage may be from daily wage × days. */
  wageTolerancePercent: number;
  /** A daily wage this many times that of the month before, or that part of it, is asked about. */
  wageJumpFactor: number;
}>;

export const defaultListRules: ListRules = {
  centuryPivot: 50,
  maxRecords: 250_000,
  maxFindings: 5_000,
  // Whoever takes lists in asks the clock.
  lastMonth: { year: lastJalaliYear, month: 12 },
  // Decisions of the Supreme Labour Council for 1403 and 1404; operators add the years they have.
  minimumDailyWages: { 1403: 2_388_728, 1404: 3_463_656 },
  premiumRates: [{ from: { year: 0, month: 1 }, workerPremiumPercent: 7, ceilingMultiple: 7 }],
  wageTolerancePercent: 1,
  wageJumpFactor: 2,
};

type Report = (
  code: FindingCode,
  field: WorkersColumn,
  value: string | number,
  expected?: string | number,
) => void;

function reportTo(log: FindingLog, row: number): Report {
  return (code, field, value, expected) => log.add(code, { file: 'workers', row, field }, value, expected);
}

export function formatMonth({ year, month }: JalaliMonth): string {
  return `${year}/${String(month).padStart(2, '0')}`;
}

/** Workshop and month of a row against the list's. What could not be read has been reported already. */
export function checkIdentity(found: ListIdentity, list: ListIdentity, row: number, log: FindingLog): void {
  const report = reportTo(log, row);
  if (found.workshopCode && list.workshopCode && found.workshopCode !== list.workshopCode) {
    report('workshop-code-differs', 'DSW_ID', found.workshopCode, list.workshopCode);
  }
  if (found.month && list.month && formatMonth(found.month) !== formatMonth(list.month)) {
    report('month-differs', 'DSW_MM', formatMonth(found.month), formatMonth(list.month));
  }
  if (found.listNumber !== null && list.listNumber !== null && found.listNumber !== list.listNumber) {
    const [said, meant] = [found.listNumber, list.listNumber].map(
      (listNumber) => comparedKey({ listNumber, contractRow: '' }).numberKey,
    );
    if (said !== meant) report('list-number-differs', 'DSW_LISTNO', found.listNumber, list.listNumber);
  }
}

/** The list's month against the clock. What could not be read has been reported already. */
export function checkMonth(month: JalaliMonth | null, { lastMonth }: ListRules, log: FindingLog): void {
  if (month === null || compareJalaliMonths(month, lastMonth) <= 0) return;
  const place = { file: 'workshop', row: null, field: 'DSK_MM' } as const;
  log.add('month-in-future', place, formatMonth(month), formatMonth(lastMonth));
}

/** How many days of the month lie between start and end, both counted. */
function daysOfEmployment({ startDate, endDate }: EmployerListRow, month: JalaliMonth): number {
  const startsInside = startDate !== null && compareJalaliMonths(startDate, month) === 0;
  const endsInside = endDate !== null && compareJalaliMonths(endDate, month) === 0;
  return (endsInside ? endDate.day : daysInJalaliMonth(month)) - (startsInside ? startDate.day : 1) + 1;
}

function checkDates(row: EmployerListRow, month: JalaliMonth, report: Report): void {
  const { startDate, endDate, days } = row;
  const employed = daysOfEmployment(row, month);
  if (days > employed && employed > 0 && employed < daysInJalaliMonth(month))
    report('days-beyond-employment', 'DSW_DD', days, employed);
  const odd = (field: WorkersColumn, date: JalaliDate) =>
    report('date-outside-month', field, formatJalaliDate(date));
  const lastDay = { ...month, day: daysInJalaliMonth(month) };
  if (startDate && days > 0 && compareJalaliDates(startDate, lastDay) > 0) odd('DSW_SDATE', startDate);
  if (!endDate) return;
  const endsBeforeMonth = days > 0 && compareJalaliDates(endDate, { ...month, day: 1 }) < 0;
  const endsBeforeStart = startDate !== null && compareJalaliDates(endDate, startDate) < 0;
  if (endsBeforeMonth || endsBeforeStart) odd('DSW_EDATE', endDate);
}

/** Unequal, and not because one of them could not be read: NaN has been reported where it was read. */
function differs(a: number, b: number): boolean {
  return a < b || a > b;
}

function checkMonthlyWage(row: EmployerListRow, rules: ListRules, report: Report): void {
  const expected = (row.dailyWage + (row.dailySeniorityPay ?? 0)) * row.days;
  const difference = row.monthlyWage - expected;
  // A layout without the seniority column hides it in the monthly wage, which may then only be more.
  if (difference > 0 && row.dailySeniorityPay === null) return;
  if (Math.abs(difference) * 100 > expected * rules.wageTolerancePercent) {
    report('monthly-wage-differs', 'DSW_MAH', row.monthlyWage, expected);
  }
}

function checkWageBounds(row: EmployerListRow, month: JalaliMonth, rules: ListRules, report: Report): void {
  const minimum = rules.minimumDailyWages[month.year];
  const rates = getRates(month, rules);
  if (minimum === undefined || rates === undefined) return;
  if (row.days > 0 && row.dailyWage < minimum) {
    report('daily-wage-below-minimum', 'DSW_ROOZ', row.dailyWage, minimum);
  }
  const ceiling = rates.ceilingMultiple * minimum * row.days;
  if (row.insurableWage > ceiling) {
    report('insurable-wage-above-ceiling', 'DSW_MASH', row.insurableWage, ceiling);
  }
}

/** Per cent of whole rials, halves rounded up; exact for the 15 digits that an amount may have. */
function percentOf(amount: number, percent: number): number {
  return Math.floor((amount * percent + 50) / 100);
}

/** The rates of a month; `undefined` in times that the table does not reach back to. */
function getRates(month: JalaliMonth, { premiumRates }: ListRules): PremiumRates | undefined {
  return premiumRates.find(({ from }) => compareJalaliMonths(from, month) <= 0);
}

function checkPremium(row: EmployerListRow, month: JalaliMonth, rules: ListRules, report: Report): void {
  const rates = getRates(month, rules);
  if (rates === undefined) return;
  const premium = percentOf(row.insurableWage, rates.workerPremiumPercent);
  if (differs(row.workerPremium, premium)) {
    report('worker-premium-differs', 'DSW_BIME', row.workerPremium, premium);
  }
}

/** What one row says about itself. Zero days without money, or an end inside the month, are normal. */
export function checkRow(
  row: EmployerListRow,
  month: JalaliMonth | null,
  rules: ListRules,
  log: FindingLog,
): void {
  const report = reportTo(log, row.row);
  const wageAndBenefits = row.monthlyWage + row.benefits;
  if (differs(row.insurableWage, wageAndBenefits)) {
    report('insurable-wage-differs', 'DSW_MASH', row.insurableWage, wageAndBenefits);
  }
  if (row.totalPay < row.insurableWage) {
    report('total-pay-below-insurable', 'DSW_TOTL', row.totalPay, row.insurableWage);
  }
  checkMonthlyWage(row, rules, report);
  if (month === null) return;
  const monthLength = daysInJalaliMonth(month);
  if (row.days > monthLength) report('days-above-month', 'DSW_DD', row.days, monthLength);
  checkPremium(row, month, rules, report);
  checkWageBounds(row, month, rules, report);
  checkDates(row, month, report);
}

/**
 * Finds a person who is in a list twice with one start date, by national code or, where one of the two rows has
 * none, by insurance number. Holds a few short keys a row: all that the memory of a reading grows with.
 */
export class PersonRegister {
  readonly #nationalCodes = new Set<string>();
  /** Of rows with a national code, and of those without. */
  readonly #numbersOfCodes = new Set<string>();
  readonly #numbersAlone = new Set<string>();
  /** Whose number each is, where a national code says. */
  readonly #owners = new Map<string, string>();

  check(row: EmployerListRow, log: FindingLog): void {
    const { nationalCode, insuranceNumber, startDate } = row;
    const start = startDate === null ? '' : `/${formatJalaliDate(startDate)}`;
    const code = nationalCode && `${nationalCode}${start}`;
    const number = insuranceNumber && `${insuranceNumber}${start}`;
    const has = (seen: Set<string>, key: string | null) => key !== null && seen.has(key);
    const isRepeated =
      has(this.#nationalCodes, code) ||
      has(this.#numbersAlone, number) ||
      (code === null && has(this.#numbersOfCodes, number));
    if (code !== null) this.#nationalCodes.add(code);
    if (number !== null) (code === null ? this.#numbersAlone : this.#numbersOfCodes).add(number);
    this.#checkOwner(row, log);
    if (!isRepeated) return;
    const field = nationalCode ? 'PER_NATCOD' : 'DSW_ID1';
    reportTo(log, row.row)('person-repeated', field, nationalCode ?? insuranceNumber ?? '');
  }

  #checkOwner({ row, nationalCode, insuranceNumber }: EmployerListRow, log: FindingLog): void {
    if (nationalCode === null || insuranceNumber === null) return;
    const owner = this.#owners.get(insuranceNumber);
    if (owner === undefined) this.#owners.set(insuranceNumber, nationalCode);
    else if (owner !== nationalCode) {
      reportTo(log, row)('insurance-number-shared', 'DSW_ID1', insuranceNumber);
    }
  }
}

const comparedTotals = [
  ['days', 'DSK_TDD'],
  ['monthlyWage', 'DSK_TMAH'],
  ['benefits', 'DSK_TMAZ'],
  ['insurableWage', 'DSK_TMASH'],
  ['totalPay', 'DSK_TTOTL'],
  ['workerPremium', 'DSK_TBIME'],
] as const satisfies readonly (readonly [keyof EmployerListRow, WorkshopColumn])[];

/**
 * Sums of the rows, to hold against DSKKAR00. Plain numbers do: every addend is below 10¹⁵ and none is negative,
 * so a sum is exact up to 2⁵³, and beyond it greater than any total of 15 digits. A sum with an unreadable addend is NaN and
 * differs from nothing.
 */
export class RowTotals {
  readonly #sums = { days: 0, monthlyWage: 0, benefits: 0, insurableWage: 0, totalPay: 0, workerPremium: 0 };
  rows = 0;

  add(row: EmployerListRow): void {
    this.rows += 1;
    for (const [name] of comparedTotals) this.#sums[name] += row[name];
  }

  check(list: EmployerList, log: FindingLog): void {
    for (const [name, field] of comparedTotals) {
      const sum = this.#sums[name];
      if (differs(sum, list.totals[name])) {
        log.add('total-differs', { file: 'workshop', row: null, field }, list.totals[name], sum);
      }
    }
    if (list.rowCount !== this.rows) {
      log.add(
        'row-count-differs',
        { file: 'workshop', row: null, field: 'DSK_NUM' },
        list.rowCount,
        this.rows,
      );
    }
  }
}
