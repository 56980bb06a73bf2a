import type { Calls } from './calls.ts';
import { openFlow } from './flow.ts';
import { unwrap } from './problem.ts';
import {
  createSession,
  exclusively,
  isOver,
  readKept,
  refresh,
  type Session,
  type Tokens,
  toKeptSession,
  writeKept,
} from './session.ts';
import { createMemoryStore, createWebLock, type TokenStore } from './token-store.ts';

export type SignIn = Readonly<{ nationalCode: string } | { insuranceNumber: string }> & SignInChoices;

type SignInChoices = Readonly<{
  password: string;
  /** “This is my device”: it becomes known, and signing in on it is not told to the person any more. */
  rememberDevice?: boolean;
  /**
   * After too many failures of strangers a device that is not known needs the code of a message as well, whatever the
   * password: asks the person for it. Without it such a sign-in fails.
   */
  askForCode?: () => Promise<string>;
}>;

/** How sessions begin. Without a store they are kept in memory: until the page or program ends. */
export type Sessions = Readonly<{
  /** A device that the store knows is not strange: wrong guesses made elsewhere do not count against it. */
  signIn(credentials: SignIn, store?: TokenStore): Promise<Session>;
  /** A session from what `POST /v1/sessions`, or its second step, has answered to the caller's own request. */
  begin(tokens: Tokens, store?: TokenStore): Promise<Session>;
  /**
   * Goes on with what the store has, or with the browser's cookie.
   * @returns null: nobody is signed in
   * @throws what reading the store throws
   */
  resume(store?: TokenStore): Promise<Session | null>;
}>;

/** @param cookiesOf the address whose refresh token and device token the browser keeps in cookies; null: it keeps none */
export function createSessions(calls: Calls, cookiesOf: string | null): Sessions {
  const { newKey } = calls;
  const keep = cookiesOf === null ? {} : { keep: 'cookie' as const };

  /** Tabs share the cookies, so they share a lock, whatever each has of its own. */
  function getOwnStore(): TokenStore {
    const store = createMemoryStore();
    return cookiesOf === null ? store : { ...store, lock: createWebLock(`savabegh ${cookiesOf}`) };
  }

  async function begin(tokens: Tokens, store: TokenStore = getOwnStore()): Promise<Session> {
    const session = toKeptSession(tokens, newKey);
    const { deviceToken } = tokens;
    const kept = await exclusively(store, async () => {
      const next = { ...(await readKept(store)), session, ...(deviceToken !== undefined && { deviceToken }) };
      await writeKept(store, next);
      return next;
    });
    return createSession(calls, store, kept, tokens.barredKinds);
  }

  async function resumeByCookie(store: TokenStore): Promise<Session | null> {
    const before = { id: newKey(), accessToken: '', renewAt: 0, refreshKey: newKey(), renewals: 0 };
    try {
      const session = await exclusively(store, async () => {
        const next = await refresh(calls, before);
        await writeKept(store, { session: next });
        return next;
      });
      return createSession(calls, store, { session });
    } catch (error) {
      if (isOver(error)) return null;
      throw error;
    }
  }

  return {
    begin,
    async signIn(credentials, store = getOwnStore()) {
      const { deviceToken } = (await readKept(store)) ?? {};
      const tokens = await requestTokens(calls, { ...credentials, ...keep }, deviceToken);
      return begin(tokens, store);
    },
    async resume(store = getOwnStore()) {
      const kept = await store.read();
      if (kept?.session) return createSession(calls, store, { ...kept, session: kept.session });
      return cookiesOf === null ? null : resumeByCookie(store);
    },
  };
}

/** Signs in, in two steps where the service asks for them. */
async function requestTokens(
  calls: Calls,
  { askForCode, ...body }: SignIn & Readonly<{ keep?: 'cookie' }>,
  deviceToken: string | undefined,
): Promise<Tokens> {
  const header = deviceToken === undefined ? {} : { 'device-token': deviceToken };
  const step = await unwrap(calls.api.POST('/v1/sessions', { params: { header }, body }));
  const { next, id = '', flowToken = '', expiresAt: _, ...tokens } = step;
  // Of the two outcomes that the answer has room for, `next` says which it is.
  if (next === 'none') return tokens as Tokens;
  if (!askForCode) throw new Error('this sign-in needs a code: give `askForCode`');
  const { rememberDevice, keep } = body;
  const choices = { ...(rememberDevice !== undefined && { rememberDevice }), ...(keep && { keep }) };
  const { api, path } = openFlow(calls, { id, flowToken });
  return unwrap(
    api.POST('/v1/sessions/{id}/verification', {
      params: { path },
      body: { code: await askForCode(), ...choices },
    }),
  );
}
