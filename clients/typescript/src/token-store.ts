/** A signed-in person on this device; as JSON it may be kept anywhere that is secret. */
export type KeptSession = Readonly<{
  /** Tells sessions that follow each other in one store apart. */
  id: string;
  accessToken: string;
  /** When to get the next one: milliseconds since 1970, by this device's clock. */
  renewAt: number;
  /** Absent where the browser keeps it in a cookie. */
  refreshToken?: string;
  /** `Idempotency-Key` of the next refresh: kept before it is sent, it gets an answer that was lost again. */
  refreshKey: string;
  /** How often it has been renewed: the newest of two is the one to go on with. */
  renewals: number;
}>;

export type Kept = Readonly<{
  session?: KeptSession;
  /** What the device is known by; it outlives sessions. Absent where the browser keeps it in a cookie. */
  deviceToken?: string;
}>;

/** Does `work` while nobody else who has the same lock does theirs, and gives what it gives. */
export type Lock = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Where a session is kept, shared by all that go on with it: tabs, processes, the next start of an app. Whoever needs a new
 * token reads under the lock, takes what another has just got, or refreshes and writes; so each refresh token is used once.
 */
export type TokenStore = Readonly<{
  /** null: nothing is kept. */
  read(): Promise<Kept | null> | Kept | null;
  write(kept: Kept): Promise<unknown> | unknown;
  lock: Lock;
}>;

/** For one program, until it ends. Shared by whoever is given this very object, and by nobody else. */
export function createMemoryStore(kept: Kept | null = null): TokenStore {
  let current = kept;
  return {
    read: () => current,
    write(next) {
      current = next;
    },
    lock: createQueue(),
  };
}

/** What keeps texts by name: `localStorage`, AsyncStorage, a Keychain. */
export type TextStorage = Readonly<{
  getItem(name: string): Promise<string | null> | string | null;
  setItem(name: string, text: string): Promise<unknown> | unknown;
}>;

/**
 * Over whatever keeps texts by name. What is no text of ours counts as nothing.
 * @param lock of all that share the storage; Web Locks unless given, which are those of one origin in a browser and of one
 * process elsewhere
 */
export function createTextStore(
  storage: TextStorage,
  { name = 'savabegh', lock = createWebLock(name) }: Readonly<{ name?: string; lock?: Lock }> = {},
): TokenStore {
  return {
    read: async () => toKept(await storage.getItem(name)),
    write: (kept) => storage.setItem(name, JSON.stringify(kept)),
    lock,
  };
}

function toKept(text: string | null): Kept | null {
  try {
    const { session, deviceToken }: Kept = JSON.parse(text ?? 'null') ?? {};
    return {
      ...(isSession(session) && { session }),
      ...(typeof deviceToken === 'string' && { deviceToken }),
    };
  } catch {
    return null;
  }
}

function isSession(session: KeptSession | undefined): session is KeptSession {
  const { id, accessToken, refreshToken, refreshKey, renewAt, renewals } = session ?? {};
  return (
    [id, accessToken, refreshToken, refreshKey].every((text) => typeof text === 'string') &&
    [renewAt, renewals].every((number) => typeof number === 'number')
  );
}

/** One after the other, in this program. */
function createQueue(): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}

/** A page that the browser has frozen may hold a lock for as long as it likes. */
const maxLockWaitMs = 10_000;

/**
 * Web Locks, which all tabs of an origin share; where there are none (pages over plain http, engines of phones) a queue in
 * this program.
 * @throws after ten seconds of waiting
 */
export function createWebLock(name: string): Lock {
  const queue = createQueue();
  return async (work) => {
    const locks = globalThis.navigator?.locks;
    if (!locks) return queue(work);
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), maxLockWaitMs);
    try {
      return await locks.request(name, { signal: waiting.signal }, () => {
        clearTimeout(timer);
        return work();
      });
    } finally {
      clearTimeout(timer);
    }
  };
}
