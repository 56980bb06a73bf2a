import { compactNumber, withoutDashes } from './text.ts';

declare const insuranceNumber: unique symbol;
/** A social-insurance number (شماره بیمه): eight or ten ASCII digits, not all of them zero, as text with its zeros. */
export type InsuranceNumber = string & { readonly [insuranceNumber]: true };

/** `null` also for zeros alone: programs fill them in for who has no number yet, so they name nobody. */
export function parseInsuranceNumber(text: string): InsuranceNumber | null {
  const digits = withoutDashes(compactNumber(text));
  return /^(?!0+$)(?:[0-9]{8}|[0-9]{10})$/.test(digits) ? (digits as InsuranceNumber) : null;
}
