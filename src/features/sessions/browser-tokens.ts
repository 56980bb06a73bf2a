import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { clearCookie, keepInCookie } from '../../http/browser-cookies.ts';
import type { SessionTokens } from './session-tokens.ts';
import type { TokensSchema } from './sessions.schemas.ts';

/** A pair as it is answered; where the browser keeps it, the refresh token goes there instead. */
export function sendTokens(
  reply: FastifyReply,
  { principal, refreshToken, sessionExpiresAt }: SessionTokens,
  inCookie: boolean,
): Static<typeof TokensSchema> {
  const { accessTokens } = reply.server;
  if (inCookie) {
    keepInCookie(reply, 'refresh', refreshToken, (sessionExpiresAt.getTime() - Date.now()) / 1000);
  }
  return {
    tokenType: 'Bearer',
    accessToken: accessTokens.people.sign(principal),
    accessTokenExpiresInSeconds: accessTokens.ttlSeconds,
    ...(!inCookie && { refreshToken }),
    sessionExpiresAt: sessionExpiresAt.toISOString(),
  };
}

/**
 * Clear Site Data (W3C): what a page of the service's own origin has cached or stored goes with the session.
 * Not `"cookies"`: that would take along what other hosts of the organisation's domain keep, and the device token.
 */
const clearSiteData = '"cache", "storage"';

/** After signing out: what the browser kept for the session. The device stays known. */
export function clearBrowser(request: FastifyRequest, reply: FastifyReply): void {
  clearCookie(request, reply, 'refresh');
  reply.header('clear-site-data', clearSiteData);
}
