import { compactNumber, withoutDashes } from './text.ts';

declare const nationalCode: unique symbol;
/** An Iranian national code (کد ملی): ten ASCII digits, leading zeros kept, that pass the check-digit rule. */
export type NationalCode = string & { readonly [nationalCode]: true };

function toCheckDigit(nineDigits: string): number {
  let sum = 0;
  for (let index = 0; index < 9; index += 1) sum += Number(nineDigits[index]) * (10 - index);
  const remainder = sum % 11;
  return remainder < 2 ? remainder : 11 - remainder;
}

/**
 * Reads a national code in Persian, Arabic or ASCII digits, with or without spaces, dashes and invisible characters.
 * Weighted sum modulo 11; ten equal digits pass that sum but are never issued. The first digits name a
 * birthplace, but the table of places is neither public nor closed, so no prefix is refused.
 */
export function parseNationalCode(text: string): NationalCode | null {
  const digits = withoutDashes(compactNumber(text));
  if (!/^[0-9]{10}$/.test(digits) || /^(.)\1{9}$/.test(digits)) return null;
  return toCheckDigit(digits) === Number(digits[9]) ? (digits as NationalCode) : null;
}

/** The national code that begins with these nine ASCII digits, for sample people; `null` if there is none. */
export function completeNationalCode(nineDigits: string): NationalCode | null {
  return /^[0-9]{9}$/.test(nineDigits) ? parseNationalCode(`${nineDigits}${toCheckDigit(nineDigits)}`) : null;
}
