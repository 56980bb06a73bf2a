import { compactNumber } from './text.ts';

declare const workshopCode: unique symbol;
/** A workshop's code (کد کارگاه): exactly ten ASCII digits as text, leading zeros kept. */
export type WorkshopCode = string & { readonly [workshopCode]: true };

export function parseWorkshopCode(text: string): WorkshopCode | null {
  const digits = compactNumber(text);
  return /^[0-9]{10}$/.test(digits) ? (digits as WorkshopCode) : null;
}
