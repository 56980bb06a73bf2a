import { commonProblems, Problem } from '../../kernel/problem.ts';

export type QueueLimits = Readonly<{
  /** Lists that come in, wait or are taken in. */
  maxLists: number;
  /** What they may take, in bytes: on this disk while they come in, in the database while they wait. */
  maxBytes: number;
  /** Dry runs and withdrawals at the same time. */
  turns: number;
}>;

export const defaultQueueLimits: QueueLimits = { maxLists: 1_000, maxBytes: 4 * 1024 ** 3, turns: 2 };

/** Room for a list from before its first byte is read until it lies in the database, or was tried. */
export type Place = Readonly<{
  /** More bytes than were announced; waits until others have left where there is no room for them. */
  grow(bytes: number): Promise<void>;
  leave(): void;
}>;

const busySeconds = 5;

/**
 * What does not fit is refused before it is read, everything else is received.
 * @param countWaiting what lies in the database already, of all processes
 */
export function createIntakeRoom(
  { maxLists, maxBytes, turns }: QueueLimits,
  countWaiting: () => Promise<Readonly<{ lists: number; bytes: number }>>,
) {
  let lists = 0;
  let bytes = 0;
  let working = 0;
  const waiting: (() => void)[] = [];
  let watchers: (() => void)[] = [];

  function changed(): void {
    const woken = watchers;
    watchers = [];
    for (const wake of woken) wake();
  }

  const nextChange = () => new Promise<void>((resolve) => watchers.push(resolve));

  function toPlace(announcedBytes: number): Place {
    let own = announcedBytes;
    let left = false;
    lists += 1;
    bytes += own;
    return {
      async grow(more) {
        while (bytes + more > maxBytes && bytes > own) await nextChange();
        own += more;
        bytes += more;
      },
      leave() {
        if (left) return;
        left = true;
        lists -= 1;
        bytes -= own;
        changed();
      },
    };
  }

  return {
    /** @throws {Problem} `busy` when there is no room */
    async enter(announcedBytes: number): Promise<Place> {
      // Taken first and looked at then: of many at once nobody believes that the room is theirs alone.
      const place = toPlace(announcedBytes);
      try {
        const stored = await countWaiting();
        if (lists + stored.lists <= maxLists && bytes + stored.bytes <= maxBytes) return place;
      } catch (error) {
        place.leave();
        throw error;
      }
      place.leave();
      throw new Problem(commonProblems.busy, { retryAfterSeconds: busySeconds });
    },

    /** Does what somebody waits for when it is its turn. */
    async takeTurn<T>(work: () => Promise<T>): Promise<T> {
      if (working >= turns) await new Promise<void>((resolve) => waiting.push(resolve));
      else working += 1;
      try {
        return await work();
      } finally {
        // The turn is handed on, not given up: nobody who comes later gets in between.
        const next = waiting.shift();
        if (next) next();
        else working -= 1;
      }
    },

    /** Ends when nothing is on its way in. */
    async emptied(): Promise<void> {
      while (lists > 0) await nextChange();
    },
  };
}
