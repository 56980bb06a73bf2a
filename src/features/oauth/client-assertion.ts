import { createPublicKey } from 'node:crypto';
import { compactVerify } from 'jose';

/** A public key that a client registered; its algorithm is fixed with it, so that none can be swapped in. */
export type ClientKey = Readonly<{
  credentialId: string;
  keyId: string;
  algorithm: string;
  publicKey: string;
}>;

type Claims = Readonly<Record<string, unknown>>;

const maxJtiLength = 200;
/** An assertion is made for one request: one that lives longer is a bearer secret lying about. */
const maxLifeSeconds = 300;
/** How old, and how far ahead of our clock, the time may be that it says it was made at. */
const maxAgeSeconds = 600;
const maxAheadSeconds = 60;
export const clockToleranceSeconds = 30;

/**
 * What the provider does not ask of an assertion (RFC 7523 §3) that it has verified: one audience and no other beside it,
 * for one that is good elsewhere too could be passed on from there; a short life; a time of issue that is not made up; an
 * id that can be kept.
 */
export function isStrict({ aud, exp, iat, jti }: Claims, nowSeconds: number): boolean {
  if (typeof aud !== 'string' || typeof exp !== 'number') return false;
  if (typeof jti !== 'string' || jti.length > maxJtiLength) return false;
  if (exp > nowSeconds + maxLifeSeconds + clockToleranceSeconds) return false;
  if (iat === undefined) return true;
  return typeof iat === 'number' && iat <= nowSeconds + maxAheadSeconds && iat >= nowSeconds - maxAgeSeconds;
}

/** Which of a client's keys signed an assertion that is known to be signed by one of them. */
export async function findSigner(assertion: string, keys: readonly ClientKey[]): Promise<ClientKey | null> {
  for (const key of keys) {
    try {
      await compactVerify(assertion, createPublicKey(key.publicKey), { algorithms: [key.algorithm] });
      return key;
    } catch {}
  }
  return null;
}
