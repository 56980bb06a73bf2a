import type { Fetch } from './authorisation.ts';
import { toBase64 } from './base64.ts';
import type { Problem } from './problem.ts';

/** What a device is to compute, as `proof-of-work-required` has it. */
export type Challenge = NonNullable<Problem['challenge']>;

const counterBytes = 4;
/** Candidate keys between two looks at other work: pages stay alive. */
const candidatesAtOnce = 16;

/**
 * Solves a challenge: seconds on a cheap phone. Returns what to repeat the same request with as `Proof-Of-Work`; it is good
 * once. In pages only where `crypto.subtle` is: over https.
 * @throws when `signal` aborts, or the algorithm is not known here
 */
export async function solveChallenge(challenge: Challenge, signal?: AbortSignal): Promise<string> {
  const { algorithm, nonce, salt, cost, keyPrefix } = challenge.parameters;
  if (algorithm !== 'SHA-256') throw new Error(`proof of work by ${algorithm} is not known`);
  const input = fromHex(salt + nonce + '00'.repeat(counterBytes));
  const view = new DataView(input.buffer);
  for (let counter = 0; ; counter += 1) {
    if (counter % candidatesAtOnce === 0) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve));
    }
    view.setUint32(input.length - counterBytes, counter);
    let key = await crypto.subtle.digest(algorithm, input);
    for (let digest = 1; digest < cost; digest += 1) key = await crypto.subtle.digest(algorithm, key);
    const derivedKey = toHex(new Uint8Array(key));
    if (derivedKey.startsWith(keyPrefix))
      return toBase64url({ challenge, solution: { counter, derivedKey } });
  }
}

/** Sends requests; one that takes a proof of work is repeated once with it. */
export function withProofOfWork(send: Fetch): Fetch {
  return async (request) => {
    const again = request.clone();
    const response = await send(request);
    if (response.status !== 428) return response;
    const problem = (await response
      .clone()
      .json()
      .catch(() => null)) as Problem | null;
    if (!problem?.challenge) return response;
    again.headers.set('proof-of-work', await solveChallenge(problem.challenge, request.signal));
    return send(again);
  };
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function toBase64url(value: object): string {
  return toBase64(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
