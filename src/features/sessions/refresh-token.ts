import { equalInConstantTime, type Keyring } from '../../kernel/keyring.ts';

/** Names one token of one session. */
export type RefreshClaim = Readonly<{ sessionId: string; generation: number; proof: Buffer }>;

const uuidBytes = 16;
const generationBytes = 4;
const proofBytes = 32;
const tokenBytes = uuidBytes + generationBytes + proofBytes;
const purpose = 'refresh-token';

/**
 * Token number `generation` of a session: opaque, and a keyed function of the session's id, its random seed
 * and the number. So nothing of it is stored, a retry gets the same successor, and every earlier token is
 * recognised as a genuine one that is being used again.
 */
export function getRefreshToken(
  keyring: Keyring,
  session: { id: string; seed: Uint8Array },
  generation: number,
): string {
  const proof = keyring.issue(purpose)(session.seed, session.id, String(generation));
  const head = Buffer.alloc(uuidBytes + generationBytes);
  Buffer.from(session.id.replaceAll('-', ''), 'hex').copy(head);
  head.writeUInt32BE(generation, uuidBytes);
  return Buffer.concat([head, proof]).toString('base64url');
}

/** What a presented token claims; `null` when it does not even have the form of one. */
export function parseRefreshToken(token: string): RefreshClaim | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== tokenBytes) return null;
  const hex = bytes.toString('hex', 0, uuidBytes);
  return {
    sessionId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    generation: bytes.readUInt32BE(uuidBytes),
    proof: bytes.subarray(uuidBytes + generationBytes),
  };
}

/** Whether the claim was really issued by this service, under any key of the ring. */
export function isGenuine(keyring: Keyring, claim: RefreshClaim, seed: Uint8Array): boolean {
  return keyring
    .accept(purpose)
    .some((mac) => equalInConstantTime(mac(seed, claim.sessionId, String(claim.generation)), claim.proof));
}
