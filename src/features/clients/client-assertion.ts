import { createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';

/** A public key that a client registered; its algorithm is fixed with it, so that none can be swapped in. */
export type ClientKey = Readonly<{
  credentialId: string;
  keyId: string;
  algorithm: string;
  publicKey: string;
}>;

export type VerifiedAssertion = Readonly<{ credentialId: string; jti: string; expiresAt: Date }>;

const longestAssertion = 4_000;
const longestJti = 200;
/** An assertion is made for one request: one that lives longer is a bearer secret lying about. */
export const longestAssertionLifeSeconds = 300;
export const clockToleranceSeconds = 30;

/** Whom an assertion claims to come from; nothing is verified yet. `null` when it is no JWT. */
export function claimedClient(assertion: string): string | null {
  if (assertion.length > longestAssertion) return null;
  try {
    const { sub } = decodeJwt(assertion);
    return typeof sub === 'string' ? sub : null;
  } catch {
    return null;
  }
}

/** None for what has no header: the answer must not tell that there is such a client. */
function keysFor(assertion: string, keys: readonly ClientKey[]): readonly ClientKey[] {
  try {
    const { kid } = decodeProtectedHeader(assertion);
    return kid === undefined ? keys : keys.filter(({ keyId }) => keyId === kid);
  } catch {
    return [];
  }
}

/**
 * Checks an assertion as RFC 7523 §3 says: signature, issuer and subject are the client, the audience is this
 * service and nothing else, short-lived, with an id. Whether the id was used before is for the database.
 * @param now the database's clock: the used ids are kept by it
 */
export async function verifyAssertion(
  assertion: string,
  {
    clientId,
    keys,
    audiences,
    now,
  }: Readonly<{ clientId: string; keys: readonly ClientKey[]; audiences: readonly string[]; now: Date }>,
): Promise<VerifiedAssertion | null> {
  for (const { credentialId, algorithm, publicKey } of keysFor(assertion, keys)) {
    try {
      const { payload } = await jwtVerify(assertion, createPublicKey(publicKey), {
        algorithms: [algorithm],
        issuer: clientId,
        subject: clientId,
        requiredClaims: ['exp', 'jti', 'aud'],
        currentDate: now,
        clockTolerance: clockToleranceSeconds,
      });
      const { aud, jti, exp } = payload;
      // One audience only: an assertion that is good elsewhere too could be passed on from there.
      if (typeof aud !== 'string' || !audiences.includes(aud)) return null;
      if (typeof jti !== 'string' || jti === '' || jti.length > longestJti || exp === undefined) return null;
      const latest = now.getTime() / 1000 + longestAssertionLifeSeconds + clockToleranceSeconds;
      return exp > latest ? null : { credentialId, jti, expiresAt: new Date(exp * 1000) };
    } catch {}
  }
  return null;
}
