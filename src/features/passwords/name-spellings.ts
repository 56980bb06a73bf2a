/**
 * How letters of Persian names are written in Latin letters. No spelling is official: علی is Ali or Aly, حسین
 * Hossein, Hosein, Husain. `''` means that the letter may be left out.
 */
const spellings: Readonly<Record<string, readonly string[]>> = {
  ا: ['a', 'aa', 'o', 'u', ''],
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
  ی: ['i', 'y', 'ee', 'ie', 'ey', 'ei', 'ay', 'a', 'e'],
};
/** Where a name begins with a vowel, so does every spelling of it. */
const firstSpellings: Readonly<Record<string, readonly string[]>> = {
  ا: ['a', 'aa', 'e', 'o', 'i', 'u'],
  ع: ['a', 'e', 'o'],
};
/** What two letters at the beginning are together: ایمان is Iman, عیسی Isa, اویس Oveys. */
const firstPairs: Readonly<Record<string, readonly string[]>> = {
  ای: ['i', 'ee', 'ei', 'ey', 'ay', 'ai', 'iy'],
  عی: ['i', 'ee', 'ei', 'ey', 'ay', 'ai', 'iy'],
  او: ['o', 'oo', 'ou', 'u', 'ow', 'ov', 'av', 'aav', 'ev'],
  عا: ['a', 'aa'],
};
/** And anywhere: رضایی is Rezaei, Rezaee or Rezai. */
const doubleYe = 'یی';
const doubleYeSpellings = ['i', 'ee', 'ei', 'ey', 'yi', 'ai', 'ie'];
/** Vowels that Persian does not write between two letters. */
const unwritten = ['', 'a', 'e', 'i', 'o', 'u', 'ee', 'oo', 'ou'];

/** One place of a name: what may stand there. A letter, or the gap between two of them. */
export type Place = Readonly<{ options: readonly string[]; mayDouble: boolean }>;

const gap: Place = { options: unwritten, mayDouble: false };

/** The spellings of a folded name, place by place. A name in Latin letters has its own alone. */
export function spellingPlaces(name: string): Place[] {
  const pair = firstPairs[name.slice(0, 2)];
  const rest = (pair ? name.slice(2) : name).match(/یی|./gu) ?? [];
  const letters = pair ? [name.slice(0, 2), ...rest] : rest;
  return letters.flatMap((letter, index) => {
    const first = index === 0 ? (pair ?? firstSpellings[letter]) : undefined;
    const options = first ?? (letter === doubleYe ? doubleYeSpellings : spellings[letter]);
    const part = { options: options ?? [letter], mayDouble: true };
    // Beside ا and a vowel at the beginning there is nothing unwritten.
    const previous = letters[index - 1] ?? '';
    const isOpen =
      index > 0 &&
      options !== undefined &&
      letter !== 'ا' &&
      previous !== 'ا' &&
      previous in spellings &&
      !(index === 1 && previous in firstSpellings);
    return isOpen ? [gap, part] : [part];
  });
}

/**
 * How many spellings there are, by their length; a spelling that comes about in two ways counts twice, so
 * that what is reckoned from it is never too small.
 */
export function countSpellings(places: readonly Place[]): number[] {
  let counts = [1];
  for (const { options, mayDouble } of places) {
    const next: number[] = [];
    const add = (length: number, count: number) => {
      next[length] = (next[length] ?? 0) + count;
    };
    for (const [length, count = 0] of counts.entries()) {
      for (const option of options) {
        add(length + option.length, count);
        if (mayDouble && option !== '') add(length + option.length + 1, count);
      }
    }
    counts = Array.from(next, (count = 0) => count);
  }
  return counts;
}

/** The places reached from `places` by one of the options, a doubled letter (Hassan) included. */
function step(text: string, places: ReadonlySet<number>, { options, mayDouble }: Place): Set<number> {
  const reached = new Set<number>();
  for (const place of places) {
    for (const option of options) {
      if (!text.startsWith(option, place)) continue;
      const next = place + option.length;
      reached.add(next);
      if (mayDouble && option !== '' && text[next] === option.at(-1)) reached.add(next + 1);
    }
  }
  return reached;
}

/**
 * Where the spellings that begin at `start` of `text` (folded) can end. All are followed at once,
 * so that the time is bounded by the lengths whatever the name is.
 */
export function spellingEnds(text: string, spelling: readonly Place[], start: number): ReadonlySet<number> {
  let places: ReadonlySet<number> = new Set([start]);
  for (const place of spelling) {
    places = step(text, places, place);
    if (places.size === 0) break;
  }
  return places;
}
