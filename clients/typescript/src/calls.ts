import createClient, { type Client } from 'openapi-fetch';
import { createKeys, type Fetch, getPlatform, type PlatformOptions } from './platform.ts';
import { withOwnAnswers } from './problem.ts';
import { withProofOfWork } from './proof-of-work.ts';
import { defaultRepeats, type Repeats, withKey, withRepeats } from './repeats.ts';
import type { paths } from './schema.ts';

/** Calls to every documented route, typed by the contract: `api.GET('/v1/me')`, `api.POST('/v1/recoveries', { body })`. */
export type Api = Client<paths, 'application/json'>;

export type Options = PlatformOptions &
  Readonly<{
    /** Where the service is, like `https://savabegh.example`. */
    baseUrl: string;
    /** Language of texts for people; Persian unless told otherwise. */
    locale?: 'fa' | 'en';
    /** For pages of the service's own site: refresh token and device token stay in cookies that no script can read. */
    cookies?: boolean;
    /** How often what is safe to send again is sent: three times, after ten seconds at most, unless told otherwise. */
    repeats?: Repeats;
  }>;

/** How everything here calls the service. */
export type Calls = Readonly<{
  /** Without a token. */
  api: Api;
  /** Sends a request as it is, with all that is done by itself. */
  send: Fetch;
  /** Calls whose requests are sent by another, which adds a token. */
  apiBy(send: Fetch): Api;
  newKey(): string;
}>;

/** @throws where the engine has no cryptographic randomness and none is given */
export function createCalls({
  baseUrl,
  locale = 'fa',
  cookies = false,
  repeats = defaultRepeats,
  ...platformOptions
}: Options): Calls {
  const platform = getPlatform(platformOptions);
  const newKey = createKeys(platform);
  const send = withOwnAnswers(withProofOfWork(withRepeats(platform.fetch, repeats), platform));
  const apiBy = (by: Fetch): Api =>
    createClient<paths, 'application/json'>({
      baseUrl,
      headers: { 'accept-language': locale, ...(cookies && { 'savabegh-client': 'web' }) },
      ...(cookies && { credentials: 'include' }),
      fetch: (request) => by(withKey(request, newKey)),
    });
  return { api: apiBy(send), send, apiBy, newKey };
}
