import { toAsciiDigits } from '../../kernel/text.ts';

const persianForms: Readonly<Record<string, string>> = {
  ي: 'ی',
  ى: 'ی',
  ئ: 'ی',
  ك: 'ک',
  ة: 'ه',
  ۀ: 'ه',
  ھ: 'ه',
  ہ: 'ه',
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ٱ: 'ا',
  ؤ: 'و',
};

/**
 * A password as its guessers see it: without case, digits in one script, letters in one form. As long as the
 * text itself, so that places in one are places in the other (foldText of the kernel may shorten).
 */
export function foldPassword(text: string): string {
  // U+0130 is the only character whose lower case is longer.
  const lower = text.replaceAll('\u0130', 'i').toLowerCase();
  return toAsciiDigits(lower).replace(/[يىئكةۀھہأإآٱؤ]/g, (letter) => persianForms[letter] ?? letter);
}
