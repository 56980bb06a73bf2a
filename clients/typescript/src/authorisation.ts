export type Fetch = (request: Request) => Promise<Response>;

/** A bearer token, and when to get the next one (milliseconds since 1970, by this device's clock). */
export type Held = Readonly<{ token: string; renewAt: number }>;

/** Tokens are renewed a little before they end, so that none ends on its way. */
const marginSeconds = 30;

export function heldFor(token: string, seconds: number, now = Date.now()): Held {
  return { token, renewAt: now + Math.max(0, seconds - marginSeconds) * 1000 };
}

/**
 * Sends requests with a token that is renewed when its time is nearly over, and once more when the service
 * refuses it. However many requests need a new one at once, it is asked for once.
 */
export function withRenewal(fetch: Fetch, first: Held | null, renew: () => Promise<Held>): Fetch {
  let held = first;
  let renewing: Promise<Held> | null = null;

  async function next(): Promise<string> {
    renewing ??= renew().finally(() => {
      renewing = null;
    });
    held = await renewing;
    return held.token;
  }

  async function send(request: Request, token: string): Promise<Response> {
    request.headers.set('authorization', `Bearer ${token}`);
    return fetch(request);
  }

  return async (request) => {
    // A body can be read once: the copy is for the second try.
    const again = request.clone();
    const token = held && Date.now() < held.renewAt ? held.token : await next();
    const response = await send(request, token);
    if (response.status !== 401) return response;
    // Somebody else may have renewed it meanwhile.
    return send(again, held && held.token !== token ? held.token : await next());
  };
}
