import { createHash, createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { NamedKey, Secret } from './secret.ts';

/** A message authentication code under one purpose: keys of different purposes are independent (HKDF, RFC 5869). */
export type Mac = (...parts: readonly (string | Uint8Array)[]) => Buffer;

export type Keyring = Readonly<{
  /** HMAC-SHA-256 by the newest key. */
  issue(purpose: string): Mac;
  /** The same by every key, newest first: what was issued before a rotation still verifies. */
  accept(purpose: string): readonly Mac[];
}>;

export function createMac(key: Secret<Uint8Array>, purpose: string): Mac {
  // A key object: given bytes, every HMAC would make one of its own, which takes longer than the HMAC.
  const bytes = hkdfSync('sha256', key.expose(), '', `savabegh/${purpose}`, 32);
  const derived = createSecretKey(Buffer.from(bytes));
  return (...parts) => {
    const hmac = createHmac('sha256', derived);
    for (const part of parts) {
      // Each part is preceded by its length, so that ("ab","c") and ("a","bc") differ.
      const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      hmac.update(length).update(bytes);
    }
    return hmac.digest();
  };
}

export function createKeyring(keys: readonly NamedKey[]): Keyring {
  const byPurpose = new Map<string, readonly Mac[]>();
  const accept = (purpose: string): readonly Mac[] => {
    let macs = byPurpose.get(purpose);
    if (!macs) {
      macs = keys.map(({ key }) => createMac(key, purpose));
      byPurpose.set(purpose, macs);
    }
    return macs;
  };
  return {
    accept,
    issue(purpose) {
      const [newest] = accept(purpose);
      if (!newest) throw new Error('a keyring needs at least one key');
      return newest;
    },
  };
}

/** A bearer secret of 256 bits as base64url, and the digest that is all the database gets to know. */
export function newBearerSecret(): { token: string; digest: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, digest: digestBearerSecret(token) };
}

/** A plain hash is enough for 256 random bits: there is nothing to guess. */
export function digestBearerSecret(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** Compares without telling by its time where two values differ. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
