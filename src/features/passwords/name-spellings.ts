import { foldPassword } from './folded-password.ts';

/**
 * How letters of Persian names are written in Latin letters. No spelling is official: علی is Ali or Aly, حسین
 * Hossein, Hosein, Husain. `''` means that the letter may be left out.
 */
const spellings: Readonly<Record<string, readonly string[]>> = {
  ا: ['a', 'aa', 'o', 'e', 'i', 'u', ''],
  ب: ['b'],
  پ: ['p'],
  ت: ['t'],
  ث: ['s', 'th'],
  ج: ['j', 'g', 'dj'],
  چ: ['ch', 'c'],
  ح: ['h'],
  خ: ['kh', 'x', 'k'],
  د: ['d'],
  ذ: ['z'],
  ر: ['r'],
  ز: ['z'],
  ژ: ['zh', 'j', 'g'],
  س: ['s', 'c'],
  ش: ['sh', 's'],
  ص: ['s'],
  ض: ['z'],
  ط: ['t'],
  ظ: ['z'],
  ع: ['a', 'e', 'o', ''],
  غ: ['gh', 'q', 'g'],
  ف: ['f', 'ph'],
  ق: ['gh', 'q', 'g'],
  ک: ['k', 'c', 'ck'],
  گ: ['g'],
  ل: ['l'],
  م: ['m'],
  ن: ['n'],
  و: ['v', 'w', 'o', 'u', 'oo', 'ou'],
  ه: ['h', 'e', 'eh', 'a', 'ah'],
  ی: ['i', 'y', 'ee', 'ie', 'ey', 'ei', 'ay', 'a'],
  ئ: ['', 'e', 'i', 'y'],
  ء: [''],
};
const vowels = 'aeiou';
/** Vowels that Persian does not write: at most two between two letters. */
const longestUnwritten = 2;

/** Letters of a name so short that it stands in many other words; it counts as a word of its own only. */
const shortNameLetters = 3;
const leastLatinLetters = 3;

export function isShortName(name: string): boolean {
  return name.length <= shortNameLetters;
}

type Token = Readonly<{ start: number; end: number }>;

/** Runs of letters; a capital after a small letter begins another: `AliReza85` has two. */
function tokenPlaces(password: string): Token[] {
  return Array.from(password.matchAll(/\p{Lu}*[\p{Ll}\p{Lo}\p{M}]+|\p{Lu}+/gu), ({ index, 0: token }) => ({
    start: index,
    end: index + token.length,
  }));
}

export function tokensOf(password: string): string[] {
  const folded = foldPassword(password);
  return tokenPlaces(password).map(({ start, end }) => folded.slice(start, end));
}

/** The places reached from `places` by one of `options`. */
function step(text: string, places: ReadonlySet<number>, options: readonly string[]): Set<number> {
  const reached = new Set<number>();
  for (const place of places) {
    for (const option of options) {
      if (!text.startsWith(option, place)) continue;
      const next = place + option.length;
      reached.add(next);
      // A doubled consonant: Hassan.
      if (option !== '' && text[next] === option.at(-1)) reached.add(next + 1);
    }
  }
  return reached;
}

function skipUnwritten(text: string, places: ReadonlySet<number>): Set<number> {
  const reached = new Set(places);
  for (const place of places) {
    for (let skipped = 1; skipped <= longestUnwritten; skipped += 1) {
      const letter = text[place + skipped - 1];
      if (letter === undefined || !vowels.includes(letter)) break;
      reached.add(place + skipped);
    }
  }
  return reached;
}

/** Where a spelling of `name` that begins at one of `starts` can end. */
function endsOf(text: string, name: string, starts: ReadonlySet<number>): ReadonlySet<number> {
  let places = starts;
  for (const [index, letter] of Array.from(name).entries()) {
    const options = spellings[letter] ?? [letter];
    places = step(text, index === 0 ? places : skipUnwritten(text, places), options);
    if (places.size === 0) break;
  }
  return places;
}

/**
 * Whether some spelling of `name` (folded) stands in the password. From each place all spellings are followed at
 * once, so that the time is bounded by the lengths whatever the name is.
 */
export function containsNameInLatin(password: string, name: string): boolean {
  const text = foldPassword(password);
  if (isShortName(name)) {
    const tokens = tokenPlaces(password);
    const ends = endsOf(text, name, new Set(tokens.map(({ start }) => start)));
    return tokens.some(({ end }) => ends.has(end));
  }
  // عطار may be spelled without its vowels, but `tr` alone reminds of nobody.
  return Array.from({ length: text.length }, (_, start) => start).some((start) =>
    [...endsOf(text, name, new Set([start]))].some((end) => end - start >= leastLatinLetters),
  );
}
