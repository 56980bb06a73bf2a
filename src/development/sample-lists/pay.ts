import { daysInJalaliMonth, type JalaliMonth } from '../../kernel/jalali.ts';
import type { WorkedMonth } from './employment.ts';

/** Rials. */
export interface Pay {
  dailyWage: number;
  dailySeniority: number;
  /** (daily wage + daily seniority) × days. */
  wage: number;
  /** Spouse pay included. */
  benefits: number;
  spousePay: number;
  /** Wage and benefits: what premiums are reckoned on. */
  insurable: number;
  /** Insurable and what is free of premium. */
  total: number;
  workerPremium: number;
}

interface YearRates {
  minimumDailyWage: number;
  /** Housing and household allowances of a full month. */
  monthlyBenefits: number;
  monthlySpousePay: number;
  dailySeniority: number;
}

/** The minimum daily wages of 1403 and 1404 are the real ones; the rest is an invented rising series. */
const ratesOfYear: Readonly<Record<number, YearRates>> = {
  1402: {
    minimumDailyWage: 1_800_000,
    monthlyBenefits: 20_000_000,
    monthlySpousePay: 3_500_000,
    dailySeniority: 70_000,
  },
  1403: {
    minimumDailyWage: 2_388_728,
    monthlyBenefits: 23_000_000,
    monthlySpousePay: 5_000_000,
    dailySeniority: 82_000,
  },
  1404: {
    minimumDailyWage: 3_463_656,
    monthlyBenefits: 31_000_000,
    monthlySpousePay: 5_000_000,
    dailySeniority: 94_000,
  },
  1405: {
    minimumDailyWage: 5_600_000,
    monthlyBenefits: 44_000_000,
    monthlySpousePay: 7_000_000,
    dailySeniority: 130_000,
  },
};

/** A child's monthly allowance is three days of the minimum wage and bears no premium. */
const childAllowanceDays = 3;

export const premiumPercent = { worker: 7, employer: 20, unemployment: 3 } as const;

/** A share of an amount in rials, halves up. */
export function percentOf(amount: number, percent: number): number {
  return Math.floor((amount * percent + 50) / 100);
}

/** What a worker earns for the days of a list's row; an older list has seniority inside the daily wage. */
export function toPay(work: WorkedMonth, month: JalaliMonth, separatesSeniority: boolean): Pay {
  const rates = ratesOfYear[month.year];
  if (!rates) throw new RangeError(`no invented rates for ${month.year}`);
  const { person, days } = work;
  const share = (monthly: number) => Math.floor((monthly * days) / daysInJalaliMonth(month));

  const seniority = work.senior ? rates.dailySeniority : 0;
  const basicWage = Math.ceil((rates.minimumDailyWage * person.wagePercent) / 100);
  const dailySeniority = separatesSeniority ? seniority : 0;
  const dailyWage = basicWage + seniority - dailySeniority;
  const wage = (dailyWage + dailySeniority) * days;

  const spousePay = person.married ? share(rates.monthlySpousePay) : 0;
  const benefits = share(rates.monthlyBenefits) + spousePay;
  const insurable = wage + benefits;
  return {
    dailyWage,
    dailySeniority,
    wage,
    benefits,
    spousePay,
    insurable,
    total: insurable + share(rates.minimumDailyWage * childAllowanceDays * person.children),
    workerPremium: percentOf(insurable, premiumPercent.worker),
  };
}
