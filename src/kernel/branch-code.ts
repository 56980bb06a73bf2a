import { compactNumber } from './text.ts';

declare const branchCode: unique symbol;
/** A branch of the organisation (کد شعبه): exactly four ASCII digits as text, leading zeros kept. */
export type BranchCode = string & { readonly [branchCode]: true };

export function parseBranchCode(text: string): BranchCode | null {
  const digits = compactNumber(text);
  return /^[0-9]{4}$/.test(digits) ? (digits as BranchCode) : null;
}
