import type { Fetch } from './platform.ts';

/** A bearer token, and when to get the next one (milliseconds since 1970, by this device's clock). */
export type Held = Readonly<{ token: string; renewAt: number }>;

/** Tokens are renewed a little before they end, so that none ends on its way. */
const marginSeconds = 30;

export function getRenewAt(seconds: number, now = Date.now()): number {
  return now + Math.max(0, seconds - marginSeconds) * 1000;
}

export const isFresh = ({ renewAt }: Pick<Held, 'renewAt'>): boolean => Date.now() < renewAt;

/** Gives a token that is good for a while; another one than the service has just refused. */
export type TokenSource = (refused?: string) => Promise<string>;

/** Renews a token when its time is nearly over: once, for however many requests need one. */
export function createTokenSource(first: Held | null, renew: () => Promise<Held>): TokenSource {
  let held = first;
  let renewing: Promise<Held> | null = null;
  return async (refused) => {
    if (held && held.token !== refused && isFresh(held)) return held.token;
    renewing ??= renew().finally(() => {
      renewing = null;
    });
    held = await renewing;
    return held.token;
  };
}

/** Sends requests with a token, and once more with another when the service refuses it. */
export function withTokens(send: Fetch, getToken: TokenSource): Fetch {
  async function sendWith(token: string, request: Request): Promise<Response> {
    request.headers.set('authorization', `Bearer ${token}`);
    return send(request);
  }

  return async (request) => {
    // A body can be read once: the copy is for the second try.
    const again = request.clone();
    const token = await getToken();
    const response = await sendWith(token, request);
    return response.status === 401 ? sendWith(await getToken(token), again) : response;
  };
}
