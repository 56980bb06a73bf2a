import { equalInConstantTime, type Keyring } from './keyring.ts';

const purpose = 'notice/dispute';
const uuidBytes = 16;
/** 128 bits: nothing to guess, and short enough for an SMS. */
const proofBytes = 16;

const toHex = (id: string) => id.replaceAll('-', '').toLowerCase();

/**
 * The secret that a notice carries: the id of the event that it tells of, and a keyed function of it and of the address
 * that it goes to. Derived when the notice is sent, so that neither the database nor the queue ever holds it.
 * @param address E.164 or e-mail, as the account keeps it
 */
export function deriveNoticeToken(keyring: Keyring, id: string, address: string): string {
  const proof = keyring.issue(purpose)(toHex(id), address).subarray(0, proofBytes);
  return Buffer.concat([Buffer.from(toHex(id), 'hex'), proof]).toString('base64url');
}

export type NoticeClaim = Readonly<{
  /** Of the event. */
  id: string;
  /** Whether the token went to this address, under any key of the ring. */
  wentTo(address: string): boolean;
}>;

/** What a token claims; `null` when it does not even have the form of one. */
export function readNoticeToken(keyring: Keyring, token: string): NoticeClaim | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== uuidBytes + proofBytes) return null;
  const hex = bytes.toString('hex', 0, uuidBytes);
  const proof = bytes.subarray(uuidBytes);
  return {
    id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    wentTo: (address) =>
      keyring
        .accept(purpose)
        .some((mac) => equalInConstantTime(mac(hex, address).subarray(0, proofBytes), proof)),
  };
}
