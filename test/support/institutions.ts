import { createHash, randomBytes } from 'node:crypto';
import { clientAdministration, type GrantScope } from '../../src/features/clients/index.ts';
import type { Answer, TestService } from './app.ts';
import { basic } from './clients.ts';

export const redirectUri = 'https://bank.example/callback';
const formType = 'application/x-www-form-urlencoded';

export type TestInstitution = Readonly<{ clientId: string; secret: string }>;

/** An institution with a secret. */
export async function institution(
  service: Pick<TestService, 'db'>,
  scopes: readonly GrantScope[] = ['record:figures', 'record:summary', 'record:months'],
  redirectUris: readonly string[] = [redirectUri],
): Promise<TestInstitution> {
  const { clientId, secret } = await clientAdministration.createClient(service.db, {
    name: 'بانک آزمون',
    scopes,
    workshopCodes: [],
    requestsPerMinute: 1_000,
    key: null,
    institution: {
      name: { fa: 'بانک آزمون', en: 'Test Bank' },
      purpose: { fa: 'درخواست وام', en: 'Application for a loan' },
      redirectUris,
    },
  });
  return { clientId, secret: secret ?? '' };
}

type Form = Readonly<Record<string, string>>;

export const postForm = (
  service: Pick<TestService, 'call'>,
  path: string,
  { clientId, secret }: TestInstitution,
  form: Form | string,
): Promise<Answer> =>
  service.call('POST', path, {
    rawBody: new URLSearchParams(form).toString(),
    headers: { 'content-type': formType, ...basic(clientId, secret) },
  });

/** A pushed request, as an institution sends it. */
export function push(
  service: Pick<TestService, 'call'>,
  client: TestInstitution,
  changes: Form = {},
): Promise<Answer> {
  return postForm(service, '/v1/oauth/par', client, {
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'record:figures',
    code_challenge: challengeOf('v'.repeat(43)),
    code_challenge_method: 'S256',
    state: 'the-state',
    ...changes,
  });
}

export const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

/** A browser: it keeps cookies, and follows nothing by itself. */
export function createBrowser(service: Pick<TestService, 'call'>) {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async open(path: string): Promise<Answer> {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await service.call('GET', path, { headers: { cookie } });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      return answer;
    },
  };
}

export type Browser = ReturnType<typeof createBrowser>;

/** Path and query of an address on the service itself. */
export function toPath(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** As far as the consent page: what it is opened with. */
export async function begin(
  service: TestService,
  client: TestInstitution,
  browser: Browser,
  changes: Form = {},
): Promise<string> {
  const pushed = await push(service, client, changes);
  if (pushed.status !== 201) throw new Error(pushed.text);
  return toConsent(browser, client, pushed.body.request_uri);
}

/** What the consent page is opened with. */
export async function toConsent(
  browser: Browser,
  client: TestInstitution,
  request_uri: string,
): Promise<string> {
  const query = new URLSearchParams({ client_id: client.clientId, request_uri });
  const sent = await browser.open(`/v1/oauth/authorize?${query}`);
  const id = new URL(sent.headers.get('location') ?? '').searchParams.get('authorization');
  if (id === null) throw new Error(`no consent page: ${sent.status} ${sent.headers.get('location')}`);
  return id;
}

/** The code that the institution gets. */
export async function finish(browser: Browser, continueAt: string): Promise<URLSearchParams> {
  const back = await browser.open(toPath(continueAt));
  if (back.status !== 303) throw new Error(`${back.status} ${back.text}`);
  return new URL(back.headers.get('location') ?? '').searchParams;
}

export const exchange = (
  service: Pick<TestService, 'call'>,
  client: TestInstitution,
  code: string,
  changes: Form = {},
): Promise<Answer> =>
  postForm(service, '/v1/oauth/token', client, {
    grant_type: 'authorization_code',
    redirect_uri: redirectUri,
    code_verifier: 'v'.repeat(43),
    code,
    ...changes,
  });

/** The whole way, for somebody who is signed in. */
export async function granted(
  service: TestService,
  client: TestInstitution,
  token: string,
  { scope = 'record:figures', decision = {} }: { scope?: string; decision?: object } = {},
) {
  const browser = createBrowser(service);
  const id = await begin(service, client, browser, { scope, state: randomBytes(8).toString('hex') });
  const decided = await service.post(
    `/v1/authorizations/${id}/decision`,
    { allow: true, scopes: scope.split(' ').filter((each) => each !== 'openid'), ...decision },
    { token },
  );
  if (decided.status !== 200) throw new Error(decided.text);
  const code = (await finish(browser, decided.body.continueAt)).get('code') ?? '';
  const { status, body, text } = await exchange(service, client, code);
  if (status !== 200) throw new Error(text);
  return {
    code,
    accessToken: String(body.access_token),
    refreshToken: String(body.refresh_token),
    scope: String(body.scope),
    idToken: body.id_token === undefined ? null : String(body.id_token),
  };
}
