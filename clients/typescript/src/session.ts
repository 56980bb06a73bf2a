import { createTokenSource, getRenewAt, type Held, isFresh, withTokens } from './authorisation.ts';
import { fromBase64url } from './base64.ts';
import type { Api, Calls } from './calls.ts';
import { callOut, pause, show } from './platform.ts';
import { type ProblemCode, ProblemError, unwrap } from './problem.ts';
import type { components } from './schema.ts';
import type { Kept, KeptSession, TokenStore } from './token-store.ts';

/** What the service answers a sign-in with. */
export type Tokens = components['schemas']['Tokens'];

/** A signed-in person. Access tokens are renewed by themselves; the device stays known when the password changes. */
export type Session = Readonly<{
  api: Api;
  /** Ways into the account that were barred at the sign-in: tell the person, and ask for new ones. */
  barredKinds: readonly components['schemas']['AccountKind'][];
  /**
   * Ends the session here and at the service. The device stays known.
   * @throws when the service could not be told. Here it has ended all the same, but for the cookie that a browser keeps
   */
  signOut(): Promise<void>;
}>;

/** Somebody else has signed in in this browser: its cookies are theirs, and this page is not to act in their name. */
export class SomebodyElseError extends Error {
  constructor() {
    super('somebody else has signed in in this browser');
    this.name = 'SomebodyElseError';
  }
}

function isOfSamePerson(one: KeptSession, other: KeptSession): boolean {
  const [subject, otherSubject] = [getSubject(one), getSubject(other)];
  return subject === null || otherSubject === null || subject === otherSubject;
}

/** Whom an access token is of (RFC 9068 §2.2); null: it does not say. */
function getSubject({ accessToken }: KeptSession): string | null {
  try {
    const [, claims = ''] = accessToken.split('.');
    return JSON.parse(fromBase64url(claims)).sub;
  } catch {
    return null;
  }
}

/** Browsers show a page what another has just written after some milliseconds. */
const lateMs = 500;

type Renewed = Readonly<{ session: KeptSession; deviceToken?: string }>;

/** A session from what a sign-in was answered. */
export function toKeptSession(tokens: Tokens, newKey: () => string): KeptSession {
  return { id: newKey(), renewals: 0, ...toPair(tokens, newKey) };
}

/** What of a session every refresh makes anew. */
function toPair({ accessToken, accessTokenExpiresInSeconds, refreshToken }: Tokens, newKey: () => string) {
  return {
    accessToken,
    renewAt: getRenewAt(accessTokenExpiresInSeconds),
    ...(refreshToken !== undefined && { refreshToken }),
    refreshKey: newKey(),
  };
}

/**
 * Goes on with a session. What the store has of it is taken when it is newer. A store that fails, or has another session by
 * now, takes nothing with it: this one goes on with what it has in memory.
 */
export function createSession(
  calls: Calls,
  store: TokenStore,
  first: Renewed,
  barredKinds: Session['barredKinds'] = [],
): Session {
  let own = first;

  /** @returns what the store has, as long as that is this session; if it is newer, it is gone on with */
  async function takeNewer(): Promise<Kept | null> {
    const kept = await readKept(store);
    if (kept?.session?.id !== own.session.id) return null;
    if (kept.session.renewals > own.session.renewals) own = { ...own, session: kept.session };
    return kept;
  }

  async function renew(): Promise<Held> {
    const { session: before } = own;
    const kept = await takeNewer();
    if (own.session !== before && isFresh(own.session)) return toHeld(own.session);
    const { session: current } = own;
    try {
      const session = await refresh(calls, current);
      if (!isOfSamePerson(session, current)) throw new SomebodyElseError();
      own = { ...own, session };
    } catch (error) {
      if (kept && isOver(error)) await writeKept(store, withoutSession(kept));
      if (!hasCode(error, 'refresh-superseded')) throw error;
      // Another has renewed it, and the store shows that late.
      await pause(lateMs);
      await takeNewer();
      if (own.session === current) throw error;
      return toHeld(own.session);
    }
    if (kept) await writeKept(store, { ...kept, session: own.session });
    return toHeld(own.session);
  }

  const getToken = createTokenSource(toHeld(first.session), () => exclusively(store, renew));
  const api = calls.apiBy(withTokens(calls.send, getToken));
  api.use({
    onRequest({ request, schemaPath }) {
      // Every other device is forgotten then.
      if (schemaPath === '/v1/me/password' && own.deviceToken !== undefined) {
        request.headers.set('device-token', own.deviceToken);
      }
    },
  });

  async function forget(): Promise<void> {
    const kept = await takeNewer();
    if (kept) await writeKept(store, withoutSession(kept));
  }

  return {
    api,
    barredKinds,
    async signOut() {
      try {
        await unwrap(api.DELETE('/v1/me/sessions/current'));
      } catch (error) {
        if (!isOver(error)) throw error;
      } finally {
        await exclusively(store, forget);
      }
    },
  };
}

const toHeld = ({ accessToken, renewAt }: KeptSession): Held => ({ token: accessToken, renewAt });

const hasCode = (error: unknown, code: ProblemCode): boolean =>
  error instanceof ProblemError && error.code === code;

/** The session has ended: elsewhere, or by itself. */
export const isOver = (error: unknown): boolean => hasCode(error, 'refresh-not-accepted');

/** @throws {ProblemError} `refresh-not-accepted`: the session has ended */
export async function refresh({ api, newKey }: Calls, session: KeptSession): Promise<KeptSession> {
  const { refreshToken } = session;
  const send = (key: string) =>
    unwrap(
      api.POST('/v1/sessions/refresh', {
        params: { header: { 'idempotency-key': key } },
        // Without one the browser's cookie is taken.
        body: refreshToken === undefined ? {} : { refreshToken },
      }),
    );
  const tokens = await send(session.refreshKey).catch((error: unknown) => {
    // Another tab has renewed the cookie since the key was first sent: it is a new refresh.
    if (hasCode(error, 'idempotency-key-reused')) return send(newKey());
    throw error;
  });
  return { ...session, ...toPair(tokens, newKey), renewals: session.renewals + 1 };
}

function withoutSession({ session: _, ...kept }: Kept): Kept {
  return kept;
}

/** @returns null also where the store fails */
export async function readKept(store: TokenStore): Promise<Kept | null> {
  try {
    return await store.read();
  } catch (error) {
    show('the token store could not be read', error);
    return null;
  }
}

export function writeKept(store: TokenStore, kept: Kept): Promise<void> {
  return callOut('the token store could not be written', () => store.write(kept));
}

/**
 * Does `work` under the store's lock, and without where it fails: of several that refresh at once the service gives all the
 * same successor.
 */
export async function exclusively<Result>(store: TokenStore, work: () => Promise<Result>): Promise<Result> {
  let begun: Promise<Result> | undefined;
  const once = () => {
    begun ??= work();
    return begun;
  };
  try {
    return await store.lock(once);
  } catch (error) {
    if (!begun) show('the token store could not be locked', error);
    return once();
  }
}
