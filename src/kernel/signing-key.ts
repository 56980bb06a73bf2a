import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type JsonWebKey,
} from 'node:crypto';
import type { NamedKey } from './secret.ts';

/** An ES256 key pair. `publicJwk` is safe to publish. */
export type SigningKey = Readonly<{
  kid: string;
  privateKeyPem: string;
  publicKeyPem: string;
  publicJwk: Readonly<{
    kty: string;
    crv: string;
    x: string;
    y: string;
    kid: string;
    alg: string;
    use: string;
  }>;
}>;

/**
 * The ES256 key of a named secret. Derived (HKDF, purpose of its own), so that replicas agree without a
 * key table and rotating the secrets rotates the signing keys: the newest signs, all of them verify.
 */
export function deriveSigningKey({ id, key }: NamedKey): SigningKey {
  const pair = createECDH('prime256v1');
  for (let round = 0; ; round += 1) {
    try {
      // Not every 256-bit value is a scalar of the curve (1 in 2³² is not): those are skipped.
      pair.setPrivateKey(Buffer.from(hkdfSync('sha256', key.expose(), '', `savabegh/es256/${round}`, 32)));
      break;
    } catch {}
  }
  const point = pair.getPublicKey();
  const publicPart = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  // Thumbprint of RFC 7638: says which key it is without saying anything about the secret.
  const { crv, kty, x, y } = publicPart;
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv, kty, x, y }))
    .digest('base64url')
    .slice(0, 16);
  // Without its leading zero bytes as it comes: RFC 7518 §6.2.2.1 wants all 32 of them.
  const scalar = pair.getPrivateKey();
  const d = Buffer.concat([Buffer.alloc(32 - scalar.length), scalar]).toString('base64url');
  const privateKey = createPrivateKey({ format: 'jwk', key: { ...publicPart, d } as JsonWebKey });
  return {
    kid: `${id}-${kid}`,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKeyPem: publicPem(publicPart),
    publicJwk: { ...publicPart, kid: `${id}-${kid}`, alg: 'ES256', use: 'sig' },
  };
}

function publicPem(jwk: JsonWebKey): string {
  return createPublicKey({ format: 'jwk', key: jwk }).export({ format: 'pem', type: 'spki' }).toString();
}
