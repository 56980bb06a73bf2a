import { equalInConstantTime, type Keyring, type Mac } from './keyring.ts';
import { compactNumber, toAsciiDigits, toHalfWidth } from './text.ts';

/** Digits of a code sent by SMS or e-mail. */
export const codeLength = 6;
const codeCount = 10 ** codeLength;
/** Largest multiple of 10⁶ below 2³²: values above it would make some codes likelier than others. */
const unbiasedLimit = Math.floor(2 ** 32 / codeCount) * codeCount;

/** Longest text that a code is looked for in: the whole message, in UTF-16 units. */
export const longestCodeText = 500;
/** Six digits on their own or in two halves; what is part of a longer number, a word or an address is none. */
const codeInText = /(?<![\p{L}\p{N}.:/]|\p{N}[- ])(\d{3})[- ]?(\d{3})(?![\p{L}\p{N}]|[-.:/ ]\p{N})/gu;

/**
 * The code as it was meant, in whatever digits, with blanks or a dash in it, or with the message around it that it came
 * in; `null` unless there is exactly one in the text.
 */
export function parseCode(text: string): string | null {
  if (text.length > longestCodeText) return null;
  const alone = compactNumber(text).replaceAll('-', '');
  if (/^\d{6}$/.test(alone)) return alone;
  const shown = toAsciiDigits(toHalfWidth(text.replace(/\p{Cf}/gu, '')))
    .replace(/\p{Pd}/gu, '-')
    .replace(/\p{Zs}/gu, ' ');
  const found = new Set(Array.from(shown.matchAll(codeInText), ([, first, second]) => `${first}${second}`));
  const [code = null] = found;
  return found.size === 1 ? code : null;
}

export type CodePurpose = 'registration' | 'recovery' | 'contact-change' | 'sign-in';

function codeFrom(mac: Mac, challengeId: string): string {
  for (let round = 0; ; round += 1) {
    const bytes = mac(challengeId, String(round));
    for (let offset = 0; offset < bytes.length; offset += 4) {
      const value = bytes.readUInt32BE(offset);
      if (value < unbiasedLimit) return String(value % codeCount).padStart(codeLength, '0');
    }
  }
}

/**
 * The code of a challenge: a keyed function of its id, so that neither the database nor the queue ever
 * holds it, a resend is the same code and a new challenge a new one.
 */
export function deriveCode(keyring: Keyring, purpose: CodePurpose, challengeId: string): string {
  return codeFrom(keyring.issue(`code/${purpose}`), challengeId);
}

/** Whether `code` (ASCII digits) is the challenge's, under any key of the ring; the time does not tell how wrong it is. */
export function isCodeOf(keyring: Keyring, purpose: CodePurpose, challengeId: string, code: string): boolean {
  let accepted = false;
  for (const mac of keyring.accept(`code/${purpose}`)) {
    const expected = codeFrom(mac, challengeId);
    if (equalInConstantTime(Buffer.from(expected), Buffer.from(code))) accepted = true;
  }
  return accepted;
}
