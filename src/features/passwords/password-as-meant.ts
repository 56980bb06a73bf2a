import { toAsciiDigits } from '../../kernel/text.ts';

const unseenAtEnds =
  /^[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]+|[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/gu;

/**
 * A password as it was meant, for judging, hashing and comparing alike: NFC; what a keyboard or a clipboard adds
 * unseen does not count, which is white space and direction marks at the ends; and the same keys give the same
 * password with the Persian, the Arabic and the Latin keyboard on where they are digits. It is the same in every
 * policy, so that another policy makes no password wrong. For texts of at most `longestSecret`.
 */
export function passwordAsMeant(typed: string): string {
  return toAsciiDigits(typed.normalize('NFC').replace(unseenAtEnds, ''));
}
