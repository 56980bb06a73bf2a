import { foldPassword } from './folded-password.ts';
import { findDates, findRepeats, findSequences, findWalks } from './guessable-patterns.ts';
import { findWords } from './guessable-words.ts';
import type { Piece } from './piece.ts';
import type { WordList } from './word-list.ts';

/** 0 to 4, the bands of zxcvbn: below 10³, 10⁶, 10⁸, 10¹⁰ guesses, and above. */
export type Score = 0 | 1 | 2 | 3 | 4;

/** UTF-16 units that are looked at. The rest only adds guesses, so what is left out is never a reason to accept. */
export const longestAnalysed = 64;
/** A character that belongs to no pattern: ten guesses, log10. Real alphabets are larger, people's choices are not. */
const magnitudePerCharacter = 1;
/** Guessers do not know where one piece ends and the next begins: each join makes twice the guesses. */
const magnitudePerJoin = Math.log10(2);

/**
 * log10 of the guesses that reach a password: the cheapest way to put it together from words, keyboard walks,
 * sequences, repetitions, dates and single characters.
 *
 * The method is zxcvbn's (D. Wheeler, USENIX Security 2016), computed in time linear in the length, with Persian
 * words, layout and calendar. zxcvbn itself takes milliseconds for 8 characters and hundreds of them for 64.
 */
export function guessMagnitude(password: string, words: WordList): number {
  const text = password.slice(0, longestAnalysed);
  const folded = foldPassword(text);
  const pieces = [
    ...findWords(text, folded, words),
    ...findWalks(folded),
    ...findSequences(folded),
    ...findRepeats(folded, words),
    ...findDates(folded),
  ];
  return cheapestCover(folded.length, pieces);
}

function cheapestCover(length: number, pieces: readonly Piece[]): number {
  const endingAt = Map.groupBy(pieces, ({ end }) => end);
  // Cheapest cover of the first `n` characters whose last piece is a pattern, or is a run of single characters.
  const withPattern = [0];
  const withSingles = [0];
  for (let end = 1; end <= length; end += 1) {
    withSingles[end] = Math.min(
      (withSingles[end - 1] ?? 0) + magnitudePerCharacter,
      (withPattern[end - 1] ?? 0) + magnitudePerCharacter + (end > 1 ? magnitudePerJoin : 0),
    );
    withPattern[end] = Number.POSITIVE_INFINITY;
    for (const { start, magnitude } of endingAt.get(end) ?? []) {
      const before = Math.min(withPattern[start] ?? 0, withSingles[start] ?? 0);
      const cost = before + magnitude + (start > 0 ? magnitudePerJoin : 0);
      withPattern[end] = Math.min(withPattern[end] ?? cost, cost);
    }
  }
  return Math.min(withPattern[length] ?? 0, withSingles[length] ?? 0);
}

export function toScore(magnitude: number): Score {
  if (magnitude < 3) return 0;
  if (magnitude < 6) return 1;
  if (magnitude < 8) return 2;
  return magnitude < 10 ? 3 : 4;
}
