import { toLatinKeys, toPersianKeys } from './keyboard.ts';
import type { Piece } from './piece.ts';
import { longestWord, prefixLength, type WordList } from './word-list.ts';

/** Usual stand-ins for letters, in the two readings that `1` and `7` have. */
const standIns: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
  '+': 't',
};

function replaceStandIns(text: string, others: Readonly<Record<string, string>> = {}): string {
  return text.replace(/[0-9@$!|+]/g, (sign) => others[sign] ?? standIns[sign] ?? sign);
}

/** log10 of how many ways of writing in capitals come before this one: first, last and all are tried at once. */
function capitalsMagnitude(word: string): number {
  const capitals = word.replace(/[^\p{Lu}]/gu, '').length;
  if (capitals === 0) return 0;
  const usual = capitals === word.length || /^\p{Lu}\P{Lu}*$/u.test(word) || /^\P{Lu}*\p{Lu}$/u.test(word);
  return Math.log10(usual ? 2 : 2 ** (1 + Math.min(capitals, word.length - capitals)));
}

function countDifferences(a: string, b: string): number {
  let count = 0;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) count += 1;
  return count;
}

/** Words as `view` shows the text, a text as long as `folded`; each changed character doubles the guesses. */
function* wordsIn(view: string, folded: string, text: string, words: WordList): Generator<Piece> {
  const changed = view !== folded;
  for (let start = 0; start + prefixLength <= view.length; start += 1) {
    if (!words.hasPrefix(view.slice(start, start + prefixLength))) continue;
    const last = Math.min(view.length, start + longestWord);
    for (let end = start + prefixLength; end <= last; end += 1) {
      const word = view.slice(start, end);
      const rank = words.rank(word);
      if (rank === undefined) continue;
      const differences = changed ? countDifferences(word, folded.slice(start, end)) : 0;
      // Found already in the text as it is.
      if (changed && differences === 0) continue;
      const magnitude =
        Math.log10(rank) + capitalsMagnitude(text.slice(start, end)) + differences * Math.log10(2);
      yield { start, end, magnitude };
    }
  }
}

function reversed(text: string): string {
  return text.split('').reverse().join('');
}

/** Words of the list, plain, with stand-ins for letters, typed in the other layout, or backwards. */
export function findWords(text: string, folded: string, words: WordList): Piece[] {
  const pieces = [...wordsIn(folded, folded, text, words)];
  const views = new Set([replaceStandIns(folded), replaceStandIns(folded, { '1': 'l', '7': 'l' })]);
  for (const view of views) pieces.push(...wordsIn(view, folded, text, words));
  // One setting of the keyboard for the whole, not a change at every letter: no charge for each of them.
  for (const view of [toPersianKeys(folded), toLatinKeys(folded)]) {
    if (view !== folded) pieces.push(...wordsIn(view, view, text, words));
  }
  for (const { start, end, magnitude } of wordsIn(
    reversed(folded),
    reversed(folded),
    reversed(text),
    words,
  )) {
    pieces.push({ start: text.length - end, end: text.length - start, magnitude: magnitude + Math.log10(2) });
  }
  return pieces;
}
