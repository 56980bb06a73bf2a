import { equalInConstantTime, type Keyring } from './keyring.ts';

/** What the secret in a notice lets its reader do. */
export type NoticePurpose = 'contact-change' | 'recovery';

const uuidBytes = 16;
/** 128 bits: nothing to guess, and short enough for an SMS. */
const proofBytes = 16;

const hexOf = (id: string) => id.replaceAll('-', '').toLowerCase();

/**
 * The secret that a notice carries: the id of what it speaks of, and a keyed function of it. Derived when the
 * notice is handed over, so that neither the database nor the queue ever holds it.
 */
export function deriveNoticeToken(keyring: Keyring, purpose: NoticePurpose, id: string): string {
  const proof = keyring.issue(`notice/${purpose}`)(hexOf(id)).subarray(0, proofBytes);
  return Buffer.concat([Buffer.from(hexOf(id), 'hex'), proof]).toString('base64url');
}

/** The id that a token was derived from, under any key of the ring; `null` for whatever is not a genuine one. */
export function readNoticeToken(keyring: Keyring, purpose: NoticePurpose, token: string): string | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== uuidBytes + proofBytes) return null;
  const hex = bytes.toString('hex', 0, uuidBytes);
  const proof = bytes.subarray(uuidBytes);
  const genuine = keyring
    .accept(`notice/${purpose}`)
    .some((mac) => equalInConstantTime(mac(hex).subarray(0, proofBytes), proof));
  return genuine ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null;
}
