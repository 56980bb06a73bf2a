import { compactNumber } from './text.ts';

declare const mobile: unique symbol;
/** An Iranian mobile number in E.164: `+989xxxxxxxxx`. One number has one form, and so one account and quota. */
export type Mobile = string & { readonly [mobile]: true };

/**
 * Reads `09…`, `9…`, `98…`, `+98…` and `0098…` (also with the trunk zero kept, `+98 0912…`), in any of the
 * three digit scripts, with blanks, dashes, dots or parentheses. Operators' prefixes are not looked at: they change, and numbers are portable.
 */
export function parseMobile(text: string): Mobile | null {
  const subscriber = /^(?:(?:\+|00)?98)?0?(9[0-9]{9})$/.exec(compactNumber(text).replace(/[-().]/g, ''))?.[1];
  return subscriber === undefined ? null : (`+98${subscriber}` as Mobile);
}

/** What may be shown of a number: `0912•••4567`. */
export function maskMobile(number: Mobile): string {
  return `0${number.slice(3, 6)}•••${number.slice(-4)}`;
}
