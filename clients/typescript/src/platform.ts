/** Sends one request, like the platform's own `fetch`. */
export type Fetch = (request: Request) => Promise<Response>;

/** What is taken from the engine, to be given where it lacks them: apps without browser around them, tests, proxies. */
export type PlatformOptions = Readonly<{
  fetch?: Fetch;
  /** So many bytes of a cryptographic source; else `crypto.getRandomValues`. */
  randomBytes?: (length: number) => Uint8Array;
  /** Its 32 bytes; else `crypto.subtle`, which pages have over https alone. */
  sha256?: (bytes: Uint8Array) => Promise<ArrayBuffer | Uint8Array>;
}>;

export type Platform = Readonly<Required<PlatformOptions>>;

/** @throws where randomness is neither here nor given: every request that changes something needs it */
export function getPlatform({ fetch, randomBytes, sha256 }: PlatformOptions): Platform {
  if (!randomBytes && !globalThis.crypto?.getRandomValues) {
    throw new Error('this engine has no crypto.getRandomValues: give `randomBytes` to createSavabegh');
  }
  return {
    fetch: fetch ?? ((request) => globalThis.fetch(request)),
    randomBytes: randomBytes ?? ((length) => globalThis.crypto.getRandomValues(new Uint8Array(length))),
    sha256: sha256 ?? digestBySubtle,
  };
}

/** @throws where pages have no `crypto.subtle` */
export async function digestBySubtle(bytes: Uint8Array): Promise<ArrayBuffer> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) {
    throw new Error(
      'a proof of work needs crypto.subtle, which pages have over https alone: else give `sha256` to createSavabegh',
    );
  }
  return subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
}

/** 128 random bits, as nobody else has them. */
export function createKeys({ randomBytes }: Pick<Platform, 'randomBytes'>): () => string {
  return () => toHex(randomBytes(16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Shows an error of what was given to us, where errors are shown that nobody catches: it takes no request with it. */
export function show(what: string, error: unknown): void {
  console.error(`@savabegh/client: ${what}`, error);
}

/** Calls what was given to us. That it failed is shown as `what`. */
export async function callOut(what: string, hook: () => unknown): Promise<void> {
  try {
    await hook();
  } catch (error) {
    show(what, error);
  }
}

/** @throws what the signal was aborted with */
export function throwIfAborted(signal: AbortSignal | null | undefined): void {
  if (signal?.aborted) throw toReason(signal);
}

/** Waits. @throws what the signal is aborted with */
export function pause(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    throwIfAborted(signal);
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    const stop = () => {
      end();
      reject(signal && toReason(signal));
    };
    const timer = setTimeout(() => {
      end();
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop);
  });
}

/** Engines of phones know no reasons. */
function toReason(signal: AbortSignal): unknown {
  return signal.reason ?? Object.assign(new Error('aborted'), { name: 'AbortError' });
}
