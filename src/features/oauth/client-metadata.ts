import { createPublicKey } from 'node:crypto';
import type { Kysely } from 'kysely';
import Provider, { type AdapterPayload, type Client } from 'oidc-provider';
import type { Database } from '../../database/schema.ts';
import { digestBearerSecret, equalInConstantTime } from '../../kernel/keyring.ts';
import { findActiveClient } from '../clients/index.ts';
import type { ClientKey } from './client-assertion.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the provider's client carries of ours, as JSON. */
type Carried = Readonly<{
  scopes: readonly string[];
  keys: readonly ClientKey[];
  /** SHA-256, base64url. */
  secrets: readonly Readonly<{ credentialId: string; digest: string }>[];
}>;

/** How codes go back: what comes by a form would need a page of ours. */
export const responseMode = 'query';

/** The member of the metadata that carries it. */
export const carriedName = 'savabegh';

export const getCarried = (client: Client): Carried => client[carriedName] as Carried;

/**
 * A client as the provider takes it; looked up at every request, so that a disabled one is refused at the next. The provider
 * knows one way of authentication a client, and ours may have a secret and a key at a time: it is the one of the request.
 */
export async function findClientMetadata(
  db: Kysely<Database>,
  clientId: string,
): Promise<AdapterPayload | undefined> {
  if (!uuid.test(clientId)) return undefined;
  const client = await findActiveClient(db, clientId);
  if (!client) return undefined;
  const keys = client.credentials.flatMap(({ credentialId, publicKey, algorithm, keyId }) =>
    publicKey && algorithm && keyId ? [{ credentialId, publicKey, algorithm, keyId }] : [],
  );
  const secrets = client.credentials.flatMap(({ credentialId, secretDigest }) =>
    secretDigest ? [{ credentialId, digest: secretDigest.toString('base64url') }] : [],
  );
  const asks = client.redirectUris.length > 0;
  const signs = isSigned() || secrets.length === 0;
  if ((signs ? keys : secrets).length === 0) return undefined;
  const carried: Carried = { scopes: client.scopes, keys, secrets };
  return {
    client_id: clientId,
    client_name: client.name,
    grant_types: ['client_credentials', ...(asks ? ['authorization_code', 'refresh_token'] : [])],
    response_types: asks ? ['code'] : [],
    ...(asks && { response_modes: [responseMode] }),
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: signs ? 'private_key_jwt' : 'client_secret_basic',
    ...(signs
      ? { jwks: { keys: keys.map(toJwk) } }
      : // The provider wants one to be there; what is given is held against the digests.
        { client_secret: 'kept as a digest' }),
    [carriedName]: carried,
  };
}

const isSigned = () => Provider.ctx?.oidc.params?.client_assertion !== undefined;

function toJwk({ publicKey, algorithm, keyId }: ClientKey) {
  return {
    ...createPublicKey(publicKey).export({ format: 'jwk' }),
    kid: keyId,
    alg: algorithm,
    use: 'sig' as const,
  };
}

/** The credential whose secret this is; `null` when it is none of the client's. */
export function findSecret(client: Client, secret: string): string | null {
  const digest = digestBearerSecret(secret);
  const found = getCarried(client).secrets.find((each) =>
    equalInConstantTime(Buffer.from(each.digest, 'base64url'), digest),
  );
  return found?.credentialId ?? null;
}
