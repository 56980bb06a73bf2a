import { IntlMessageFormat } from 'intl-messageformat';
import { type Locale, locale } from './locale.ts';

/** Texts of one page or component in every language, as ICU messages: a key of one is a key of each. */
export type Texts<Key extends string> = Readonly<Record<Locale, Readonly<Record<Key, string>>>>;

export type Values = Readonly<Record<string, string | number | Date>>;

/** Keeps the keys as types: `t('titel')` does not compile. */
export function defineTexts<const Key extends string>(
  fa: Readonly<Record<Key, string>>,
  en: Readonly<Record<NoInfer<Key>, string>>,
): (key: Key, values?: Values) => string {
  const texts: Texts<Key> = { fa, en };
  const formats = new Map<Key, IntlMessageFormat>();
  return (key, values) => {
    const format = formats.get(key) ?? new IntlMessageFormat(texts[locale][key], language);
    formats.set(key, format);
    return String(format.format(values));
  };
}

/** Jalali calendar and Persian digits in Persian. */
const language = locale === 'fa' ? 'fa-IR' : 'en-GB';

const number = new Intl.NumberFormat(language);
export const formatNumber = (value: number): string => number.format(value);

/** Persian digits in Persian; codes and numbers to type keep theirs. */
export const localiseDigits = (text: string): string =>
  locale === 'fa' ? text.replace(/\d/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'.charAt(Number(digit))) : text;

/** `1:05` */
export function formatSeconds(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return localiseDigits(`${minutes}:${String(seconds % 60).padStart(2, '0')}`);
}

const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
export const formatTime = (instant: string | number): string => clock.format(new Date(instant));

const calendar = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
export const formatDay = (instant: string): string => calendar.format(new Date(instant));

const monthNames = {
  fa: ['فروردین', 'اردیبهشت', 'خرداد', 'تیر', 'مرداد', 'شهریور', 'مهر', 'آبان', 'آذر', 'دی', 'بهمن', 'اسفند'],
  en: [
    ...['Farvardin', 'Ordibehesht', 'Khordad', 'Tir', 'Mordad', 'Shahrivar'],
    ...['Mehr', 'Aban', 'Azar', 'Dey', 'Bahman', 'Esfand'],
  ],
};

export type JalaliMonth = Readonly<{ year: number; month: number }>;
export const formatMonthName = (month: number): string => monthNames[locale][month - 1] ?? '';
export const formatMonth = ({ year, month }: JalaliMonth): string =>
  `${formatMonthName(month)} ${localiseDigits(String(year))}`;

/** `192.0.2.0/24` as people know addresses: `192.0.2.x`; of the newer kind its first half. Reads from the left. */
export const formatNetwork = (network: string): string =>
  `\u2068${network.replace(/\.0\/24$/, '.x').replace(/::\/48$/, ':x')}\u2069`;
