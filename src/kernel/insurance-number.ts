import { compactNumber } from './text.ts';

declare const insuranceNumber: unique symbol;
/** A social-insurance number (شماره بیمه): eight or ten ASCII digits as text, leading zeros kept. */
export type InsuranceNumber = string & { readonly [insuranceNumber]: true };

export function parseInsuranceNumber(text: string): InsuranceNumber | null {
  const digits = compactNumber(text);
  return /^(?:[0-9]{8}|[0-9]{10})$/.test(digits) ? (digits as InsuranceNumber) : null;
}
