/**
 * Decoder of Iran System, the DOS code page of most employer lists. It stores glyphs, not letters (a letter
 * has up to four codes by its joining form), in visual order: the first letter of a line is its last byte.
 * Lenient about forms: writers of such files confuse final and isolated ones, which are the same letter.
 */

const firstPersianByte = 0x80;

/** 0x80–0xFF. Digits come out as ASCII ones, ی and ک in their Persian form, 0xB0–0xDF as the drawing it is. */
const upperHalf: readonly string[] = [
  ...'0123456789،ـ؟آئء',
  ...'ااببپپتتثثججچچحح',
  ...'خخدذرزژسسششصصضضط',
  ...'░▒▓│┤╡╢╖╕╣║╗╝╜╛┐',
  ...'└┴┬├─┼╞╟╚╔╩╦╠═╬╧',
  ...'╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀',
  ...'ظععععغغغغففققککگ',
  ...['گ', 'ل', 'لا', 'ل', 'م', 'م', 'ن', 'ن', 'و', 'ه', 'ه', 'ه', 'ی', 'ی', 'ی', ' '],
];

/** Control bytes have no place in a name (and PostgreSQL refuses NUL in text): they read as blanks. */
const characters: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte >= firstPersianByte) return upperHalf[byte - firstPersianByte] ?? ' ';
  return byte < 0x20 || byte === 0x7f ? ' ' : String.fromCharCode(byte);
});

const mirrored: Readonly<Record<string, string>> = {
  '(': ')',
  ')': '(',
  '[': ']',
  ']': '[',
  '{': '}',
  '}': '{',
  '<': '>',
  '>': '<',
};

function reverse(text: string): string {
  let reversed = '';
  for (let index = text.length - 1; index >= 0; index -= 1) reversed += text[index];
  return reversed;
}

/** Latin phrases and ASCII numbers run left to right inside a Persian line, and brackets face the other way. */
function restoreAscii(reversedLine: string): string {
  return reversedLine.replace(/[0-9A-Za-z](?:[ -~]*[0-9A-Za-z])?|[()[\]{}<>]/g, (run) => {
    if (/[A-Za-z]/.test(run)) return reverse(run);
    return run.replace(/[0-9]+(?:[.,/:-][0-9]+)*|[()[\]{}<>]/g, (piece) => mirrored[piece] ?? reverse(piece));
  });
}

/**
 * The logical text of an Iran System field. A field without Persian bytes is plain ASCII and stays as it is;
 * otherwise the line is reversed, Persian digits included (as files in use have them), ASCII runs excepted.
 */
export function decodeIranSystem(bytes: Uint8Array): string {
  let line = '';
  let persian = false;
  let ascii = false;
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    const byte = bytes[index] ?? 0x20;
    if (byte >= firstPersianByte) persian = true;
    else if (byte > 0x20) ascii = true;
    line += String.fromCharCode(byte);
  }
  if (!persian) line = reverse(line);
  else if (ascii) line = restoreAscii(line);

  let text = '';
  for (let index = 0; index < line.length; index += 1) text += characters[line.charCodeAt(index)];
  return text;
}
