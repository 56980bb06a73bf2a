import type { Fetch } from './authorisation.ts';

const keyHeader = 'idempotency-key';
/** Pauses before a request is sent again whose connection was lost. */
const pausesMs = [300, 1000];

/** 128 random bits, as nobody else has them. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Tokens of machines are kept nowhere, and an assertion is good for one request. */
function takesKey({ method, url }: Request): boolean {
  return ['POST', 'PUT', 'PATCH'].includes(method) && !new URL(url).pathname.endsWith('/v1/oauth/token');
}

/**
 * Gives every request that changes something an `Idempotency-Key`, unless the caller has, and sends it again with the same
 * one when the connection is lost: it is done once, and answered.
 */
export function withRepeats(fetch: Fetch): Fetch {
  return async (request) => {
    if (!takesKey(request)) return fetch(request);
    if (!request.headers.has(keyHeader)) request.headers.set(keyHeader, newIdempotencyKey());
    for (const pauseMs of pausesMs) {
      // A body can be read once: the request itself is for the last try.
      const attempt = request.clone();
      try {
        return await fetch(attempt);
      } catch (error) {
        // What fetch throws when it gets no answer; the caller's own end is another error.
        if (!(error instanceof TypeError) || request.signal?.aborted) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return fetch(request);
  };
}
