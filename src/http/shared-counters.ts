import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import { Redis } from 'ioredis';

export type SharedCountersOptions = Readonly<{
  redisUrl: string;
  /** Told once when an outage begins, and once when it is over. */
  onOutage(cause: Error): void;
  onRecovery(): void;
}>;

type Count = { current: number; ttl: number };

const keyPrefix = 'savabegh:requests:';
/** A request waits so long for Redis, once in an outage; much longer than Redis ever takes. */
const commandTimeoutMs = 250;
const connectTimeoutMs = 2_000;
/** In an outage Redis is asked again so often; in between requests do not wait for it at all. */
const retryIntervalMs = 1_000;
const maxReconnectPauseMs = 1_000;
/** Networks counted by this process itself; the ones seen first are forgotten first. */
const maxCounted = 50_000;

/**
 * Counters of requests that all replicas share. Without Redis the service goes on: while it is gone or slow,
 * every process counts by itself, so that the ceiling is at most as many times as high as there are replicas.
 */
export function createSharedCounters({ redisUrl, onOutage, onRecovery }: SharedCountersOptions) {
  const redis = new Redis(redisUrl, {
    connectionName: 'savabegh',
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // What cannot be asked now is answered by the process itself, not asked later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 100, maxReconnectPauseMs),
    // After a fail-over the old primary lives on as a replica and takes no writes: the name leads to the new one.
    reconnectOnError: ({ message }) => /^(READONLY|LOADING|MASTERDOWN)/.test(message),
  });
  const ownCounts = createOwnCounts();
  let askAgainAt: number | null = null;

  const fail = (cause: Error): void => {
    if (askAgainAt === null) onOutage(cause);
    askAgainAt = performance.now() + retryIntervalMs;
  };
  // Must be listened to, or it ends the process; reconnecting goes on by itself.
  redis.on('error', fail);

  async function countInRedis(key: string, windowMs: number): Promise<Count> {
    const results = await redis
      .multi()
      .incr(key)
      // Begins with the first request of a window; later ones do not prolong it.
      .pexpire(key, windowMs, 'NX')
      .pttl(key)
      .exec();
    const [current, , ttl] = (results ?? []).map(([error, value]) => {
      if (error) throw error;
      return Number(value);
    });
    if (!Number.isInteger(current) || !Number.isInteger(ttl)) throw new Error('Redis did not count');
    return { current: Number(current), ttl: Number(ttl) };
  }

  async function count(key: string, windowMs: number): Promise<Count> {
    const now = performance.now();
    if (askAgainAt !== null) {
      if (now < askAgainAt) return ownCounts(key, windowMs);
      // One request tries; the others do not wait for what it finds.
      askAgainAt = now + retryIntervalMs;
    }
    try {
      const counted = await countInRedis(keyPrefix + key, windowMs);
      if (askAgainAt !== null) onRecovery();
      askAgainAt = null;
      return counted;
    } catch (error) {
      fail(error as Error);
      return ownCounts(key, windowMs);
    }
  }

  class SharedStore implements FastifyRateLimitStore {
    incr(key: string, callback: (error: Error | null, result?: Count) => void, windowMs = 60_000): void {
      count(key, windowMs).then((counted) => callback(null, counted), callback);
    }

    /** No route has limits of its own: there is one counter a network. */
    child(): SharedStore {
      return this;
    }
  }

  return { Store: SharedStore, close: () => redis.disconnect() };
}

/** Counts by this process alone, in windows that begin with a key's first request. */
function createOwnCounts(): (key: string, windowMs: number) => Count {
  const counts = new Map<string, { current: number; endsAt: number }>();
  return (key, windowMs) => {
    const now = performance.now();
    let count = counts.get(key);
    if (!count || count.endsAt <= now) {
      counts.delete(key);
      const [oldest] = counts.size >= maxCounted ? counts.keys() : [];
      if (oldest !== undefined) counts.delete(oldest);
      count = { current: 0, endsAt: now + windowMs };
      counts.set(key, count);
    }
    count.current += 1;
    return { current: count.current, ttl: count.endsAt - now };
  };
}
