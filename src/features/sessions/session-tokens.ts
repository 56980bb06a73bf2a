import type { Principal } from '../../kernel/caller.ts';
import type { Keyring } from '../../kernel/keyring.ts';
import { getRefreshToken } from './refresh-token.ts';

/** What a pair of tokens is made of; the access token is signed where it is answered. */
export type SessionTokens = Readonly<{
  principal: Principal;
  refreshToken: string;
  sessionExpiresAt: Date;
}>;

/** Of generation `generation` of a session. */
export function issueTokens(
  keyring: Keyring,
  session: Readonly<{ id: string; accountId: string; seed: Buffer; expiresAt: Date }>,
  generation: number,
): SessionTokens {
  return {
    principal: { accountId: session.accountId, sessionId: session.id },
    refreshToken: getRefreshToken(keyring, session, generation),
    sessionExpiresAt: session.expiresAt,
  };
}
