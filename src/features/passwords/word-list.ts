import { dictionary } from '@zxcvbn-ts/language-common';
import { foldText } from '../../kernel/text.ts';
import { persianWords } from './persian-words.ts';

export type WordList = Readonly<{
  /** How many guesses in order of frequency reach this word (lower case); `undefined` where it is on no list. */
  rank(word: string): number | undefined;
  /** Whether some listed word begins with these `prefixLength` characters: spares looking up longer ones. */
  hasPrefix(prefix: string): boolean;
  /** Whether the whole of it is a common or breached password (lower case). */
  isCommonPassword(text: string): boolean;
  commonPasswords: number;
}>;

/** Shorter words are no cheaper to guess than their letters. */
export const prefixLength = 3;
/** Longest word that is looked for inside a password; the longest of the lists are few and long already. */
export const longestWord = 20;
/** Rank of every word of a list that is not ordered by frequency: half of its length, as for one drawn at random. */
const unorderedRank = Math.ceil(dictionary['diceware-common'].length / 2);

/**
 * The lists that are shipped: passwords of public breaches by frequency, usual English words, and Persian words in
 * Persian and in Latin letters.
 */
export function createWordList(): WordList {
  const ranks = new Map<string, number>();
  const prefixes = new Set<string>();
  const add = (word: string, rank: number) => {
    if (word.length < prefixLength) return;
    ranks.set(word, Math.min(rank, ranks.get(word) ?? rank));
    prefixes.add(word.slice(0, prefixLength));
  };
  const passwords = dictionary['passwords-common'];
  for (const [index, password] of passwords.entries()) add(password, index + 1);
  const common = new Set(passwords);
  for (const [index, { persian, latin }] of persianWords.entries()) {
    const folded = foldText(persian);
    for (const word of [folded, ...latin]) {
      add(word, index + 1);
      common.add(word);
    }
  }
  for (const word of dictionary['diceware-common']) add(word, unorderedRank);
  return {
    rank: (word) => ranks.get(word),
    hasPrefix: (prefix) => prefixes.has(prefix),
    isCommonPassword: (text) => common.has(text),
    commonPasswords: common.size,
  };
}
