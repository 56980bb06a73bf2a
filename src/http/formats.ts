import { parseEmail } from '../kernel/email-address.ts';
import {
  idempotencyKeyMaxCharacters,
  idempotencyKeyMinCharacters,
  isIdempotencyKey,
} from '../kernel/idempotency-key.ts';
import { parseInsuranceNumber } from '../kernel/insurance-number.ts';
import { parseJalaliDate, parseJalaliMonth } from '../kernel/jalali.ts';
import { type Localised, toPersianDigits } from '../kernel/locale.ts';
import { parseMobile } from '../kernel/mobile.ts';
import { parseNationalCode } from '../kernel/national-code.ts';
import { parseCode } from '../kernel/one-time-code.ts';
import { parseWorkshopCode } from '../kernel/workshop-code.ts';

export type TextFormat = Readonly<{
  accepts(text: string): boolean;
  /**
   * What the contract says of it, to programs that know no such format: it lets through whatever is accepted, and no
   * check digit or calendar is in it. It has no look-around and no classes by name, and is about the whole text, so that
   * engines of every language read it alike. Standard formats that programs know by name have none.
   */
  pattern?: string;
  /** What a field error calls it, where that is not the format's name. */
  code?: string;
  /** Of the field error. */
  detail: Localised;
}>;

/** Where digits begin in the scripts that they are read in: Latin, Arabic, Persian, full width. */
const zeros = [0x30, 0x660, 0x6f0, 0xff10];

/** Digits from one to another in every script, as a part of a class. */
const range = (first: number, last: number) =>
  zeros.map((zero) => `${String.fromCharCode(zero + first)}-${String.fromCharCode(zero + last)}`).join('');
/** Whatever may stand beside digits: blanks, dashes, marks that show nothing; no Latin letter. */
const gap = `[^${range(0, 9)}A-Za-z]*`;
/** One digit, of these, and what stands after it. */
const digit = (first: number, last = first) => `[${range(first, last)}]${gap}`;
const digits = (count: string) => `(?:${digit(0, 9)}){${count}}`;
/** The first half of a year in which a date is believed. */
const century = digit(1) + digit(2, 5);
const anything = '[\\s\\S]*';

/** Formats of the field, so that a bad value is one localised field error like any other. */
export const textFormats: Readonly<Record<string, TextFormat>> = {
  'national-code': {
    accepts: (text) => parseNationalCode(text) !== null,
    pattern: `^${gap}${digits('10')}$`,
    detail: {
      fa: 'کد ملی درست نیست؛ ده رقم آن را از روی کارت وارد کنید.',
      en: 'The national code is not valid; enter its ten digits.',
    },
  },
  'insurance-number': {
    accepts: (text) => parseInsuranceNumber(text) !== null,
    pattern: `^${gap}${digits('8')}(?:${digits('2')})?$`,
    detail: { fa: 'شمارهٔ بیمه درست نیست.', en: 'The insurance number is not valid.' },
  },
  'iran-mobile': {
    accepts: (text) => parseMobile(text) !== null,
    pattern: `^${gap}(?:(?:${digit(0)}${digit(0)})?${digit(9)}${digit(8)})?(?:${digit(0)})?${digit(9)}${digits('9')}$`,
    detail: {
      fa: 'شمارهٔ همراه درست نیست؛ نمونه: 09121234567',
      en: 'The mobile number is not valid; an example: 09121234567',
    },
  },
  // Not `email`, by which programs check for ASCII alone: domains of any script are taken, and digits of any keyboard.
  'idn-email': {
    accepts: (text) => parseEmail(text) !== null,
    pattern: '^[^@＠]+[@＠][^@＠]+[.．][^@＠]+$',
    code: 'email',
    detail: { fa: 'نشانی ایمیل درست نیست.', en: 'The e-mail address is not valid.' },
  },
  'one-time-code': {
    accepts: (text) => parseCode(text) !== null,
    pattern: `^${anything}${digits('6')}${anything}$`,
    detail: { fa: 'کد باید شش رقم باشد.', en: 'The code must be six digits.' },
  },
  'jalali-date': {
    accepts: (text) => parseJalaliDate(text) !== null,
    pattern: `^${gap}${century}${digits('4,6')}$`,
    detail: {
      fa: 'تاریخ شمسی درست نیست؛ نمونه: 1370-01-15',
      en: 'Not a valid Jalali date; an example: 1370-01-15',
    },
  },
  'jalali-month': {
    accepts: (text) => parseJalaliMonth(text) !== null,
    pattern: `^${gap}${century}${digits('3,4')}$`,
    detail: {
      fa: 'سال و ماه شمسی درست نیست؛ نمونه: 1404-08',
      en: 'Not a valid Jalali month; an example: 1404-08',
    },
  },
  'workshop-code': {
    accepts: (text) => parseWorkshopCode(text) !== null,
    pattern: `^${gap}${digits('10')}$`,
    detail: { fa: 'کد کارگاه ده رقم است.', en: 'A workshop code has ten digits.' },
  },
  'idempotency-key': {
    accepts: isIdempotencyKey,
    pattern: `^[!-~]{${idempotencyKeyMinCharacters},${idempotencyKeyMaxCharacters}}$`,
    detail: {
      fa: `این کلید باید تصادفی و دست‌کم ${toPersianDigits(String(idempotencyKeyMinCharacters))} کاراکتر ASCII باشد.`,
      en: `The key must be random, at least ${idempotencyKeyMinCharacters} characters of printable ASCII.`,
    },
  },
  // Of half a surrogate pair no text can be kept.
  'text-with-letters': {
    accepts: (text) => /^\P{Cs}*\p{L}\P{Cs}*$/u.test(text),
    pattern: `^${anything}[^\\x00-\\x40\\x5B-\\x60\\x7B-\\x7F]${anything}$`,
    detail: { fa: 'دست‌کم یک حرف لازم است.', en: 'At least one letter is needed.' },
  },
  uuid: {
    // The usual validators take `urn:uuid:…` too, which is no id of the database's.
    accepts: (text) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text),
    detail: { fa: 'شناسه درست نیست.', en: 'The id is not valid.' },
  },
};
