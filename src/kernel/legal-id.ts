import { compactNumber } from './text.ts';

declare const legalId: unique symbol;
/** A legal person's national id (شناسه ملی): eleven ASCII digits that pass the check-digit rule. */
export type LegalId = string & { readonly [legalId]: true };

const weights = [29, 27, 23, 19, 17];

/** Each of the first ten digits, plus the tenth plus two, is weighted; the sum modulo 11 (10 counts as 0) is the last. */
export function parseLegalId(text: string): LegalId | null {
  const digits = compactNumber(text);
  if (!/^[0-9]{11}$/.test(digits) || digits.slice(3, 9) === '000000') return null;
  const offset = Number(digits[9]) + 2;
  let sum = 0;
  for (let index = 0; index < 10; index += 1) {
    sum += (weights[index % weights.length] ?? 0) * (Number(digits[index]) + offset);
  }
  return (sum % 11) % 10 === Number(digits[10]) ? (digits as LegalId) : null;
}
