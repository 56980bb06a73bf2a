import { commonProblems, Problem } from '../../kernel/problem.ts';

/** What a job gives: its result, and the seconds that it took without the wait. */
type Done<Result> = Readonly<{ result: Result; seconds: number }>;

/** Seconds in this process; counts since its start. */
export type HashingMetrics = Readonly<{
  running: number;
  waiting: number;
  completed: number;
  /** Jobs turned away because the queue was too long. */
  refused: number;
  meanJobSeconds: number;
}>;

/**
 * `concurrency`: jobs at once; `queueLimit`: jobs that may wait beside them; `maxWaitSeconds`: how long one of these
 * may wait for its turn.
 */
export type HashQueueOptions = Readonly<{ concurrency: number; queueLimit: number; maxWaitSeconds: number }>;

export type HashQueue = Readonly<{
  /**
   * Begins in order of arrival.
   * @param rounds of bcrypt that the job takes
   * @throws {Problem} `busy`
   */
  run<Result>(rounds: number, begin: () => Promise<Done<Result>>): Promise<Result>;
  metrics(): HashingMetrics;
  /** When all that was taken is done. */
  drain(): Promise<void>;
}>;

/** What a round is believed to take until the first ones are measured: a third of a second for a hash of cost 12. */
const assumedSecondsPerRound = 1 / 3 / 2 ** 12;
/** What the newest job counts for in the estimate: a machine that turns slow is believed after a few. */
const weightOfNewest = 0.2;
/** So much of the longest wait is promised: an estimate may be wrong by a tenth before anybody waits in vain. */
const promisedShare = 0.9;
const longestRetrySeconds = 60;

/**
 * A queue that is bounded in number and in time. Whoever would wait longer than `maxWaitSeconds`, as far as the jobs so
 * far tell, is turned away at once, and does not learn it after waiting; whoever still waits then, because the machine
 * has become slower, is turned away at that moment.
 */
export function createHashQueue(options: HashQueueOptions): HashQueue {
  const { concurrency, queueLimit, maxWaitSeconds } = options;
  const turns = createTurns(concurrency, maxWaitSeconds);
  const taken = new Set<Promise<unknown>>();
  /** Of all jobs that were taken and are not done, those that run counted in full. */
  let roundsAhead = 0;
  let secondsPerRound = assumedSecondsPerRound;
  let completed = 0;
  let refused = 0;
  let busySeconds = 0;

  const expectedWait = () =>
    turns.running() < concurrency ? 0 : (roundsAhead * secondsPerRound) / concurrency;

  function hasPlace(): boolean {
    if (turns.running() < concurrency) return true;
    return turns.waiting() < queueLimit && expectedWait() <= promisedShare * maxWaitSeconds;
  }

  /** Tells when the queue will have moved by about half. */
  function busy(): Problem {
    refused += 1;
    const seconds = Math.ceil(expectedWait() / 2);
    return new Problem(commonProblems.busy, {
      retryAfterSeconds: Math.min(longestRetrySeconds, Math.max(1, seconds)),
    });
  }

  async function work<Result>(rounds: number, begin: () => Promise<Done<Result>>): Promise<Result> {
    await turns.take(busy);
    try {
      const { result, seconds } = await begin();
      completed += 1;
      busySeconds += seconds;
      secondsPerRound += weightOfNewest * (seconds / rounds - secondsPerRound);
      return result;
    } finally {
      turns.pass();
    }
  }

  return {
    async run(rounds, begin) {
      if (!hasPlace()) throw busy();
      roundsAhead += rounds;
      const done = work(rounds, begin).finally(() => {
        roundsAhead -= rounds;
        taken.delete(done);
      });
      taken.add(done);
      return done;
    },
    metrics: () => ({
      running: turns.running(),
      waiting: turns.waiting(),
      completed,
      refused,
      meanJobSeconds: completed === 0 ? 0 : busySeconds / completed,
    }),
    async drain() {
      await Promise.allSettled(taken);
    },
  };
}

/** So many at once; the others wait in order, and no longer than `maxWaitSeconds`. */
function createTurns(concurrency: number, maxWaitSeconds: number) {
  const waiting = new Set<() => void>();
  let running = 0;
  return {
    running: () => running,
    waiting: () => waiting.size,

    /** @param tooLate what somebody is refused with who has waited for too long */
    take(tooLate: () => Problem): Promise<void> {
      if (running < concurrency) {
        running += 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const begin = () => {
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting.delete(begin);
          reject(tooLate());
        }, maxWaitSeconds * 1000);
        waiting.add(begin);
      });
    },

    /** To the next one, or to nobody. */
    pass(): void {
      const [next] = waiting;
      if (next === undefined) {
        running -= 1;
      } else {
        waiting.delete(next);
        next();
      }
    },
  };
}
