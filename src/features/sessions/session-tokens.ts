import type { Principal } from '../../kernel/caller.ts';
import type { Keyring } from '../../kernel/keyring.ts';
import { getRefreshToken } from './refresh-token.ts';

export type AccessTokenIssuer = Readonly<{ ttlSeconds: number; sign(principal: Principal): string }>;

export type Tokens = Readonly<{
  tokenType: 'Bearer';
  accessToken: string;
  accessTokenExpiresInSeconds: number;
  refreshToken: string;
  sessionExpiresAt: Date;
}>;

/** The pair of generation `generation` of a session. */
export function issueTokens(
  { keyring, accessTokens }: Readonly<{ keyring: Keyring; accessTokens: AccessTokenIssuer }>,
  session: Readonly<{ id: string; accountId: string; seed: Buffer; expiresAt: Date }>,
  generation: number,
): Tokens {
  return {
    tokenType: 'Bearer',
    accessToken: accessTokens.sign({ accountId: session.accountId, sessionId: session.id }),
    accessTokenExpiresInSeconds: accessTokens.ttlSeconds,
    refreshToken: getRefreshToken(keyring, session, generation),
    sessionExpiresAt: session.expiresAt,
  };
}
