/** Failures in a row after which a provider is left alone. */
const failuresToOpen = 5;
const shortestPauseMs = 5_000;
const longestPauseMs = 300_000;

export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Leaves a provider alone that has failed several times in a row, for pauses that double; after each pause
 * one message tries it (half-open) before the others follow.
 */
export type CircuitBreaker = Readonly<{
  /** Asks for leave to call; `null` while the provider is left alone. */
  tryEnter(): Leave | null;
  state(): BreakerState;
}>;

/** For one call, which must end in one of these. While the breaker is open only the call that tries it counts. */
export type Leave = Readonly<{
  succeeded(): void;
  failed(): void;
  /** The call was not made after all. */
  abandoned(): void;
}>;

export function createCircuitBreaker(now: () => number = performance.now.bind(performance)): CircuitBreaker {
  let failures = 0;
  let pauseMs = 0;
  let openUntil = 0;
  let trying = false;
  const isOpen = () => pauseMs > 0;
  const leave = (isTrial: boolean): Leave => ({
    succeeded() {
      if (isOpen() && !isTrial) return;
      failures = 0;
      pauseMs = 0;
      trying = false;
    },
    failed() {
      failures += 1;
      if (isOpen() ? !isTrial : failures < failuresToOpen) return;
      trying = false;
      pauseMs = Math.min(Math.max(pauseMs * 2, shortestPauseMs), longestPauseMs);
      openUntil = now() + pauseMs;
    },
    abandoned() {
      if (isTrial) trying = false;
    },
  });
  return {
    tryEnter() {
      if (!isOpen()) return leave(false);
      if (trying || now() < openUntil) return null;
      trying = true;
      return leave(true);
    },
    state() {
      if (!isOpen()) return 'closed';
      return now() < openUntil ? 'open' : 'half-open';
    },
  };
}
