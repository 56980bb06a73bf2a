import { Piscina } from 'piscina';
import { commonProblems, Problem } from '../../kernel/problem.ts';

/** Work for one thread: to hash one input, or to compare inputs with bcrypt strings one after the other. */
export type HashJob =
  | Readonly<{ kind: 'hash'; input: string; cost: number }>
  | Readonly<{ kind: 'compare'; pairs: readonly (readonly [input: string, bcryptString: string])[] }>;

export type HashResult<Job extends HashJob> = Job extends { kind: 'hash' } ? string : boolean[];

/** Seconds in this process; counts since its start. */
export type HashingMetrics = Readonly<{
  running: number;
  waiting: number;
  completed: number;
  /** Jobs turned away because the queue was full. */
  refused: number;
  meanJobSeconds: number;
}>;

export type HashPool = Readonly<{
  /** @throws {Problem} `busy` when the queue is full */
  run<Job extends HashJob>(job: Job): Promise<HashResult<Job>>;
  metrics(): HashingMetrics;
  /** Lets queued jobs end, then the threads. */
  close(): Promise<void>;
}>;

/** `concurrency`: jobs at once; `queueLimit`: jobs that may wait beside them. */
export type HashPoolOptions = Readonly<{ concurrency: number; queueLimit: number }>;

/**
 * bcrypt on threads of its own instead of libuv's: those serve DNS and files too, are four unless the
 * environment says otherwise, and cannot be told to stand back. These are: with 64 sign-ins queued on two cores
 * and other routes asked as fast as they answer, the slowest hundredth of their answers took 4 to 5 ms, a slice of
 * the scheduler's, three to three and a half times as long as alone; with 5 instead of 15 it was four. Sign-ins went on
 * at 7.0 a second instead of 7.5.
 */
const niceIncrement = 15;
/** Threads nobody needs give their ~15 MB back. */
const idleMilliseconds = 60_000;
const longestRetrySeconds = 60;

export function createHashPool({ concurrency, queueLimit }: HashPoolOptions): HashPool {
  const threads = new Piscina({
    filename: new URL('./hash-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: concurrency,
    concurrentTasksPerWorker: 1,
    idleTimeout: idleMilliseconds,
    niceIncrement,
  });
  // A thread that dies fails the job it had, which is told of it; that is no reason to end the process.
  threads.on('error', () => {});
  const inFlight = new Set<Promise<unknown>>();
  let completed = 0;
  let refused = 0;
  let busySeconds = 0;
  const meanJobSeconds = () => (completed === 0 ? 0 : busySeconds / completed);

  /** When the queue will have moved by about half. */
  const retryAfterSeconds = () =>
    Math.min(longestRetrySeconds, Math.max(1, Math.ceil((queueLimit * meanJobSeconds()) / concurrency / 2)));

  return {
    async run<Job extends HashJob>(job: Job): Promise<HashResult<Job>> {
      if (inFlight.size >= concurrency + queueLimit) {
        refused += 1;
        throw new Problem(commonProblems.busy, { retryAfterSeconds: retryAfterSeconds() });
      }
      const running = threads.run(job);
      inFlight.add(running);
      try {
        const { result, seconds }: { result: HashResult<Job>; seconds: number } = await running;
        completed += 1;
        busySeconds += seconds;
        return result;
      } finally {
        inFlight.delete(running);
      }
    },
    metrics() {
      const running = Math.min(inFlight.size, concurrency);
      return {
        running,
        waiting: inFlight.size - running,
        completed,
        refused,
        meanJobSeconds: meanJobSeconds(),
      };
    },
    async close() {
      await Promise.allSettled(inFlight);
      await threads.destroy();
    },
  };
}
