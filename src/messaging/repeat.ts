/**
 * Runs `work` again and again with pauses of about this length, spread so that several processes do not do
 * it together. Returns what ends it and awaits a running one.
 */
export function repeat(intervalMs: number, work: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  const schedule = () => {
    if (stopped) return;
    const pauseMs = intervalMs * (0.5 + Math.random());
    timer = setTimeout(() => {
      // A database or provider that is away is noticed by everybody else; the next round comes anyway.
      running = work()
        .catch(() => {})
        .then(schedule);
    }, pauseMs);
    timer.unref();
  };
  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
