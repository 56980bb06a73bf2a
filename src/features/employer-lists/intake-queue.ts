import { commonProblems, Problem } from '../../kernel/problem.ts';

export type QueueLimits = Readonly<{
  /** Lists read at the same time; each takes a database connection and much of a core. */
  lanes: number;
  /** Lists that come in, wait or are read. */
  maxLists: number;
  /** What they may take on disk, in bytes. */
  maxBytes: number;
}>;

export const defaultQueueLimits: QueueLimits = { lanes: 3, maxLists: 200, maxBytes: 4 * 1024 ** 3 };

/** A list's place in the queue, from before its first byte is read until its files are gone. */
export type QueuePlace = Readonly<{
  /** More bytes than were announced; waits until others have left where there is no room for them. */
  grow(bytes: number): Promise<void>;
  /** Runs the work when a lane is free, first come, first served. */
  run<T>(work: () => Promise<T>): Promise<T>;
  leave(): void;
}>;

const busySeconds = 5;

export type IntakeQueue = ReturnType<typeof createIntakeQueue>;

/** Takes bursts of lists in: what does not fit is refused before it is read, everything else gets its turn. */
export function createIntakeQueue({ lanes, maxLists, maxBytes }: QueueLimits) {
  let lists = 0;
  let bytes = 0;
  let running = 0;
  const turns: (() => void)[] = [];
  let watchers: (() => void)[] = [];

  function changed(): void {
    const woken = watchers;
    watchers = [];
    for (const wake of woken) wake();
  }

  const nextChange = () => new Promise<void>((resolve) => watchers.push(resolve));

  async function run<T>(work: () => Promise<T>): Promise<T> {
    // A lane is handed on, not given up: nobody who comes later gets in between.
    if (running >= lanes) await new Promise<void>((resolve) => turns.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = turns.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    /** @throws {Problem} `busy` when the queue is full */
    enter(announcedBytes: number): QueuePlace {
      if (lists >= maxLists || bytes + announcedBytes > maxBytes) {
        throw new Problem(commonProblems.busy, { retryAfterSeconds: busySeconds });
      }
      let own = announcedBytes;
      lists += 1;
      bytes += own;
      let left = false;
      return {
        async grow(more) {
          while (bytes + more > maxBytes && bytes > own) await nextChange();
          own += more;
          bytes += more;
        },
        run,
        leave() {
          if (left) return;
          left = true;
          lists -= 1;
          bytes -= own;
          changed();
        },
      };
    },

    /** Ends when nothing is left in the queue. */
    async drained(): Promise<void> {
      while (lists > 0) await nextChange();
    },
  };
}
