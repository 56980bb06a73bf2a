import createClient, { type Client } from 'openapi-fetch';
import { type Fetch, heldFor, withRenewal } from './authorisation.ts';
import { toBase64 } from './base64.ts';
import { unwrap, withOwnAnswers } from './problem.ts';
import { withProofOfWork } from './proof-of-work.ts';
import { newIdempotencyKey, withRepeats } from './repeats.ts';
import type { components, paths } from './schema.ts';

export {
  OAuthError,
  type Problem,
  type ProblemCode,
  ProblemError,
  UnexpectedAnswerError,
  unwrap,
} from './problem.ts';
export { type Challenge, solveChallenge } from './proof-of-work.ts';
export type { components, operations, paths } from './schema.ts';

/** Calls to every documented route, typed by the contract: `api.GET('/v1/me')`, `api.POST('/v1/recoveries', { body })`. */
export type Api = Client<paths, 'application/json'>;

/**
 * What a session is resumed from: to be kept whole. `refreshKey` is the `Idempotency-Key` of the next refresh: kept before
 * it is sent, it gets an answer that was lost again, also after the program was killed.
 */
export type Tokens = components['schemas']['Tokens'] & Readonly<{ refreshKey?: string }>;

export type Options = Readonly<{
  /** Where the service is, like `https://savabegh.example`. */
  baseUrl: string;
  /** Language of texts for people; Persian unless told otherwise. */
  locale?: 'fa' | 'en';
  /** For pages of the service's own site: refresh token and device token stay in cookies that no script can read. */
  cookies?: boolean;
  /** Instead of the platform's own: for tests, proxies, tracing. */
  fetch?: Fetch;
}>;

export type SignIn = Readonly<{
  nationalCode: string;
  password: string;
  /** From an earlier sign-in on this device: wrong guesses made elsewhere do not count against it. */
  deviceToken?: string;
  /** “This is my device”: it becomes known, and signing in on it is not told to the person any more. */
  rememberDevice?: boolean;
  /**
   * After too many failures of strangers a device that is not known needs the code of a message as well, whatever the
   * password: asks the person for it. Without it such a sign-in fails.
   */
  askForCode?: () => Promise<string>;
}>;

/** A signed-in person. Access tokens are renewed by themselves; the device stays known when the password changes. */
export type Session = Readonly<{
  api: Api;
  /** The newest tokens: to be kept where the front end keeps secrets, and given to `resume` later. */
  tokens(): Tokens;
  /** Ends the session: its tokens are refused from the next request on. */
  signOut(): Promise<void>;
}>;

/** A registration or recovery under way: what its first call returned. */
export type StartedFlow = Readonly<{ id: string; flowToken: string }>;

/** The calls of one flow; `path` is what they all take as `params`. */
export type Flow = Readonly<{ api: Api; path: Readonly<{ id: string }> }>;

export type Machine = Readonly<{
  clientId: string;
  /** Without them all that the client may have. */
  scopes?: readonly string[];
}> &
  MachineProof;

/** A secret, or who signs with the registered key: a new assertion (RFC 7523) for every token that is asked for. */
export type MachineProof = Readonly<{ clientSecret: string } | { assertion: () => Promise<string> }>;

export type Savabegh = Readonly<{
  /** For routes that anybody may call. */
  api: Api;
  /** @param onTokens as of `resume`; the first pair is in the session's `tokens()` */
  signIn(credentials: SignIn, onTokens?: (tokens: Tokens) => void): Promise<Session>;
  /**
   * @param tokens as `tokens()` gave them: with the device token, which a change of the password takes along
   * @param onTokens told of every new pair: an older refresh token is good for nothing
   */
  resume(tokens: Tokens, onTokens?: (tokens: Tokens) => void): Session;
  /** With `cookies`, after the page was loaded anew. @throws {ProblemError} `refresh-not-accepted`: nobody is signed in */
  restore(onTokens?: (tokens: Tokens) => void): Promise<Session>;
  flow(started: StartedFlow): Flow;
  /** A program's own access, by client credentials (RFC 6749 §4.4). */
  machine(machine: Machine): Api;
}>;

/** The service at one address. Holds no state but what its sessions and machines hold. */
export function createSavabegh({
  baseUrl,
  locale = 'fa',
  cookies = false,
  fetch: send = (request) => globalThis.fetch(request),
}: Options): Savabegh {
  const fetch = withOwnAnswers(withProofOfWork(withRepeats(send)));
  const apiBy = (send: Fetch): Api =>
    createClient<paths, 'application/json'>({
      baseUrl,
      headers: { 'accept-language': locale, ...(cookies && { 'savabegh-client': 'web' }) },
      ...(cookies && { credentials: 'include' }),
      fetch: send,
    });
  const api = apiBy(fetch);

  /** Without a refresh token the browser's cookie is taken. */
  async function refresh(tokens: Partial<Tokens>): Promise<Tokens> {
    const { refreshToken, refreshKey } = tokens;
    const pair = await unwrap(
      api.POST('/v1/sessions/refresh', {
        params: { header: refreshKey === undefined ? {} : { 'idempotency-key': refreshKey } },
        body: refreshToken === undefined ? {} : { refreshToken },
      }),
    );
    return withKey(pair);
  }

  function resume(first: Tokens, onTokens: (tokens: Tokens) => void = () => {}): Session {
    let tokens: Tokens = { ...withKey(first), ...first };
    const held = (pair: Tokens) => heldFor(pair.accessToken, pair.accessTokenExpiresInSeconds);
    const renewing = withRenewal(fetch, held(first), async () => {
      const next = await refresh(tokens);
      // The device stays the same: its token comes with a sign-in only.
      tokens = { ...(tokens.deviceToken !== undefined && { deviceToken: tokens.deviceToken }), ...next };
      tell(onTokens, tokens);
      return held(next);
    });
    const own = apiBy(renewing);
    own.use({
      onRequest({ request, schemaPath }) {
        // Every other device is forgotten then.
        if (schemaPath === '/v1/me/password' && tokens.deviceToken !== undefined) {
          request.headers.set('device-token', tokens.deviceToken);
        }
      },
    });
    return {
      api: own,
      tokens: () => tokens,
      async signOut() {
        await unwrap(own.DELETE('/v1/me/sessions/current'));
      },
    };
  }

  function flow({ id, flowToken }: StartedFlow): Flow {
    const send: Fetch = (request) => {
      request.headers.set('authorization', `Bearer ${flowToken}`);
      return fetch(request);
    };
    return { api: apiBy(send), path: { id } };
  }

  return {
    api,
    resume,
    restore: async (onTokens) => resume(await refresh({}), onTokens),
    flow,
    async signIn({ deviceToken, askForCode, ...credentials }, onTokens) {
      const headers = deviceToken === undefined ? {} : { 'device-token': deviceToken };
      const keep = cookies && { keep: 'cookie' as const };
      const body = { ...credentials, ...keep };
      const step = await unwrap(api.POST('/v1/sessions', { body, params: { header: headers } }));
      const { next, id = '', flowToken = '', expiresAt: _, ...signedIn } = step;
      // Of the two outcomes that the answer has room for, `next` says which it is.
      if (next === 'none') return resume(withKey(signedIn as Tokens), onTokens);
      if (!askForCode) throw new Error('this sign-in needs a code: give `askForCode`');
      const second = flow({ id, flowToken });
      const { rememberDevice } = credentials;
      const tokens = await unwrap(
        second.api.POST('/v1/sessions/{id}/verification', {
          params: { path: second.path },
          body: {
            code: await askForCode(),
            ...(rememberDevice !== undefined && { rememberDevice }),
            ...keep,
          },
        }),
      );
      return resume(withKey(tokens), onTokens);
    },
    machine: (machine) => apiBy(withRenewal(fetch, null, () => requestMachineToken(api, machine))),
  };
}

async function requestMachineToken(api: Api, { clientId, scopes, ...proof }: Machine) {
  const { headers, body } = await provedBy(clientId, proof);
  const token = await unwrap(
    api.POST('/v1/oauth/token', {
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: {
        grant_type: 'client_credentials',
        ...(scopes && { scope: scopes.join(' ') }),
        ...body,
      },
    }),
  );
  return heldFor(token.access_token, token.expires_in);
}

/**
 * A hook that fails takes nothing with it: the pair is renewed by then, and the request that needed it goes on. Its error is
 * shown where errors that nobody catches are.
 */
function tell(hook: (tokens: Tokens) => unknown, tokens: Tokens): void {
  const show = (error: unknown) => console.error('@savabegh/client: onTokens failed', error);
  try {
    // One that is asynchronous can fail later.
    Promise.resolve(hook(tokens)).catch(show);
  } catch (error) {
    show(error);
  }
}

/** With a key for the next refresh. */
function withKey(tokens: Tokens): Tokens {
  return { ...tokens, refreshKey: newIdempotencyKey() };
}

/** `client_secret_basic` (RFC 6749 §2.3.1) or `private_key_jwt` (RFC 7523 §2.2). */
async function provedBy(clientId: string, proof: MachineProof) {
  if ('clientSecret' in proof) {
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(proof.clientSecret)}`;
    return { headers: { authorization: `Basic ${toBase64(pair)}` }, body: {} };
  }
  const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' as const;
  const body = { client_assertion_type: assertionType, client_assertion: await proof.assertion() };
  return { headers: {}, body };
}
