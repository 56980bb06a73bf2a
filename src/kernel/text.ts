/** Longest code or number worth looking at, in UTF-16 units; whatever is longer is not one. */
const longestNumber = 64;

/** Persian (U+06F0–06F9) and Arabic (U+0660–0669) digits as ASCII digits; everything else stays. */
export function toAsciiDigits(text: string): string {
  // The value of a digit of either script is the low half of its code point.
  return text.replace(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) & 0x0f));
}

/** Full-width forms (U+FF01–FF5E), digits and signs, as the ASCII characters that they stand for; everything else stays. */
export function toHalfWidth(text: string): string {
  return text.replace(/[\uFF01-\uFF5E]/g, (form) => String.fromCharCode(form.charCodeAt(0) - 0xfee0));
}

/**
 * A number as people type and paste it, reduced to its characters: the three digit scripts and full width become ASCII,
 * and every dash `-`; white space, ZWNJ, direction marks and whatever else shows nothing on a screen go. Hostile
 * lengths give ''.
 */
export function compactNumber(text: string): string {
  if (text.length > longestNumber) return '';
  if (/^[0-9]*$/.test(text)) return text;
  return toAsciiDigits(toHalfWidth(text))
    .replace(/[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[\p{Pd}\u2212]/gu, '-');
}

/** White space, joiners, direction marks, and whatever else shows nothing on a screen. */
const invisible = /[\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
/** Harakat, tashdid, tanwin, madda, hamza above and below, and accents of Latin letters. */
const marks = /[\p{M}&&[\p{Script=Inherited}\p{Script=Arabic}]]+/gv;
/** خانه‌ی and خانه ی are how some write خانهٔ. */
const ezafe = /ه[\p{White_Space}\u200C]+ی(?!\p{L})/gu;
/** Punctuation, accents that stand alone, tatweel and a hamza that stands alone (زهراء is زهرا). */
const passedOver = /[\p{P}\p{Sk}\u0640\u0621]+/gu;

const letterFolds: Readonly<Record<string, string>> = {
  ي: 'ی',
  ى: 'ی',
  ې: 'ی',
  ے: 'ی',
  ك: 'ک',
  ڪ: 'ک',
  ة: 'ه',
  ۃ: 'ه',
  ە: 'ه',
  ھ: 'ه',
  ہ: 'ه',
  ٱ: 'ا',
  // Which of the two a capital becomes hangs on its neighbours.
  ς: 'σ',
};

function foldForms(text: string): string {
  return text
    .normalize('NFKD')
    .replace(marks, '')
    .replace(/[يىېےكڪةۃەھہٱς]/g, (letter) => letterFolds[letter] ?? letter);
}

/**
 * Text for matching names and security answers; the raw text is what is kept and shown. Two texts that look the
 * same to a person fold to the same: the forms of a letter (ي ى ئ ی, ك ک, ة ۀ ه, أ آ ا, ؤ و), compatibility forms,
 * accents and harakat, case, digits of the three scripts, punctuation, and how words are joined or set apart
 * (می‌خانه, می خانه, میخانه). Folding twice is folding once.
 */
export function foldText(text: string): string {
  const cased = foldForms(text)
    .replace(ezafe, 'ه')
    // Lower, upper, lower: nearest to Unicode case folding (ẞ, ß and SS meet), and stable when repeated.
    .toLowerCase()
    .toUpperCase()
    .toLowerCase();
  return toAsciiDigits(foldForms(cased)).replace(invisible, '').replace(passedOver, '').normalize('NFKC');
}

/** The words of a text as it was typed: between white space, ZWNJ and punctuation. Not folded; none is empty. */
export function splitWords(text: string): string[] {
  return text.split(/[^\p{L}\p{N}\p{M}\u0640]+/u).filter((word) => word !== '');
}

/** Without the dashes that people and cards set between digits: `049-937089-9`. For what `compactNumber` gives. */
export function withoutDashes(number: string): string {
  return number.replace(/(?<=[0-9])-(?=[0-9])/g, '');
}
