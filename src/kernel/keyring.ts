import { createHmac, createSecretKey, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
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
  return (...parts) => createHmac('sha256', derived).update(framed(parts)).digest();
}

/** Each part is preceded by its length, so that ("ab","c") and ("a","bc") differ. */
function framed(parts: readonly (string | Uint8Array)[]): Buffer {
  const lengths = parts.map((part) => (typeof part === 'string' ? Buffer.byteLength(part) : part.length));
  const frame = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let at = 0;
  for (const [index, part] of parts.entries()) {
    at = frame.writeUInt32BE(lengths[index] ?? 0, at);
    at += typeof part === 'string' ? frame.write(part, at, 'utf8') : Buffer.from(part).copy(frame, at);
  }
  return frame;
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
  return hash('sha256', token, 'buffer');
}

/** Compares without telling by its time where two values differ. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
