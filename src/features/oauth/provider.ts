import { createPrivateKey } from 'node:crypto';
import type { Kysely } from 'kysely';
import Provider, {
  type Client,
  type Configuration,
  errors,
  type JWK,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { Database } from '../../database/schema.ts';
import type { NamedKey } from '../../kernel/secret.ts';
import { deriveSigningKey, type SigningKey } from '../../kernel/signing-key.ts';
import { touchCredential } from '../clients/index.ts';
import type { Quota, Quotas } from '../quotas/quotas.ts';
import { clockToleranceSeconds, findSigner, isStrict } from './client-assertion.ts';
import { carriedName, findSecret, getCarried } from './client-metadata.ts';
import { createAdapters } from './provider-adapter.ts';

export type OAuthDependencies = Readonly<{
  db: Kysely<Database>;
  quotas: Quotas;
  publicUrl: string;
  secretKeys: readonly NamedKey[];
  /** Of access tokens. */
  ttlSeconds: number;
}>;

export const oauthPaths = {
  token: '/v1/oauth/token',
  jwks: '/.well-known/jwks.json',
  discovery: '/.well-known/oauth-authorization-server',
} as const;

/** A token lives ten minutes: a client that asks more often than this does something wrong. */
const tokenRequests: Quota = { limit: 60, windowSeconds: 60 };
const algorithm = 'ES256';
const algorithmsOfAssertions = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
export const machineAudience = 'savabegh-machines';

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
  const { db, publicUrl, ttlSeconds } = deps;
  const resource = `${publicUrl}/v1`;
  const off = { enabled: false };
  return {
    adapter: createAdapters(db),
    jwks: { keys: keys.map(toPrivateJwk) },
    routes: { token: oauthPaths.token, jwks: oauthPaths.jwks },
    responseTypes: [],
    scopes: [],
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: algorithm },
    enabledJWA: {
      clientAuthSigningAlgValues: [...algorithmsOfAssertions],
      idTokenSigningAlgValues: [algorithm],
    },
    extraClientMetadata: { properties: [carriedName] },
    clockTolerance: clockToleranceSeconds,
    ttl: { ClientCredentials: ttlSeconds },
    features: {
      devInteractions: off,
      dPoP: off,
      userinfo: off,
      rpInitiatedLogout: off,
      pushedAuthorizationRequests: off,
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        async getResourceServerInfo(context, asked, client) {
          if (asked !== resource) throw new errors.InvalidTarget();
          const scopes = getCarried(client).scopes;
          if (context.oidc.params?.grant_type === 'client_credentials') {
            await countTokenRequest(deps, context, client);
            settleScope(context, scopes);
          }
          return {
            scope: scopes.join(' '),
            audience: machineAudience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: ttlSeconds,
            jwt: { sign: { alg: algorithm, kid: keys[0]?.kid ?? '' } },
          };
        },
      },
    },
    async assertJwtClientAuthClaimsAndHeader(context, claims, _header, client) {
      const assertion = String(context.oidc.params?.client_assertion);
      const signer = await findSigner(assertion, getCarried(client).keys);
      if (!signer || !isStrict(claims, Math.floor(Date.now() / 1000))) {
        throw new errors.InvalidClientAuth('the assertion is not as strict as it is to be');
      }
      credentials.set(context, signer.credentialId);
    },
    /** The token names the credential that it was got with, and ends with it. */
    async extraTokenClaims(context) {
      const credentialId = credentials.get(context);
      if (credentialId === undefined) throw new Error('a token for nobody in particular');
      await touchCredential(db, credentialId);
      return { cred: credentialId };
    },
  };
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

/**
 * All that is asked for the client must have, where the provider would leave out what it has not; without a wish it is
 * everything (RFC 6749 §3.3).
 */
function settleScope(context: KoaContextWithOIDC, allowed: readonly string[]): void {
  const { params } = context.oidc;
  if (!params) return;
  const wish = typeof params.scope === 'string' ? params.scope.split(' ') : allowed;
  if (wish.some((scope) => !allowed.includes(scope))) {
    throw new errors.InvalidScope('A scope is unknown or not allowed for this client.', '');
  }
  params.scope = wish.join(' ');
}
