import { keyedOperations } from './keyed-operations.ts';
import { type Fetch, pause } from './platform.ts';

/** How often a request is sent at most, and how many seconds the service may ask to wait, to be waited for. */
export type Repeats = Readonly<{ tries: number; maxWaitSeconds: number }>;

/** What people at a screen wait for. */
export const defaultRepeats: Repeats = { tries: 3, maxWaitSeconds: 10 };

const keyHeader = 'idempotency-key';
const firstPauseMs = 300;
/** Those who were refused together are not to come back together. */
const withJitter = (ms: number) => ms * (1 + Math.random() / 4);

const operations = keyedOperations.map(([method, path, countsAttempts]) => ({
  method,
  pattern: new RegExp(`${path.replace(/\{\w+\}/g, '[^/]+')}(\\?|$)`),
  countsAttempts,
}));

/** The operation with a key that a request is, if it is one. */
function getOperation({ method, url }: Request) {
  return operations.find((operation) => operation.method === method && operation.pattern.test(url));
}

/** Gives a request that takes a key by the contract one of its own, unless the caller has: its repeats keep it. */
export function withKey(request: Request, newKey: () => string): Request {
  if (getOperation(request) && !request.headers.has(keyHeader)) request.headers.set(keyHeader, newKey());
  return request;
}

/**
 * Sends again, a few times, what is safe to send again:
 *
 * - what has an `Idempotency-Key`, if its answer was lost or the service is still at it: it is done once, and a guess is
 *   counted once;
 * - what was refused for the moment (429, 503), if it only reads, or has a key and counts no attempt: the attempt may have
 *   been counted before the refusal.
 */
export function withRepeats(send: Fetch, { tries, maxWaitSeconds }: Repeats): Fetch {
  return (request) => {
    const hasKey = request.headers.has(keyHeader);
    const countsNothing = hasKey ? !getOperation(request)?.countsAttempts : request.method === 'GET';
    const getWaitMs = async (outcome: Outcome<Response>, tried: number) => {
      const isWaitedFor =
        isLost(outcome) || (await isUnderWay(outcome)) ? hasKey : countsNothing && isRefusedForNow(outcome);
      return isWaitedFor ? getUsualWaitMs(outcome, tried, maxWaitSeconds) : null;
    };
    // A body can be read once: each try gets a copy.
    return repeatedly(() => send(request.clone()), { tries, getWaitMs, signal: request.signal });
  };
}

export type Outcome<Value> = Readonly<{ value: Value } | { error: unknown }>;

type RepeatOptions<Value> = Readonly<{
  tries: number;
  /** null: not again. */
  getWaitMs: (outcome: Outcome<Value>, tried: number) => Promise<number | null> | number | null;
  signal: AbortSignal | null | undefined;
}>;

/** Tries something up to so many times, with waits in between. @returns and @throws what the last try did */
export async function repeatedly<Value>(
  attempt: () => Promise<Value>,
  { tries, getWaitMs, signal }: RepeatOptions<Value>,
): Promise<Value> {
  for (let tried = 1; ; tried += 1) {
    const outcome: Outcome<Value> = await attempt().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const waitMs = tried >= tries || signal?.aborted ? null : await getWaitMs(outcome, tried);
    if (waitMs !== null) await pause(waitMs, signal);
    else if ('error' in outcome) throw outcome.error;
    else return outcome.value;
  }
}

/** Of what may be sent again whatever it is: after a lost answer a moment, after a refusal what it asks for. null: not again. */
export function getUsualWaitMs(
  outcome: Outcome<Response>,
  tried: number,
  maxWaitSeconds: number,
): number | null {
  if (isLost(outcome)) return withJitter(firstPauseMs * 3 ** (tried - 1));
  return 'value' in outcome ? getAskedWaitMs(outcome.value, maxWaitSeconds) : null;
}

/** What fetch throws when it gets no answer, by its name: engines have several classes of it. Or a proxy's word for that. */
export function isLost(outcome: Outcome<Response>): boolean {
  if ('error' in outcome) return (outcome.error as Error | null)?.name === 'TypeError';
  return outcome.value.status === 502 || outcome.value.status === 504;
}

export function isRefusedForNow(outcome: Outcome<Response>): boolean {
  return 'value' in outcome && (outcome.value.status === 429 || outcome.value.status === 503);
}

/** What `Retry-After` says, seconds or a date (RFC 9110 §10.2.3); null: nothing, or more than is waited for. */
export function getAskedWaitMs({ headers }: Response, maxWaitSeconds: number): number | null {
  const text = headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return seconds <= maxWaitSeconds ? withJitter(Math.max(0, seconds) * 1000) : null;
}

/** Whether the service still works at the first try. */
async function isUnderWay(outcome: Outcome<Response>): Promise<boolean> {
  if (!('value' in outcome) || outcome.value.status !== 409) return false;
  const problem = (await outcome.value
    .clone()
    .json()
    .catch(() => null)) as { code?: unknown } | null;
  return problem?.code === 'idempotency-key-in-use';
}
