import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { NamedKey } from '../../kernel/secret.ts';
import { deriveSigningKey } from '../../kernel/signing-key.ts';

/** What a machine client's access token says. Whether it still holds is for the database. */
export type MachineClaims = Readonly<{
  clientId: string;
  /** The credential that the token was got with: the token ends with it. */
  credentialId: string;
  scopes: readonly string[];
}>;

export type MachineTokens = Readonly<{
  ttlSeconds: number;
  sign(claims: MachineClaims): Promise<string>;
  /** `null` unless the token is one of ours, of this kind, and current. */
  verify(token: string): Promise<MachineClaims | null>;
}>;

const ttlSeconds = 600;
const longestToken = 2_000;
/**
 * Not the audience of people's tokens, and claims that theirs lack: signed with the same keys, but neither is
 * accepted in place of the other.
 */
const audience = 'savabegh-machines';
/** RFC 9068 §2.1. */
const tokenType = 'at+jwt';
const algorithm = 'ES256';

export function createMachineTokens(secretKeys: readonly NamedKey[], issuer: string): MachineTokens {
  const keys = secretKeys.map(deriveSigningKey);
  const publicKeys = new Map(keys.map(({ kid, publicKeyPem }) => [kid, createPublicKey(publicKeyPem)]));
  const [newest] = keys;
  if (!newest) throw new Error('there is no key to sign access tokens with');
  const privateKey = createPrivateKey(newest.privateKeyPem);

  return {
    ttlSeconds,
    sign: ({ clientId, credentialId, scopes }) =>
      new SignJWT({ client_id: clientId, cred: credentialId, scope: scopes.join(' ') })
        .setProtectedHeader({ alg: algorithm, typ: tokenType, kid: newest.kid })
        .setIssuer(issuer)
        .setSubject(clientId)
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(`${ttlSeconds} s`)
        .sign(privateKey),
    async verify(token) {
      if (token.length > longestToken) return null;
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = publicKeys.get(kid ?? '');
            if (!key) throw new Error('unknown key id');
            return key;
          },
          {
            algorithms: [algorithm],
            issuer,
            audience,
            typ: tokenType,
            requiredClaims: ['exp', 'sub', 'client_id', 'cred', 'scope'],
          },
        );
        return {
          clientId: String(payload.client_id),
          credentialId: String(payload.cred),
          scopes: String(payload.scope).split(' '),
        };
      } catch {
        return null;
      }
    },
  };
}
