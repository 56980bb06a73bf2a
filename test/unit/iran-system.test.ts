import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { decodeIranSystem } from '../../src/features/employer-lists/iran-system.ts';

const vectors: Record<string, string> = JSON.parse(
  readFileSync(new URL('../fixtures/employer-lists/iransystem-vectors.json', import.meta.url), 'utf8'),
);

/** Letter by letter: the code at the end of a joined group or alone, and the code before another letter. */
const forms: Readonly<Record<string, readonly [number, number]>> = {
  آ: [0x8d, 0x8d],
  ئ: [0x8e, 0x8e],
  ء: [0x8f, 0x8f],
  ا: [0x90, 0x91],
  ب: [0x92, 0x93],
  پ: [0x94, 0x95],
  ت: [0x96, 0x97],
  ث: [0x98, 0x99],
  ج: [0x9a, 0x9b],
  چ: [0x9c, 0x9d],
  ح: [0x9e, 0x9f],
  خ: [0xa0, 0xa1],
  د: [0xa2, 0xa2],
  ذ: [0xa3, 0xa3],
  ر: [0xa4, 0xa4],
  ز: [0xa5, 0xa5],
  ژ: [0xa6, 0xa6],
  س: [0xa7, 0xa8],
  ش: [0xa9, 0xaa],
  ص: [0xab, 0xac],
  ض: [0xad, 0xae],
  ط: [0xaf, 0xaf],
  ظ: [0xe0, 0xe0],
  ع: [0xe1, 0xe4],
  غ: [0xe5, 0xe8],
  ف: [0xe9, 0xea],
  ق: [0xeb, 0xec],
  ک: [0xed, 0xee],
  گ: [0xef, 0xf0],
  ل: [0xf1, 0xf3],
  م: [0xf4, 0xf5],
  ن: [0xf6, 0xf7],
  و: [0xf8, 0xf8],
  ه: [0xf9, 0xfb],
  ی: [0xfd, 0xfe],
};

/** A line of Persian words, numbers in Persian digits and Latin words, written as its glyphs stand on a screen. */
function encodeLine(words: readonly string[]): Uint8Array {
  const visual: number[] = [];
  for (const word of words) {
    if (visual.length > 0) visual.unshift(0x20);
    if (/^[A-Za-z]/.test(word)) visual.unshift(...Buffer.from(word, 'latin1'));
    else visual.unshift(...[...word].map((letter, index) => glyphOf(letter, word[index + 1])).reverse());
  }
  return Uint8Array.from(visual);
}

function glyphOf(letter: string, next: string | undefined): number {
  if (/[0-9]/.test(letter)) return 0x80 + Number(letter);
  const [final, initial] = forms[letter] ?? [0x20, 0x20];
  return next === undefined ? final : initial;
}

t.test('known bytes read as the names they are', async (t) => {
  for (const [text, hex] of Object.entries(vectors)) t.equal(decodeIranSystem(Buffer.from(hex, 'hex')), text);
  t.ok(Object.keys(vectors).length >= 19);
});

t.test('what is written is what is read', async () => {
  const word = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.string({ unit: fc.constantFrom(...Object.keys(forms)), minLength: 1, maxLength: 8 }),
    },
    fc.stringMatching(/^[0-9]{1,6}$/),
  );
  const persian = fc.string({ unit: fc.constantFrom(...Object.keys(forms)), minLength: 1, maxLength: 8 });
  const latin = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,5}$/);
  fc.assert(
    fc.property(
      persian,
      fc.array(word, { maxLength: 4 }),
      fc.option(latin),
      persian,
      (first, words, name, last) => {
        const line = [first, ...words, ...(name === null ? [] : [name]), last];
        return decodeIranSystem(encodeLine(line)) === line.join(' ');
      },
    ),
  );
});

t.test('confused joining forms are the same letter', async (t) => {
  for (const [one, other] of [
    [0x90, 0x91],
    [0xfc, 0xfd],
    [0xfc, 0xfe],
    [0xfa, 0xfb],
    [0xf9, 0xfa],
    [0xe1, 0xe3],
    [0xe5, 0xe8],
  ] as const) {
    t.equal(decodeIranSystem(Uint8Array.of(one)), decodeIranSystem(Uint8Array.of(other)));
  }
});

t.test('ASCII alone stays as it stands', async (t) => {
  for (const text of ['', '0499370899', 'Savabegh Co. (2)', '12/5', ' 01 ']) {
    t.equal(decodeIranSystem(Buffer.from(text)), text);
  }
});

t.test('ASCII numbers and Latin phrases keep their order inside a Persian line', async (t) => {
  // On the screen, from the left: «12/5 IT Manager (فا) لا», which begins at its right end.
  const bytes = Buffer.concat([
    Buffer.from('12/5 IT Manager ('),
    Buffer.of(0x90, 0xea),
    Buffer.from(') '),
    Buffer.of(0xf2),
  ]);
  t.equal(decodeIranSystem(bytes), 'لا (فا) 12/5 IT Manager');
  t.equal(decodeIranSystem(Buffer.concat([Buffer.from('13 12 '), Buffer.of(0x90)])), 'ا 12 13');
});

t.test('a field of any bytes reads as text without control characters', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = decodeIranSystem(bytes);
      return !/\p{Cc}/u.test(text) && text.length >= bytes.length && text.length <= 2 * bytes.length;
    }),
  );
});

t.test('letters lie where the code page has them', async (t) => {
  const byte = (code: number) => decodeIranSystem(Uint8Array.of(code));
  t.equal(Array.from({ length: 10 }, (_, digit) => byte(0x80 + digit)).join(''), '0123456789');
  for (const [letter, codes] of Object.entries(forms)) for (const code of codes) t.equal(byte(code), letter);
  t.equal([0x8a, 0x8b, 0x8c, 0xf2, 0xff].map(byte).join('|'), '،|ـ|؟|لا| ');
  t.equal([0xb0, 0xc4, 0xdb, 0xdf].map(byte).join(''), '░─█▀');
});
