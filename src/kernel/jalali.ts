import { isLeapJalaaliYear, jalaaliMonthLength, toGregorian, toJalaali } from 'jalaali-js';
import type { Locale } from './locale.ts';
import { compactNumber } from './text.ts';

/** A month of the Jalali calendar, e.g. `{ year: 1404, month: 8 }`; months count from 1. */
export type JalaliMonth = Readonly<{ year: number; month: number }>;
export type JalaliDate = Readonly<{ year: number; month: number; day: number }>;

/** Years in which a date is believed: older ones are typing errors, for nobody insured was born before. */
export const firstJalaliYear = 1200;
export const lastJalaliYear = 1599;

const monthNames: Readonly<Record<Locale, readonly string[]>> = {
  fa: ['فروردین', 'اردیبهشت', 'خرداد', 'تیر', 'مرداد', 'شهریور', 'مهر', 'آبان', 'آذر', 'دی', 'بهمن', 'اسفند'],
  en: [
    'Farvardin',
    'Ordibehesht',
    'Khordad',
    'Tir',
    'Mordad',
    'Shahrivar',
    'Mehr',
    'Aban',
    'Azar',
    'Dey',
    'Bahman',
    'Esfand',
  ],
};

export function jalaliMonthName(month: number, locale: Locale): string {
  const name = monthNames[locale][month - 1];
  if (name === undefined) throw new RangeError(`A year has no month ${month}`);
  return name;
}

/** Days in a year: 365 or 366. */
export function daysInJalaliYear(year: number): number {
  return isLeapJalaaliYear(year) ? 366 : 365;
}

/** Days in a month: six of 31, five of 30, Esfand 29 or 30. */
export function daysInJalaliMonth({ year, month }: JalaliMonth): number {
  return jalaaliMonthLength(year, month);
}

export function isJalaliMonth({ year, month }: JalaliMonth): boolean {
  return (
    Number.isInteger(year) &&
    Number.isInteger(month) &&
    year >= firstJalaliYear &&
    year <= lastJalaliYear &&
    month >= 1 &&
    month <= 12
  );
}

export function isJalaliDate(date: JalaliDate): boolean {
  return (
    isJalaliMonth(date) && Number.isInteger(date.day) && date.day >= 1 && date.day <= daysInJalaliMonth(date)
  );
}

/** Months since year 0, so that a span of months is a subtraction. */
export function jalaliMonthIndex({ year, month }: JalaliMonth): number {
  return year * 12 + month - 1;
}

export function jalaliMonthAt(index: number): JalaliMonth {
  const year = Math.floor(index / 12);
  return { year, month: index - year * 12 + 1 };
}

export function addJalaliMonths(month: JalaliMonth, count: number): JalaliMonth {
  return jalaliMonthAt(jalaliMonthIndex(month) + count);
}

/** Negative, zero or positive, as `Array.prototype.sort` expects. */
export function compareJalaliMonths(a: JalaliMonth, b: JalaliMonth): number {
  return jalaliMonthIndex(a) - jalaliMonthIndex(b);
}

export function compareJalaliDates(a: JalaliDate, b: JalaliDate): number {
  return compareJalaliMonths(a, b) || a.day - b.day;
}

/**
 * Reads `YYYYMMDD`, or year, month and day between `-`, `/` or `.`, in any digit script; `null` for a day that does not
 * exist.
 */
export function parseJalaliDate(text: string): JalaliDate | null {
  const parts = /^([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2}))$/.exec(
    compactNumber(text),
  );
  if (parts === null) return null;
  const [, year, , month, day, plainMonth, plainDay] = parts;
  const date = { year: Number(year), month: Number(month ?? plainMonth), day: Number(day ?? plainDay) };
  return isJalaliDate(date) ? date : null;
}

/** Reads a year and a month between `-` or `/`, in any digit script; `null` for what is no month. */
export function parseJalaliMonth(text: string): JalaliMonth | null {
  const parts = /^([0-9]{4})[-/]([0-9]{1,2})$/.exec(compactNumber(text));
  const month = { year: Number(parts?.[1]), month: Number(parts?.[2]) };
  return isJalaliMonth(month) ? month : null;
}

function isoDate(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** `YYYY-MM-DD`, Jalali. */
export function formatJalaliDate({ year, month, day }: JalaliDate): string {
  return isoDate(year, month, day);
}

/** The Gregorian day of a Jalali one, as ISO `YYYY-MM-DD`. */
export function jalaliToGregorian({ year, month, day }: JalaliDate): string {
  const { gy, gm, gd } = toGregorian(year, month, day);
  return isoDate(gy, gm, gd);
}

/** The Jalali day of a Gregorian one given as ISO `YYYY-MM-DD`; `null` for what is not such a day. */
export function gregorianToJalali(iso: string): JalaliDate | null {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(iso);
  if (parts === null) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  // The library carries 31 June over into July; a date that does not come back as itself never existed.
  const utc = new Date(Date.UTC(year, month - 1, day));
  if (Number.isNaN(utc.getTime()) || utc.toISOString().slice(0, 10) !== iso) return null;
  const { jy, jm, jd } = toJalaali(year, month, day);
  const date = { year: jy, month: jm, day: jd };
  return isJalaliDate(date) ? date : null;
}
