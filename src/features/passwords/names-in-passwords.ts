import { foldText, splitWords } from '../../kernel/text.ts';
import { foldPassword } from './folded-password.ts';
import { toLatinKeys } from './keyboard.ts';
import { countSpellings, spellingEnds, spellingPlaces } from './name-spellings.ts';
import { persianWords } from './persian-words.ts';
import { type Stretch, wordPlaces } from './words-of-password.ts';

/**
 * A name counts only where it is no accident: of random passwords (letters of both cases and digits) of the same
 * length at most this share is refused for the names of one person, all their spellings together. So three letters
 * of a short password may say the name, and the same three in a long one say nothing.
 */
export const acceptedChance = 1 / 1000;

const letters = 26;
const digits = 10;
const characters = 2 * letters + digits;
/** Fewer remind of nobody. */
const fewestLetters = 3;
/** Letters of a name in Persian so short that it stands in many other words; it counts as a word of its own only. */
const shortNameLetters = 3;

/** One way to look for a name: how many texts of each length would be a hit, and where they would have to stand. */
type Way = Readonly<{
  counts: readonly number[];
  asWord: boolean;
  endsAt(text: string, start: number): Iterable<number>;
}>;

/** How likely `length` random characters at one place are one given text in any case. */
function chanceAnywhere(length: number): number {
  return (2 / characters) ** length;
}

/**
 * How likely they are a given text as a word: capitals, if any, come first; nothing that would belong to the word
 * stands beside it, which an edge of the password makes certain.
 */
function chanceAsWord(length: number, atEdge: boolean): number {
  const otherCaseOrDigit = (letters + digits) / characters;
  const onlyDigit = digits / characters;
  const beside = atEdge ? 1 : otherCaseOrDigit;
  const mixed = (length - 1) * otherCaseOrDigit * beside;
  const oneCase = atEdge ? otherCaseOrDigit + onlyDigit : 2 * onlyDigit * otherCaseOrDigit;
  return (mixed + oneCase) / characters ** length;
}

/** How likely a random password holds a given text of `length`: no less than it really is. */
function toChance(length: number, passwordLength: number, asWord: boolean): number {
  const places = passwordLength - length + 1;
  if (places <= 0) return 0;
  if (!asWord) return places * chanceAnywhere(length);
  if (places === 1) return (length + 1) / characters ** length;
  return (places - 2) * chanceAsWord(length, false) + 2 * chanceAsWord(length, true);
}

/** From how many letters on a hit is no accident, if chance may bring about so much; and how much it does. */
function fewestTelling({ counts, asWord }: Way, passwordLength: number, allowed: number): [number, number] {
  let chance = 0;
  for (let length = counts.length - 1; length >= fewestLetters; length -= 1) {
    const longer = chance + (counts[length] ?? 0) * toChance(length, passwordLength, asWord);
    if (longer > allowed) return [length + 1, chance];
    chance = longer;
  }
  return [fewestLetters, chance];
}

function fixedTexts(texts: readonly string[], asWord: boolean): Way {
  const counts: number[] = [];
  for (const { length } of texts) counts[length] = (counts[length] ?? 0) + 1;
  return {
    counts: Array.from(counts, (count = 0) => count),
    asWord,
    endsAt: (text, start) =>
      texts.filter((item) => text.startsWith(item, start)).map((item) => start + item.length),
  };
}

const knownSpellings = new Map(persianWords.map(({ persian, latin }) => [foldText(persian), latin]));

/** The ways in which a Latin keyboard can write a name, surest first; `typed` is as in the register, `name` folded. */
function toWays(typed: string, name: string): Way[] {
  const isShort = name.length <= shortNameLetters;
  const places = spellingPlaces(name);
  const spelled = {
    counts: countSpellings(places),
    endsAt: (text: string, start: number) => spellingEnds(text, places, start),
  };
  return [
    // With the Latin layout on: مریم becomes lvdl.
    fixedTexts([...new Set([typed.toLowerCase(), name].map(toLatinKeys))], isShort),
    fixedTexts(knownSpellings.get(name) ?? [], true),
    ...(isShort ? [] : [{ ...spelled, asWord: false }]),
    { ...spelled, asWord: true },
  ];
}

function hasWay(text: string, words: readonly Stretch[], way: Way, fewest: number): boolean {
  const isHit = (start: number, mayEndAt: (end: number) => boolean) =>
    [...way.endsAt(text, start)].some((end) => end - start >= fewest && mayEndAt(end));
  if (!way.asWord) return Array.from({ length: text.length }).some((_, start) => isHit(start, () => true));
  const wordEnds = new Set(words.map(({ end }) => end));
  return words.some(({ start }) => isHit(start, (end) => wordEnds.has(end)));
}

function containsInPersian(folded: string, name: string): boolean {
  if (/[a-z]/.test(name)) return false;
  return name.length <= shortNameLetters ? folded.split(/[^\p{L}]+/u).includes(name) : folded.includes(name);
}

/** Tells of a password (as meant) whether it is built on one of these names, in Persian or in Latin letters. */
export function createNameFinder(names: readonly string[]): (password: string) => boolean {
  const typedByName = new Map(names.flatMap(splitWords).map((typed) => [foldText(typed), typed]));
  const parts = Array.from(typedByName, ([name, typed]) => ({ name, ways: toWays(typed, name) }));
  return (password) => {
    const text = foldPassword(password);
    const words = wordPlaces(password);
    return parts.some(({ name, ways }) => {
      if (name.length < 2) return false;
      if (containsInPersian(text, name)) return true;
      let left = acceptedChance / parts.length;
      return ways.some((way, index) => {
        const [fewest, chance] = fewestTelling(way, text.length, left / (ways.length - index));
        left -= chance;
        return hasWay(text, words, way, fewest);
      });
    });
  };
}
