import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** A client's public key as it is kept: PEM, the one algorithm it is used with, and its `kid`. */
export type RegisteredKey = Readonly<{ publicKey: string; algorithm: string; keyId: string }>;

const minRsaBits = 2048;
const longestKeyId = 100;

function toAlgorithm(key: KeyObject, wished: unknown): string {
  const kind = key.asymmetricKeyType;
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (kind === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  if (kind === 'ed25519') return 'EdDSA';
  if (kind === 'rsa' && modulusLength >= minRsaBits) return wished === 'PS256' ? 'PS256' : 'RS256';
  throw new Error(`a public key must be P-256, Ed25519, or RSA of at least ${minRsaBits} bits`);
}

function isPrivate(text: string): boolean {
  return /PRIVATE KEY/.test(text) || /"d"\s*:/.test(text);
}

/**
 * Reads a public key from PEM or JWK (RFC 7517). RSA is used with RS256 unless the JWK says PS256; the key id
 * is the JWK's, or the start of the key's digest.
 * @throws {Error} for what is no usable public key; a private one is refused, it belongs to nobody but the client
 */
export function readPublicKey(text: string): RegisteredKey {
  if (isPrivate(text)) throw new Error('this is a private key; register the public one, and make a new pair');
  const trimmed = text.trim();
  const jwk: Readonly<Record<string, unknown>> | null = trimmed.startsWith('{') ? JSON.parse(trimmed) : null;
  const key = jwk ? createPublicKey({ format: 'jwk', key: jwk }) : createPublicKey(trimmed);
  const publicKey = key.export({ format: 'pem', type: 'spki' }).toString();
  const digest = createHash('sha256').update(publicKey).digest('base64url').slice(0, 16);
  const keyId = typeof jwk?.kid === 'string' && jwk.kid !== '' ? jwk.kid : digest;
  if (keyId.length > longestKeyId) throw new Error(`a key id has at most ${longestKeyId} characters`);
  return { publicKey, algorithm: toAlgorithm(key, jwk?.alg), keyId };
}
