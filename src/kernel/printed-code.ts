import type { Mac } from './keyring.ts';
import { compactNumber } from './text.ts';

/** Crockford's base 32: no letter that looks like a digit, none that is read out wrongly. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 80 bits: nothing to guess, so nothing to count (NIST SP 800-63B-4 §3.2.2 asks for a limit below 64). */
const codeBytes = 10;
const characters = 16;

/** What the keyring knows printed codes by. */
export const printedCodePurpose = 'code/printed';

/**
 * A code to be printed on paper and typed once: `4G7K-…`, four groups of four. A keyed function of the id of what it opens,
 * so that it can be printed again and nothing that is kept holds it.
 */
export function derivePrintedCode(mac: Mac, id: string): string {
  let bits = 0n;
  for (const byte of mac(id).subarray(0, codeBytes)) bits = (bits << 8n) | BigInt(byte);
  const characterAt = (place: number) => alphabet[Number((bits >> BigInt(5 * place)) & 31n)];
  const code = Array.from({ length: characters }, (_, place) => characterAt(place)).join('');
  return grouped(code);
}

function grouped(code: string): string {
  return code.replace(/.{4}(?=.)/g, '$&-');
}

/** The code as it was printed, however it was typed; `null` if it is none. */
export function parsePrintedCode(text: string): string | null {
  const typed = compactNumber(text).replaceAll('-', '').toUpperCase();
  const code = typed.replaceAll('O', '0').replace(/[IL]/g, '1');
  if (code.length !== characters || [...code].some((character) => !alphabet.includes(character))) return null;
  return grouped(code);
}
