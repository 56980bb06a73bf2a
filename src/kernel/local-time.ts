import { gregorianToJalali } from './jalali.ts';
import { type Locale, toPersianDigits } from './locale.ts';

const tehran = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Tehran',
  dateStyle: 'short',
  timeStyle: 'short',
  hourCycle: 'h23',
});

/** The clock in Iran: `۱۲:۳۰` or `12:30`. */
export function localClock(instant: Date, locale: Locale): string {
  const [, time = ''] = tehran.format(instant).split(', ');
  return locale === 'fa' ? toPersianDigits(time) : time;
}

/** An instant as people in Iran read it: `۱۴۰۴/۰۹/۰۱ ساعت ۱۲:۳۰`, or `2025-11-22 at 12:30 (Tehran)`. */
export function localTime(instant: Date, locale: Locale): string {
  const [date = '', time = ''] = tehran.format(instant).split(', ');
  if (locale === 'en') return `${date} at ${time} (Tehran)`;
  const jalali = gregorianToJalali(date);
  if (jalali === null) throw new RangeError('an instant outside the Jalali calendar');
  const day = [jalali.year, jalali.month, jalali.day].map((part) => String(part).padStart(2, '0')).join('/');
  return toPersianDigits(`${day} ساعت ${time}`);
}
