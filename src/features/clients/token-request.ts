import { OAuthError } from './oauth-error.ts';

/** How a client proves itself at the token endpoint. */
export type ClientProof =
  | Readonly<{ method: 'client_secret_basic'; clientId: string; secret: string }>
  | Readonly<{ method: 'private_key_jwt'; assertion: string }>;

export type TokenRequest = Readonly<{
  proof: ClientProof;
  /** Named in the body as well: must be the one that proves itself. */
  clientId: string | null;
  /** `null`: everything that the client may have. */
  scope: string | null;
}>;

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const longestCredentials = 1_000;
/** Of a parameter, in UTF-16 units: an assertion with a long key is below 2,000. */
export const longestParameter = 8_000;

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new OAuthError('invalid_request', 'The percent-encoding is not valid UTF-8.');
  }
}

/**
 * The parameters of a form body. Stricter than usual parsers: RFC 6749 §3.2 forbids repeated parameters, and
 * of two values one reader may take the first and another the second. Those without a value count as omitted.
 * @throws {OAuthError} `invalid_request`
 */
export function parseForm(body: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const pair of body.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = formDecode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : formDecode(pair.slice(equals + 1));
    if (seen.has(name)) throw new OAuthError('invalid_request', 'A parameter is given more than once.');
    seen.add(name);
    if (value.length > longestParameter) throw new OAuthError('invalid_request', 'A parameter is too long.');
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

/** `Authorization: Basic`, whose two halves are form-encoded (RFC 6749 §2.3.1). */
function parseBasic(header: string): ClientProof {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1] ?? '';
  const text = encoded.length <= longestCredentials ? Buffer.from(encoded, 'base64').toString('utf8') : '';
  const colon = text.indexOf(':');
  if (colon < 0) throw new OAuthError('invalid_client', 'The Authorization header is not valid.');
  return {
    method: 'client_secret_basic',
    clientId: formDecode(text.slice(0, colon)),
    secret: formDecode(text.slice(colon + 1)),
  };
}

/**
 * A request for a token by client credentials (RFC 6749 §4.4), proved by exactly one of HTTP Basic (§2.3.1)
 * and a signed assertion (RFC 7523 §2.2). Unknown parameters are ignored, as §3.2 demands.
 * @throws {OAuthError}
 */
export function parseTokenRequest(
  authorization: string | undefined,
  parameters: ReadonlyMap<string, string>,
): TokenRequest {
  const assertion = parameters.get('client_assertion');
  const type = parameters.get('client_assertion_type');
  if (parameters.has('client_secret')) {
    throw new OAuthError('invalid_client', 'A client secret is accepted in the Authorization header only.');
  }
  if ((assertion === undefined) !== (type === undefined) || (type !== undefined && type !== assertionType)) {
    throw new OAuthError('invalid_request', `client_assertion needs client_assertion_type ${assertionType}.`);
  }
  if (authorization !== undefined && assertion !== undefined) {
    throw new OAuthError('invalid_request', 'More than one way of client authentication is used.');
  }
  if (authorization === undefined && assertion === undefined) {
    throw new OAuthError('invalid_client', 'Client authentication is missing.');
  }
  const grantType = parameters.get('grant_type');
  if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing.');
  if (grantType !== 'client_credentials') {
    throw new OAuthError('unsupported_grant_type', 'grant_type must be client_credentials.');
  }
  return {
    proof:
      assertion === undefined ? parseBasic(authorization ?? '') : { method: 'private_key_jwt', assertion },
    clientId: parameters.get('client_id') ?? null,
    scope: parameters.get('scope') ?? null,
  };
}
