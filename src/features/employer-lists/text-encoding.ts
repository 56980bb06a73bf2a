import { decodeIranSystem } from './iran-system.ts';

/** How a list's Persian text is stored. The language-id byte of the header lies, so it is never asked. */
export type ListEncoding = 'iran-system' | 'windows-1256' | 'utf-8';

/** Windows-1256 lacks ی and files write ي or ى for it; ك and ک are one letter in Persian. Controls become blanks. */
const windows1256: readonly string[] = Array.from(
  new TextDecoder('windows-1256').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
  (character) =>
    'يى'.includes(character) ? 'ی' : character === 'ك' ? 'ک' : character.replace(/\p{Cc}/u, ' '),
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

/** Box drawing (one code page read as another), lost characters, and the marks that stand for them. */
const lost = /[\u2500-\u259F\uFFFD]|\?\?|^\s*\?\s*$/;
/** What Persian bytes look like as Latin-1 or Windows-1252, and no name is made of. */
const accented =
  /[\u0080-\u009F\u00A1-\u00AA\u00AC-\u00B6\u00B8-\u00BA\u00BC-\u00D6\u00D8-\u024F\u02C6\u02DC\u2020-\u2022\u2030\u20AC\u2122]/g;

/** Whether a text may be somebody's name: an accent or two in a Latin one is, rubbish of a wrong code page is not. */
export function isReadable(text: string): boolean {
  if (lost.test(text)) return false;
  const odd = text.match(accented)?.length ?? 0;
  if (odd === 0) return true;
  return !/\p{Script=Arabic}/u.test(text) && odd * 2 <= (text.match(/\p{L}/gu)?.length ?? 0);
}

const isNeutral = (byte: number) => byte < 0x80;
/** Letters that Persian names are made of; vowel signs, which are letters in Iran System, speak against it. */
const isLetterOf1256 = windows1256.map((character) => /^[آ-غف-يپچژکگی،؛؟\u200C\u0020]$/u.test(character));
isLetterOf1256[0xa0] = true;
const firstOfBoxes = 0xb0;
const lastOfBoxes = 0xdf;

/** How many bytes beyond ASCII make sense in an encoding, of how many. */
type Tally = { sensible: number; total: number };

/** Persian in UTF-8: two bytes a letter, three for ZWNJ and its kind; the last one may be cut. */
const utf8Persian = /[\xD8-\xDB][\x80-\xBF]|\xE2\x80[\x8B-\x8F]|\xEF[\xAD-\xBB][\x80-\xBF]|[\xD8-\xDB]$/g;

/** Collects text of which the encoding is to be told. */
export class EncodingEvidence {
  readonly #tallies: Readonly<Record<ListEncoding, Tally>> = {
    'utf-8': { sensible: 0, total: 0 },
    'iran-system': { sensible: 0, total: 0 },
    'windows-1256': { sensible: 0, total: 0 },
  };

  /** Bytes of one field, blanks around it removed. */
  add(bytes: Uint8Array): void {
    const { 'utf-8': utf8Tally, 'iran-system': iranSystem, 'windows-1256': windows } = this.#tallies;
    let beyondAscii = 0;
    for (const byte of bytes) {
      if (isNeutral(byte)) continue;
      beyondAscii += 1;
      if (byte < firstOfBoxes || byte > lastOfBoxes) iranSystem.sensible += 1;
      if (isLetterOf1256[byte]) windows.sensible += 1;
    }
    if (beyondAscii === 0) return;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    for (const [found] of text.matchAll(utf8Persian)) utf8Tally.sensible += found.length;
    for (const tally of Object.values(this.#tallies)) tally.total += beyondAscii;
  }

  /** Whether there was nothing but ASCII, which is the same in every encoding. */
  get isEmpty(): boolean {
    return this.#tallies['utf-8'].total === 0;
  }

  merge(other: EncodingEvidence): void {
    for (const encoding of Object.keys(this.#tallies) as ListEncoding[]) {
      this.#tallies[encoding].sensible += other.#tallies[encoding].sensible;
      this.#tallies[encoding].total += other.#tallies[encoding].total;
    }
  }

  /** The share of the text that makes sense in an encoding; 0 where there is no text. */
  share(encoding: ListEncoding): number {
    const { sensible, total } = this.#tallies[encoding];
    return total === 0 ? 0 : sensible / total;
  }

  /** The encoding in which the text makes most sense; `null` where in none it does, or there is no text. */
  best(): ListEncoding | null {
    const [best] = (Object.keys(this.#tallies) as ListEncoding[]).sort(
      (a, b) => this.share(b) - this.share(a),
    );
    return best !== undefined && this.share(best) >= minShare ? best : null;
  }
}

/** A few lost characters keep nobody from reading the rest. */
const minShare = 0.75;

/** The encodings of a file's columns: one for all, but for columns that speak plainly for another. */
export type FileEncoding = Readonly<{
  whole: ListEncoding;
  exceptions: ReadonlyMap<string, ListEncoding>;
}>;

/** Told from all text that was collected, column by column; `null` as long as there is none that says so. */
export function tellEncoding(columns: ReadonlyMap<string, EncodingEvidence>): FileEncoding | null {
  const all = new EncodingEvidence();
  for (const evidence of columns.values()) all.merge(evidence);
  const whole = all.best() ?? mostOften([...columns.values()].flatMap((evidence) => evidence.best() ?? []));
  if (whole === null) return null;
  const exceptions = [...columns].flatMap(([name, evidence]) => {
    const own = evidence.best();
    return own !== null && evidence.share(own) === 1 && evidence.share(whole) < minShare
      ? [[name, own] as const]
      : [];
  });
  return { whole, exceptions: new Map(exceptions) };
}

function mostOften(encodings: readonly ListEncoding[]): ListEncoding | null {
  const counted = [...Map.groupBy(encodings, (encoding) => encoding).values()];
  return counted.sort((a, b) => b.length - a.length)[0]?.[0] ?? null;
}
