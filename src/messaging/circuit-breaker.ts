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
  /** Asks for leave to call. A leave must be followed by `succeeded`, `failed` or `abandoned`. */
  tryEnter(): boolean;
  succeeded(): void;
  failed(): void;
  /** The call was not made after all. */
  abandoned(): void;
  state(): BreakerState;
}>;

export function createCircuitBreaker(now: () => number = performance.now.bind(performance)): CircuitBreaker {
  let failures = 0;
  let pauseMs = 0;
  let openUntil = 0;
  let trying = false;
  const isOpen = () => pauseMs > 0;
  return {
    tryEnter() {
      if (!isOpen()) return true;
      if (trying || now() < openUntil) return false;
      trying = true;
      return true;
    },
    succeeded() {
      failures = 0;
      pauseMs = 0;
      trying = false;
    },
    failed() {
      failures += 1;
      // Calls that were under way when the breaker opened do not lengthen its pause.
      if (isOpen() ? !trying : failures < failuresToOpen) return;
      trying = false;
      pauseMs = Math.min(Math.max(pauseMs * 2, shortestPauseMs), longestPauseMs);
      openUntil = now() + pauseMs;
    },
    abandoned() {
      trying = false;
    },
    state() {
      if (!isOpen()) return 'closed';
      return now() < openUntil ? 'open' : 'half-open';
    },
  };
}
