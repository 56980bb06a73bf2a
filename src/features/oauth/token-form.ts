import { decodeJwt } from 'jose';
import { OAuthError } from './oauth-error.ts';

export const formType = 'application/x-www-form-urlencoded';
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const maxCredentialsLength = 1_000;
const maxAssertionLength = 4_000;
/** Of a parameter, in UTF-16 units: an assertion with a long key is below 2,000. */
export const maxParameterLength = 8_000;

export type Form = ReadonlyMap<string, string>;

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
export function parseForm(body: string): Form {
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const pair of body.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = formDecode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : formDecode(pair.slice(equals + 1));
    if (seen.has(name)) throw new OAuthError('invalid_request', 'A parameter is given more than once.');
    seen.add(name);
    if (value.length > maxParameterLength)
      throw new OAuthError('invalid_request', 'A parameter is too long.');
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

/** `Authorization: Basic` with an id and a secret of printable ASCII, form-encoded (RFC 6749 §2.3.1). */
function isBasic(header: string): boolean {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1] ?? '';
  const text = encoded.length <= maxCredentialsLength ? Buffer.from(encoded, 'base64').toString('utf8') : '';
  return /^[!-9;-~]+:[!-~]+$/.test(text) && isDecodable(text);
}

function isDecodable(text: string): boolean {
  try {
    return !/[^ -~]/.test(decodeURIComponent(text));
  } catch {
    return false;
  }
}

/** A JWT that says whom it is of; nothing is verified yet. */
function isAssertion(text: string): boolean {
  if (text.length > maxAssertionLength) return false;
  try {
    return typeof decodeJwt(text).sub === 'string';
  } catch {
    return false;
  }
}

/**
 * Makes sure that a client proves itself by exactly one of HTTP Basic and a signed assertion (RFC 7523 §2.2), in a form
 * that can be judged: what cannot is `invalid_client` by RFC 6749 §5.2, where the provider says `invalid_request`.
 * @throws {OAuthError}
 */
export function requireClientProof(authorization: string | undefined, form: Form): void {
  const assertion = form.get('client_assertion');
  const type = form.get('client_assertion_type');
  if (form.has('client_secret')) {
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
  const isReadable = assertion === undefined ? isBasic(authorization ?? '') : isAssertion(assertion);
  if (!isReadable) throw clientNotAuthenticated();
}

/** One answer for unknown, disabled, wrong and unreadable. */
export const clientNotAuthenticated = () => new OAuthError('invalid_client', 'Client authentication failed.');
