import type { Api, Calls } from './calls.ts';

/** A registration or recovery under way: what its first call returned. */
export type StartedFlow = Readonly<{ id: string; flowToken: string }>;

/** The calls of one flow; `path` is what they all take as `params`. */
export type Flow = Readonly<{ api: Api; path: Readonly<{ id: string }> }>;

export function openFlow({ apiBy, send }: Calls, { id, flowToken }: StartedFlow): Flow {
  const api = apiBy((request) => {
    request.headers.set('authorization', `Bearer ${flowToken}`);
    return send(request);
  });
  return { api, path: { id } };
}
