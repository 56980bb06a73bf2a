const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Of ASCII text (RFC 4648 §4). Engines outside browsers and Node.js, as in mobile apps, may have no `btoa`. */
export function toBase64(ascii: string): string {
  let encoded = '';
  for (let at = 0; at < ascii.length; at += 3) {
    const [first, second, third] = [0, 1, 2].map((offset) => ascii.charCodeAt(at + offset) || 0) as [
      number,
      number,
      number,
    ];
    const bits = (first << 16) | (second << 8) | third;
    for (let index = 0; index < 4; index += 1) {
      encoded += at + index > ascii.length ? '=' : alphabet.charAt((bits >> (18 - 6 * index)) & 63);
    }
  }
  return encoded;
}

/** The bytes, as characters, of what was encoded for URLs (RFC 4648 §5). */
export function fromBase64url(encoded: string): string {
  let text = '';
  let bits = 0;
  let count = 0;
  for (const character of encoded.replace(/-/g, '+').replace(/_/g, '/')) {
    bits = ((bits << 6) | alphabet.indexOf(character)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    text += String.fromCharCode((bits >> count) & 255);
  }
  return text;
}
