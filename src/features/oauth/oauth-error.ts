/**
 * Error codes of the token endpoint: RFC 6749 §5.2, for our own faults §4.1.2.1, for haste RFC 8628 §3.5, for another
 * resource RFC 8707 §2.
 */
export const oauthErrors = {
  invalid_request: 400,
  invalid_client: 401,
  unsupported_grant_type: 400,
  unauthorized_client: 400,
  invalid_grant: 400,
  invalid_scope: 400,
  invalid_target: 400,
  slow_down: 429,
  temporarily_unavailable: 503,
  server_error: 500,
} as const;

export type OAuthErrorCode = keyof typeof oauthErrors;

export function isOAuthErrorCode(text: string | undefined): text is OAuthErrorCode {
  return text !== undefined && Object.hasOwn(oauthErrors, text);
}

/**
 * A refusal of the token endpoint. Its public text is English and ASCII, as the RFC demands, and meant for
 * developers.
 */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly description: string;
  readonly retryAfterSeconds: number | null;

  constructor(code: OAuthErrorCode, description: string, retryAfterSeconds: number | null = null) {
    super(`${code}: ${description}`);
    this.name = 'OAuthError';
    this.code = code;
    this.description = description;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
