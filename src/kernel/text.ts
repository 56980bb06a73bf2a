/** Longest code or number worth looking at, in UTF-16 units; whatever is longer is not one. */
const longestNumber = 64;

/** Persian (U+06F0–06F9) and Arabic (U+0660–0669) digits as ASCII digits; everything else stays. */
export function toAsciiDigits(text: string): string {
  // The value of a digit of either script is the low half of its code point.
  return text.replace(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) & 0x0f));
}

/**
 * A number as people type and paste it, reduced to its characters: the three digit scripts become ASCII;
 * white space, ZWNJ, direction marks and whatever else shows nothing on a screen go. Hostile lengths give ''.
 */
export function compactNumber(text: string): string {
  if (text.length > longestNumber) return '';
  if (/^[0-9]*$/.test(text)) return text;
  return toAsciiDigits(text).replace(/[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
}

const zeroWidthNonJoiner = /\u200C/g;
const otherInvisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Madda and hamza signs: what is left of آ أ إ ۀ once the letter under them has been folded. */
const hamzaSigns = /[\u0653-\u0655]/g;

const letterFolds: Readonly<Record<string, string>> = {
  ي: 'ی',
  ك: 'ک',
  ة: 'ه',
  ۀ: 'ه',
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
};

/**
 * Text for matching names and security answers; the raw text is what is kept and shown. NFKC; the Arabic
 * forms of Persian letters become the Persian ones; digits become ASCII; ZWNJ and runs of white space become
 * one space; trimmed; case-folded. Folding twice is folding once.
 */
export function foldText(text: string): string {
  return (
    toAsciiDigits(
      text
        .replace(zeroWidthNonJoiner, ' ')
        .replace(otherInvisible, '')
        .normalize('NFKC')
        .replace(/[يكةۀأإآ]/g, (letter) => letterFolds[letter] ?? letter)
        .replace(hamzaSigns, ''),
    )
      // Lower, upper, lower: nearest to Unicode case folding (ẞ, ß and SS meet), and stable when repeated.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKC')
      .replace(/\p{White_Space}+/gu, ' ')
      .trim()
  );
}
