import {
  createMemoryStore,
  createSavabegh,
  type Kept,
  type KeptSession,
  type Options,
  type Session,
  type TokenStore,
} from '../../clients/typescript/src/index.ts';

/**
 * A client, and the requests that it sent: `POST /v1/sessions 201`; `lost` where no answer reached it. `spoilToken`: the next
 * token that it sends is as if it had ended.
 */
export function watchedClient({ fetch: send = fetch, ...options }: Options) {
  const sent: string[] = [];
  let spoils = 0;
  const savabegh = createSavabegh({
    ...options,
    fetch: async (request) => {
      const line = `${request.method} ${new URL(request.url).pathname}`;
      if (spoils > 0 && request.headers.has('authorization')) {
        spoils -= 1;
        request.headers.set('authorization', 'Bearer old.access.token');
      }
      try {
        const response = await send(request);
        sent.push(`${line} ${response.status}`);
        return response;
      } catch (error) {
        sent.push(`${line} lost`);
        throw error;
      }
    },
  });
  const spoilToken = () => {
    spoils += 1;
  };
  return { ...savabegh, sent, spoilToken };
}

export const refreshes = (sent: readonly string[]) =>
  sent.filter((line) => line.startsWith('POST /v1/sessions/refresh')).length;

/** What a network does that takes requests and loses their answers, as many as are left. */
export function lossyNetwork() {
  const network = {
    losses: 0,
    keys: [] as (string | null)[],
    async fetch(request: Request): Promise<Response> {
      network.keys.push(request.headers.get('idempotency-key'));
      const response = await fetch(request);
      if (network.losses === 0) return response;
      network.losses -= 1;
      throw new TypeError('the network went away');
    },
  };
  return network;
}

export async function keptIn(store: TokenStore): Promise<Kept & { session: KeptSession }> {
  const kept = await store.read();
  if (!kept?.session) throw new Error('nobody is signed in');
  return { ...kept, session: kept.session };
}

/** The next request needs a new token. */
export async function outdate(store: TokenStore): Promise<void> {
  const { session, ...kept } = await keptIn(store);
  await store.write({ ...kept, session: { ...session, renewAt: 0 } });
}

/** A session is somebody's, else the test ends. */
export function somebody(session: Session | null): Session {
  if (!session) throw new Error('nobody is signed in');
  return session;
}

/** A store that says how often it was used, and fails where it is told to. */
export function watchedStore(store: TokenStore = createMemoryStore()) {
  const watched = {
    failing: new Set<'read' | 'write' | 'lock'>(),
    written: [] as Kept[],
    store: {
      read() {
        if (watched.failing.has('read')) throw new Error('the disk is gone');
        return store.read();
      },
      async write(kept) {
        if (watched.failing.has('write')) throw new Error('the disk is full');
        watched.written.push(kept);
        await store.write(kept);
      },
      lock(work) {
        if (watched.failing.has('lock')) return Promise.reject(new Error('no lock is to be had'));
        return store.lock(work);
      },
    } satisfies TokenStore,
  };
  return watched;
}
