import { createHash } from 'node:crypto';
import { createHttpClient } from '../../../outgoing-http/http-client.ts';
import type { BreachLookup } from '../breach-lookup.ts';

const timeoutMs = 1_500;
const prefixDigits = 5;
/** Ranges hold about a thousand lines of some forty bytes; a longer answer is not one. */
const maxResponseBytes = 512 * 1024;

/**
 * Asks `GET {url}/range/{first 5 hex digits of SHA-1}` and looks for the other 35 in the answer, lines of
 * `SUFFIX:COUNT` (k-anonymity; the protocol of Pwned Passwords, which can be mirrored). Padding is asked for, so
 * that the length of the answer tells nothing either; its lines have count 0.
 */
export function createRangeLookup(url: string): BreachLookup {
  const http = createHttpClient();
  return async (password) => {
    const digest = createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
    const response = await http.request({
      method: 'GET',
      url: `${url}/range/${digest.slice(0, prefixDigits)}`,
      headers: { 'add-padding': 'true', accept: 'text/plain' },
      signal: AbortSignal.timeout(timeoutMs),
      maxResponseBytes,
    });
    if ('failure' in response || response.status !== 200) return 'unavailable';
    const lines = response.body.toString('latin1').trim().split(/\r?\n/);
    // An error page with status 200 is no range.
    if (!lines.every((line) => /^[0-9A-F]{35}:[0-9]+$/i.test(line))) return 'unavailable';
    const suffix = `${digest.slice(prefixDigits)}:`;
    const found = lines.find((line) => line.toUpperCase().startsWith(suffix));
    return found !== undefined && Number(found.slice(suffix.length)) > 0 ? 'breached' : 'not-breached';
  };
}
