import { createPrivateKey } from 'node:crypto';
import type { Kysely } from 'kysely';
import Provider, {
  type Client,
  type Configuration,
  errors,
  interactionPolicy,
  type JWK,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { Database } from '../../database/schema.ts';
import { audiences } from '../../http/access-tokens.ts';
import type { NamedKey } from '../../kernel/secret.ts';
import { deriveSigningKey, type SigningKey } from '../../kernel/signing-key.ts';
import { isClientScope, isGrantScope, touchCredential } from '../clients/index.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';
import { clockToleranceSeconds, findSigner, isStrict } from './client-assertion.ts';
import { carriedName, findSecret, getCarried } from './client-metadata.ts';
import type { PersonName } from './person-name.ts';
import { createAdapters } from './provider-adapter.ts';

export type OAuthDependencies = Readonly<{
  db: Kysely<Database>;
  quotas: Quotas;
  publicUrl: string;
  secretKeys: readonly NamedKey[];
  /** Of access tokens. */
  ttlSeconds: number;
  nameOf: PersonName;
  /** What the cookie of an authorization is signed by; the first signs. */
  cookieKeys: readonly string[];
  /** The page of the front end where people decide. */
  consentUrl: string;
}>;

export const oauthPaths = {
  token: '/v1/oauth/token',
  authorization: '/v1/oauth/authorize',
  pushedRequest: '/v1/oauth/par',
  jwks: '/.well-known/jwks.json',
} as const;

/** Ties an authorization to the browser that began it. */
export const resumeCookie = 'oauth_resume';
const authorizationSeconds = 10 * 60;
const codeSeconds = 60;

/** A token lives ten minutes: a client that asks more often than this does something wrong. */
const tokenRequests: Quota = { limit: 60, windowSeconds: 60 };
const algorithm = 'ES256';
const algorithmsOfAssertions = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

/** Which credential a request was proved by. */
const credentials = new WeakMap<KoaContextWithOIDC, string>();

/**
 * OAuth 2.1 by oidc-provider: who may have which token. It signs with the keys that @fastify/jwt verifies with, and what it
 * issues is good for one audience, so that no kind of token passes for another.
 */
export function createProvider(deps: OAuthDependencies): Provider {
  const keys = deps.secretKeys.map(deriveSigningKey);
  const provider = new Provider(deps.publicUrl, toConfiguration(deps, keys));
  provider.Client.prototype.compareClientSecret = function (this: Client, secret: string) {
    const credentialId = findSecret(this, secret);
    if (credentialId !== null && Provider.ctx) credentials.set(Provider.ctx, credentialId);
    return credentialId !== null;
  };
  return provider;
}

function toConfiguration(deps: OAuthDependencies, keys: readonly SigningKey[]): Configuration {
  const { db, publicUrl, ttlSeconds, nameOf, consentUrl } = deps;
  const resource = `${publicUrl}/v1`;
  return {
    adapter: createAdapters({ db, resource, nameOf }),
    jwks: { keys: keys.map(toPrivateJwk) },
    routes: {
      token: oauthPaths.token,
      authorization: oauthPaths.authorization,
      pushed_authorization_request: oauthPaths.pushedRequest,
      jwks: oauthPaths.jwks,
    },
    responseTypes: ['code'],
    scopes: ['openid'],
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    // Whatever goes wrong is told by our own problems, or in the form of RFC 6749.
    renderError: (context, out) => {
      context.body = out;
    },
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: algorithm },
    enabledJWA: {
      clientAuthSigningAlgValues: [...algorithmsOfAssertions],
      idTokenSigningAlgValues: [algorithm],
    },
    extraClientMetadata: { properties: [carriedName] },
    clockTolerance: clockToleranceSeconds,
    ttl: {
      ClientCredentials: ttlSeconds,
      AccessToken: ttlSeconds,
      AuthorizationCode: codeSeconds,
      IdToken: ttlSeconds,
      Interaction: authorizationSeconds,
      Session: authorizationSeconds,
      // As long as the grant, which is asked for at every use.
      RefreshToken: (context) => secondsUntil(context.oidc.entities.Grant?.exp),
    },
    cookies: {
      names: { session: 'oauth_session', interaction: 'oauth_interaction', resume: resumeCookie },
      keys: [...deps.cookieKeys],
    },
    features: toFeatures(deps, resource, keys[0]?.kid ?? ''),
    interactions: { policy: askEveryTime(), url: (_context, { uid }) => withId(consentUrl, uid) },
    expiresWithSession: () => false,
    issueRefreshToken: () => true,
    // Institutions keep secrets; a rotation would end the grant at a lost answer.
    rotateRefreshToken: false,
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    async assertJwtClientAuthClaimsAndHeader(context, claims, _header, client) {
      const assertion = String(context.oidc.params?.client_assertion);
      const signer = await findSigner(assertion, getCarried(client).keys);
      if (!signer || !isStrict(claims, Math.floor(Date.now() / 1000))) {
        throw new errors.InvalidClientAuth('the assertion is not as strict as it is to be');
      }
      credentials.set(context, signer.credentialId);
    },
    /** The token names the credential that it was got with, and ends with it; and the grant, where there is one. */
    async extraTokenClaims(context, token) {
      const credentialId = credentials.get(context);
      if (credentialId === undefined) throw new Error('a token for nobody in particular');
      await touchCredential(db, credentialId);
      return { cred: credentialId, ...('grantId' in token && { grant: token.grantId }) };
    },
  };
}

function toFeatures(deps: OAuthDependencies, resource: string, kid: string): Configuration['features'] {
  const off = { enabled: false };
  return {
    devInteractions: off,
    dPoP: off,
    userinfo: off,
    rpInitiatedLogout: off,
    clientCredentials: { enabled: true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      async getResourceServerInfo(context, asked, client) {
        if (asked !== resource) throw new errors.InvalidTarget();
        const isOwn = context.oidc.params?.grant_type === 'client_credentials';
        const scopes = getCarried(client).scopes.filter(isOwn ? isClientScope : isGrantScope);
        await settleRequest(deps, context, client, scopes);
        return {
          scope: scopes.join(' '),
          audience: isOwn ? audiences.machines : audiences.grants,
          accessTokenFormat: 'jwt',
          accessTokenTTL: deps.ttlSeconds,
          jwt: { sign: { alg: algorithm, kid } },
        };
      },
    },
  };
}

const secondsUntil = (expiry = 0) => Math.max(1, Math.floor(expiry - Date.now() / 1000));

function withId(page: string, id: string): string {
  const url = new URL(page);
  url.searchParams.set('authorization', id);
  return url.href;
}

/** Sign-in and consent are asked for by every request, whatever it says and whatever was asked before. */
function askEveryTime() {
  const { Prompt, Check } = interactionPolicy;
  const ask = (name: 'login' | 'consent') =>
    new Prompt(
      { name, requestable: true },
      new Check('every_time', 'it is asked every time', (context) => !context.oidc.result?.[name]),
    );
  return [ask('login'), ask('consent')];
}

/** Where the client itself asks, before the provider looks at scopes. */
async function settleRequest(
  deps: OAuthDependencies,
  context: KoaContextWithOIDC,
  client: Client,
  scopes: readonly string[],
): Promise<void> {
  const { route, params } = context.oidc;
  const isPushed = route === 'pushed_authorization_request';
  if (!isPushed && route !== 'token') return;
  // Not with a code, which is used up by now: it was counted when its request was pushed.
  if (params?.grant_type !== 'authorization_code') await countTokenRequest(deps, context, client);
  if (params?.grant_type === 'client_credentials') settleScope(params, scopes, scopes);
  else if (isPushed && params) settleScope(params, scopes, []);
}

function toPrivateJwk({ privateKeyPem, kid }: SigningKey): JWK {
  const jwk = createPrivateKey(privateKeyPem).export({ format: 'jwk' });
  return { ...jwk, kid, alg: algorithm, use: 'sig' } as JWK;
}

/** Counted once it is known who asks, so that strangers cannot use a client's requests up. */
async function countTokenRequest(
  { db, quotas }: OAuthDependencies,
  context: KoaContextWithOIDC,
  { clientId }: Client,
): Promise<void> {
  const consumed = await quotas.consume(db, 'machine-tokens', [clientId], tokenRequests);
  if (consumed.allowed) return;
  context.set('retry-after', String(consumed.resetsInSeconds));
  throw new errors.CustomOIDCProviderError('slow_down', 'Tokens are asked for too often.');
}

type Parameters = NonNullable<KoaContextWithOIDC['oidc']['params']>;

/**
 * All that is asked for the client must have, where the provider would leave out what it has not; without a wish it is
 * what is usual (RFC 6749 §3.3). Of a person something must be asked.
 */
function settleScope(params: Parameters, allowed: readonly string[], usual: readonly string[]): void {
  const wish = typeof params.scope === 'string' ? params.scope.split(' ') : usual;
  const wanted = wish.filter((scope) => scope !== 'openid' || params.grant_type !== undefined);
  if (wanted.length === 0 || wanted.some((scope) => !allowed.includes(scope))) {
    throw new errors.InvalidScope('A scope is missing, unknown or not allowed for this client.', '');
  }
  params.scope = [...new Set(wish)].join(' ');
}
