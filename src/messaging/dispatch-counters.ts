import type { DispatchEvent, DispatchOutcome } from './dispatch.ts';

/** Upper bounds in seconds of the classes that dispatch times are counted in. */
const dispatchBounds = [0.05, 0.1, 0.5, 1, 5, 30, 120, 600] as const;

/** Since the process started; only ever growing, as metrics want them. */
export type DispatchCounts = Readonly<{
  /** Attempts by what became of them. */
  outcomes: Readonly<Record<DispatchOutcome, number>>;
  /** Messages that ended without delivery, by reason: ours, for what gateways say has no end. */
  reasons: Readonly<Record<string, number>>;
  /** From the cause to the provider's yes. `atMost[i]`: how many took no longer than `bounds[i]` seconds. */
  dispatchSeconds: Readonly<{
    bounds: readonly number[];
    atMost: readonly number[];
    count: number;
    sum: number;
  }>;
  /** `null`: there has been none. */
  secondsSinceLastAttempt: number | null;
}>;

export type DispatchCounters = Readonly<{ count(event: DispatchEvent): void; read(): DispatchCounts }>;

export function createDispatchCounters(): DispatchCounters {
  const outcomes: Record<DispatchOutcome, number> = {
    sent: 0,
    requeued: 0,
    failed: 0,
    expired: 0,
    dropped: 0,
    'claimed-elsewhere': 0,
  };
  const reasons: Record<string, number> = {};
  const atMost = dispatchBounds.map(() => 0);
  let count = 0;
  let sum = 0;
  let lastAt: number | null = null;
  return {
    count({ outcome, reason, seconds }) {
      outcomes[outcome] += 1;
      lastAt = performance.now();
      if (reason !== null && outcome !== 'requeued') reasons[reason] = (reasons[reason] ?? 0) + 1;
      if (seconds === null) return;
      count += 1;
      sum += seconds;
      dispatchBounds.forEach((bound, index) => {
        if (seconds <= bound) atMost[index] = (atMost[index] ?? 0) + 1;
      });
    },
    read: () => ({
      outcomes: { ...outcomes },
      reasons: { ...reasons },
      dispatchSeconds: { bounds: dispatchBounds, atMost: [...atMost], count, sum },
      secondsSinceLastAttempt: lastAt === null ? null : (performance.now() - lastAt) / 1000,
    }),
  };
}
