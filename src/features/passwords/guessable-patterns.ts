import { directionBetween, toLatinKeys } from './keyboard.ts';
import type { Piece } from './piece.ts';
import type { WordList } from './word-list.ts';

/** Shorter ones are no cheaper to guess than their characters. */
const shortestPattern = 3;
const keysOfKeyboard = 47;
const neighboursOfKey = 4.6;

/**
 * Stretches in which every step from one character to the next is alike: `stepAt(i)` tells the step from i to
 * i+1, `null` for none.
 */
function* evenStretches(
  length: number,
  stepAt: (index: number) => number | null,
): Generator<[number, number, number]> {
  let start = 0;
  let step: number | null = null;
  for (let index = 0; index < length; index += 1) {
    const next = index + 1 < length ? stepAt(index) : null;
    if (next !== null && next === step) continue;
    if (step !== null && index + 1 - start >= shortestPattern) yield [start, index + 1, step];
    start = index;
    step = next;
  }
}

const alphabets = [
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی',
  'ابجدهوزحطیکلمنسعفصقرشتثخذضظغ',
];
const obviousStarts = new Set(['a', 'z', 'ا', 'ی', '0', '1', '9']);

/** 1234, abcd, 97531, ابپت: equal steps of up to five through an alphabet, either way. */
export function findSequences(folded: string): Piece[] {
  const pieces: Piece[] = [];
  for (const alphabet of alphabets) {
    const stepAt = (index: number): number | null => {
      const from = alphabet.indexOf(folded[index] ?? '\0');
      const to = alphabet.indexOf(folded[index + 1] ?? '\0');
      const step = to - from;
      return from >= 0 && to >= 0 && step !== 0 && Math.abs(step) <= 5 ? step : null;
    };
    for (const [start, end, step] of evenStretches(folded.length, stepAt)) {
      const starts = obviousStarts.has(folded[start] ?? '') ? 4 : alphabet.length;
      pieces.push({
        start,
        end,
        magnitude: Math.log10(starts * Math.abs(step) * (step < 0 ? 2 : 1) * (end - start)),
      });
    }
  }
  return pieces;
}

/** qwerty, 1qaz, یبلات: neighbouring keys, in either layout; each turn multiplies the guesses. */
export function findWalks(folded: string): Piece[] {
  const keys = toLatinKeys(folded);
  const pieces: Piece[] = [];
  let start = 0;
  let turns = 0;
  let direction: number | null = null;
  for (let index = 0; index < keys.length; index += 1) {
    const next = directionBetween(keys[index] ?? '', keys[index + 1] ?? '');
    if (next !== null) {
      if (next !== direction) turns += 1;
      direction = next;
      continue;
    }
    const length = index + 1 - start;
    if (length >= shortestPattern) {
      const magnitude = Math.log10(keysOfKeyboard * length) + turns * Math.log10(neighboursOfKey);
      pieces.push({ start, end: index + 1, magnitude });
    }
    start = index + 1;
    turns = 0;
    direction = null;
  }
  return pieces;
}

const longestPeriod = 16;

/** aaaa, abcabc, Ali1Ali1: a block as often as it comes. The block costs its characters, or its rank as a word. */
export function findRepeats(folded: string, words: WordList): Piece[] {
  const pieces: Piece[] = [];
  for (let period = 1; period <= longestPeriod && period * 2 <= folded.length; period += 1) {
    let equal = 0;
    for (let index = period; index <= folded.length; index += 1) {
      if (index < folded.length && folded[index] === folded[index - period]) {
        equal += 1;
        continue;
      }
      const start = index - equal - period;
      const length = equal + period;
      if (equal >= period && length >= shortestPattern) {
        const rank = words.rank(folded.slice(start, start + period)) ?? 10 ** period;
        const guesses = Math.min(rank, 10 ** period) * Math.ceil(length / period);
        pieces.push({ start, end: index, magnitude: Math.log10(guesses) });
      }
      equal = 0;
    }
  }
  return pieces;
}

/** Years that people remember, of births, weddings and the present: about a hundred in both calendars. */
const magnitudeOfYear = 2;
/** A day of about a hundred years. */
const magnitudeOfDate = Math.log10(100 * 365);
const year = '(?:1[34][0-9]{2}|19[0-9]{2}|20[0-9]{2})';
// Two digits before one: an alternation takes the first that fits.
const month = '(?:1[0-2]|0?[1-9])';
const day = '(?:[12][0-9]|3[01]|0?[1-9])';
const dates: readonly RegExp[] = [
  new RegExp(`${year}([-/._ ]?)${month}\\1${day}`, 'g'),
  new RegExp(`${day}([-/._ ]?)${month}\\1${year}`, 'g'),
  /[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])/g,
  /(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}/g,
];
const years = new RegExp(year, 'g');

/** Years and days of the Jalali and the Gregorian calendar. */
export function findDates(folded: string): Piece[] {
  const pieces: Piece[] = [];
  const collect = (pattern: RegExp, magnitude: number) => {
    for (const { index, 0: found } of folded.matchAll(pattern)) {
      pieces.push({ start: index, end: index + found.length, magnitude });
    }
  };
  collect(years, magnitudeOfYear);
  for (const date of dates) collect(date, magnitudeOfDate);
  return pieces;
}
