/**
 * Iran System, the DOS code page in which most employers' programs still write their lists. It codes the
 * drawn shapes of letters, not letters, and keeps text in visual order, so encoding means shaping each letter
 * by its neighbours and then reversing the whole.
 */

/** Bytes of a character's shapes: [isolated], [isolated, final] or [isolated, final, initial, medial]. */
type Shapes = readonly [number, number?, number?, number?];

/** Letters that join only the letter before them. */
const joiningBackward: Record<string, Shapes> = {
  آ: [0x8d, 0x8d],
  ا: [0x90, 0x91],
  د: [0xa2, 0xa2],
  ذ: [0xa3, 0xa3],
  ر: [0xa4, 0xa4],
  ز: [0xa5, 0xa5],
  ژ: [0xa6, 0xa6],
  و: [0xf8, 0xf8],
  لا: [0xf2, 0xf2],
};

/** Letters with one byte for isolated and final, another for initial and medial. */
const pairs: Record<string, readonly [number, number]> = {
  ب: [0x92, 0x93],
  پ: [0x94, 0x95],
  ت: [0x96, 0x97],
  ث: [0x98, 0x99],
  ج: [0x9a, 0x9b],
  چ: [0x9c, 0x9d],
  ح: [0x9e, 0x9f],
  خ: [0xa0, 0xa1],
  س: [0xa7, 0xa8],
  ش: [0xa9, 0xaa],
  ص: [0xab, 0xac],
  ض: [0xad, 0xae],
  ط: [0xaf, 0xaf],
  ظ: [0xe0, 0xe0],
  ف: [0xe9, 0xea],
  ق: [0xeb, 0xec],
  ک: [0xed, 0xee],
  گ: [0xef, 0xf0],
  ل: [0xf1, 0xf3],
  م: [0xf4, 0xf5],
  ن: [0xf6, 0xf7],
  ئ: [0x8e, 0x8e],
  ـ: [0x8b, 0x8b],
};

const irregular: Record<string, Shapes> = {
  ع: [0xe1, 0xe2, 0xe4, 0xe3],
  غ: [0xe5, 0xe6, 0xe8, 0xe7],
  ه: [0xf9, 0xf9, 0xfb, 0xfa],
  ی: [0xfd, 0xfc, 0xfe, 0xfe],
  ء: [0x8f],
  '،': [0x8a],
  '؟': [0x8c],
};

const shapesOf: ReadonlyMap<string, Shapes> = new Map<string, Shapes>([
  ...Object.entries(joiningBackward),
  ...Object.entries(pairs).map(([letter, [end, start]]) => [letter, [end, end, start, start]] as const),
  ...Object.entries(irregular),
  ...[...'۰۱۲۳۴۵۶۷۸۹'].map((digit, value) => [digit, [0x80 + value]] as const),
  ...[...'0123456789'].map((digit, value) => [digit, [0x80 + value]] as const),
  ...[...' .-/'].map((mark) => [mark, [mark.charCodeAt(0)]] as const),
]);

function shapes(unit: string): Shapes {
  const found = shapesOf.get(unit);
  if (!found) throw new RangeError(`Iran System has no byte for ${JSON.stringify(unit)}`);
  return found;
}

/**
 * Encodes Persian text as Iran System bytes in visual order. Letters are those of standard Persian (ی and ک,
 * not ي and ك); digits, Persian or ASCII, become Iran System digits.
 *
 * @throws RangeError for a character outside the table: sample text is never altered silently.
 */
export function encodeIranSystem(text: string): Uint8Array {
  const run = (text.match(/لا|./gsu) ?? []).map(shapes);
  const bytes = run.map((unit, i) => {
    const [isolated, final, initial, medial] = unit;
    // A letter that has an initial shape reaches forward; one that has a final shape can be reached.
    const joinsBefore = final !== undefined && run[i - 1]?.[2] !== undefined;
    const joinsAfter = initial !== undefined && run[i + 1]?.[1] !== undefined;
    if (joinsBefore) return (joinsAfter ? medial : final) ?? isolated;
    return joinsAfter ? initial : isolated;
  });
  return Uint8Array.from(bytes.reverse());
}
