import { decodeIranSystem } from './iran-system.ts';

/** How a list's Persian text is stored. The language-id byte of the header lies, so it is never asked. */
export type ListEncoding = 'iran-system' | 'windows-1256' | 'utf-8';

const sexMarkers: readonly (readonly [ListEncoding, RegExp])[] = [
  ['iran-system', /^(?:a2a4f5|f6a5)$/],
  ['windows-1256', /^(?:e3d1cf|d2e4)$/],
  // Columns made for three bytes cut UTF-8 short; the first letter (م or ز) is enough.
  ['utf-8', /^(?:d985|d8b2)/],
];

/** The encoding that the bytes of «مرد» or «زن» betray, blanks around them removed; `null` for anything else. */
export function detectEncoding(sex: Uint8Array): ListEncoding | null {
  const hex = Buffer.from(sex.buffer, sex.byteOffset, sex.byteLength).toString('hex');
  return sexMarkers.find(([, marker]) => marker.test(hex))?.[0] ?? null;
}

/** Windows-1256 lacks ی and files write ي for it; ك and ک are one letter in Persian. Controls become blanks. */
const windows1256: readonly string[] = Array.from(
  new TextDecoder('windows-1256').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
  (character) => (character === 'ي' ? 'ی' : character === 'ك' ? 'ک' : character.replace(/\p{Cc}/u, ' ')),
);

/** Control characters, and the marks that make a name show in another order than it is stored. */
const unfitForNames = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

const utf8 = new TextDecoder();

function decodeUtf8(bytes: Uint8Array): string {
  const text = utf8.decode(bytes);
  // A column cuts its text at a byte, so the last character may be half there.
  return text.replace(/\uFFFD$/, '').replace(unfitForNames, ' ');
}

/** Text that may be stored and shown; bytes that mean nothing become U+FFFD. Never throws. */
export function decodeText(bytes: Uint8Array, encoding: ListEncoding): string {
  if (encoding === 'iran-system') return decodeIranSystem(bytes);
  if (encoding === 'utf-8') return decodeUtf8(bytes);
  let text = '';
  for (const byte of bytes) text += windows1256[byte];
  return text;
}
