import type { Pressure } from './proof-of-work.ts';

const maxQueueSeconds = 1;
const minuteMs = 60_000;

export type PressureOptions = Readonly<{
  failuresPerMinute: number;
  /** How long who comes now would wait for a hash. */
  queueSeconds(): number;
  now?: () => number;
}>;

/** Looks at this process alone: its queue of hashes is what there is to guard. */
export function createPressure({
  failuresPerMinute,
  queueSeconds,
  now = Date.now,
}: PressureOptions): Pressure {
  let minute = 0;
  let failures = 0;
  let failuresBefore = 0;
  const advance = () => {
    const current = Math.floor(now() / minuteMs);
    if (current === minute) return;
    failuresBefore = current === minute + 1 ? failures : 0;
    failures = 0;
    minute = current;
  };
  return {
    noteFailure() {
      advance();
      failures += 1;
    },
    isHigh() {
      advance();
      return Math.max(failures, failuresBefore) > failuresPerMinute || queueSeconds() >= maxQueueSeconds;
    },
  };
}
