/**
 * Runs `work` again and again with pauses of about this length, spread so that several processes do not do
 * it together. `onError` is told of a round that failed. Returns what ends it and awaits a running one.
 */
export function repeat(
  intervalMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  const schedule = () => {
    if (stopped) return;
    const pauseMs = intervalMs * (0.5 + Math.random());
    timer = setTimeout(() => {
      // The next round comes anyway.
      running = work().catch(onError).then(schedule);
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
