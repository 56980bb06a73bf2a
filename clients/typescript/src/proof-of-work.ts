import { toBase64 } from './base64.ts';
import {
  digestBySubtle,
  type Fetch,
  type PlatformOptions,
  pause,
  throwIfAborted,
  toHex,
} from './platform.ts';
import type { Problem } from './problem.ts';

/** What a device is to compute, as `proof-of-work-required` has it. */
export type Challenge = NonNullable<Problem['challenge']>;

const counterBytes = 4;
/** Candidate keys between two looks at other work: pages stay alive. */
const candidatesAtOnce = 16;

/** How a challenge is solved: until when, and by whose SHA-256. */
export type SolveOptions = Readonly<{ signal?: AbortSignal | null }> & Pick<PlatformOptions, 'sha256'>;

/**
 * Solves a challenge: seconds on a cheap phone. Returns what to repeat the same request with as `Proof-Of-Work`; it is good
 * once.
 * @throws when `signal` aborts, the algorithm is not known here, or there is no SHA-256
 */
export async function solveChallenge(
  challenge: Challenge,
  { signal, sha256 = digestBySubtle }: SolveOptions = {},
): Promise<string> {
  const { algorithm, nonce, salt, cost, keyPrefix } = challenge.parameters;
  if (algorithm !== 'SHA-256') throw new Error(`proof of work by ${algorithm} is not known`);
  const input = fromHex(salt + nonce + '00'.repeat(counterBytes));
  const view = new DataView(input.buffer);
  for (let counter = 0; ; counter += 1) {
    throwIfAborted(signal);
    if (counter % candidatesAtOnce === 0) await pause(0, signal);
    view.setUint32(input.length - counterBytes, counter);
    let key = new Uint8Array(await sha256(input));
    for (let digest = 1; digest < cost; digest += 1) key = new Uint8Array(await sha256(key));
    const derivedKey = toHex(key);
    if (derivedKey.startsWith(keyPrefix))
      return toBase64url({ challenge, solution: { counter, derivedKey } });
  }
}

/** Sends requests; one that takes a proof of work is repeated once with it. */
export function withProofOfWork(send: Fetch, { sha256 }: Pick<PlatformOptions, 'sha256'>): Fetch {
  return async (request) => {
    const again = request.clone();
    const response = await send(request);
    if (response.status !== 428) return response;
    const problem = (await response
      .clone()
      .json()
      .catch(() => null)) as Problem | null;
    if (!problem?.challenge) return response;
    const proof = await solveChallenge(problem.challenge, {
      signal: request.signal,
      ...(sha256 && { sha256 }),
    });
    again.headers.set('proof-of-work', proof);
    return send(again);
  };
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toBase64url(value: object): string {
  return toBase64(JSON.stringify(value)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}
