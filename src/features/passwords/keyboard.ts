/**
 * One keyboard, two layouts: Latin QWERTY and Persian (ISIRI 9147; Windows' older layout differs by a few keys,
 * listed apart). People type Persian words with the Latin layout on (سلام becomes `sghl`) and walk over
 * the keys in both.
 */
const rows = ['1234567890-=', 'qwertyuiop[]', "asdfghjkl;'", 'zxcvbnm,./'] as const;
const persianRows = ['1234567890-=', 'ضصثقفغعهخحجچ', 'شسیبلاتنمکگ', 'ظطزرذدپو./'] as const;
/** Shifted keys, the older layout, and Arabic forms of Persian letters. */
const otherPersian: Readonly<Record<string, string>> = {
  ژ: 'c',
  آ: 'h',
  ئ: 'm',
  ء: 'm',
  ي: 'd',
  ك: ';',
  ة: 'z',
};

type Key = Readonly<{ row: number; column: number }>;

const latinToPersian = new Map<string, string>();
const persianToLatin = new Map<string, string>(Object.entries(otherPersian));
const keys = new Map<string, Key>();

for (const [row, latinRow] of rows.entries()) {
  for (const [column, latin] of [...latinRow].entries()) {
    const persian = persianRows[row]?.[column] ?? latin;
    keys.set(latin, { row, column });
    if (persian === latin) continue;
    latinToPersian.set(latin, persian);
    persianToLatin.set(persian, latin);
  }
}

function translate(text: string, letters: ReadonlyMap<string, string>): string {
  return Array.from(text, (letter) => letters.get(letter) ?? letter).join('');
}

/** What the same keys would have typed in the Persian layout; `text` in lower case. As long as `text`. */
export function toPersianKeys(text: string): string {
  return translate(text, latinToPersian);
}

/** What the same keys would have typed in the Latin layout. As long as `text`. */
export function toLatinKeys(text: string): string {
  return translate(text, persianToLatin);
}

/**
 * The direction from one key to a neighbouring one (all but the same key), as a small number; `null` where the
 * keys, given by their Latin letters, do not touch. Each row lies half a key to the right of the one above.
 */
export function directionBetween(from: string, to: string): number | null {
  const a = keys.get(from);
  const b = keys.get(to);
  if (!a || !b) return null;
  const down = b.row - a.row;
  const right = b.column - a.column;
  const touches =
    (down === 0 && Math.abs(right) === 1) ||
    (down === 1 && (right === 0 || right === -1)) ||
    (down === -1 && (right === 0 || right === 1));
  return touches ? down * 3 + right : null;
}
