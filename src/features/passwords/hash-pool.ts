import { Piscina } from 'piscina';
import { createHashQueue, type HashingMetrics, type HashQueueOptions } from './hash-queue.ts';

/** Work for one thread: to hash one input, or to compare inputs with bcrypt strings one after the other. */
export type HashJob =
  | Readonly<{ kind: 'hash'; input: string; cost: number }>
  | Readonly<{ kind: 'compare'; pairs: readonly (readonly [input: string, bcryptString: string])[] }>;

export type HashResult<Job extends HashJob> = Job extends { kind: 'hash' } ? string : boolean[];

export type HashPool = Readonly<{
  /** @throws {Problem} `busy`, at once, when the queue is full or the wait would be too long */
  run<Job extends HashJob>(job: Job): Promise<HashResult<Job>>;
  metrics(): HashingMetrics;
  /** Lets queued jobs end, then the threads. */
  close(): Promise<void>;
}>;

/**
 * bcrypt on threads of its own instead of libuv's: those serve DNS and files too, are four unless the
 * environment says otherwise, and cannot be told to stand back. These are: with 64 sign-ins queued on two cores
 * and other routes asked as fast as they answer, the slowest hundredth of their answers took 4 to 5 ms, a slice of
 * the scheduler's, three to three and a half times as long as alone; with 5 instead of 15 it was four. Sign-ins went on
 * at 7.0 a second instead of 7.5.
 */
const niceIncrement = 15;
/** Threads nobody needs give their ~15 MB back. */
const idleMs = 60_000;

/** Rounds of bcrypt that a job takes. */
function getRounds(job: HashJob): number {
  if (job.kind === 'hash') return 2 ** job.cost;
  return job.pairs.reduce((sum, [, bcryptString]) => sum + 2 ** Number(bcryptString.slice(4, 6)), 0);
}

export function createHashPool(options: HashQueueOptions): HashPool {
  const threads = new Piscina({
    filename: new URL('./hash-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: options.concurrency,
    concurrentTasksPerWorker: 1,
    idleTimeout: idleMs,
    niceIncrement,
  });
  // A thread that dies fails the job it had, which is told of it; that is no reason to end the process.
  threads.on('error', () => {});
  const queue = createHashQueue(options);
  return {
    run: <Job extends HashJob>(job: Job): Promise<HashResult<Job>> =>
      queue.run(getRounds(job), () => threads.run(job)),
    metrics: queue.metrics,
    async close() {
      await queue.drain();
      await threads.destroy();
    },
  };
}
