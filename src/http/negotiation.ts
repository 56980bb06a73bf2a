import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

type WithHeaders = Readonly<{ headers: IncomingHttpHeaders }>;

/** Longer headers are nobody's wishes: not read, so that reading them costs nothing. */
const maxHeaderLength = 1024;

function toNegotiator({ headers }: WithHeaders, name: keyof IncomingHttpHeaders): Negotiator {
  const header = String(headers[name] ?? '');
  return new Negotiator({ headers: { [name]: header.length > maxHeaderLength ? undefined : headers[name] } });
}

/**
 * The one of `types` that `Accept` (RFC 9110 §12.5.1) prefers, of equal ones the one it names first; the first of them
 * where it says nothing, or names none.
 */
export function preferredType<const T extends string>(
  request: WithHeaders,
  types: readonly [T, ...(readonly T[])],
): T {
  // All that is sent is UTF-8: who says so means the same.
  const found = toNegotiator(request, 'accept').mediaType(types.map((type) => `${type};charset=utf-8`));
  return types.find((type) => found?.startsWith(`${type};`)) ?? types[0];
}

/** The same of languages, by `Accept-Language` (RFC 9110 §12.5.4). */
export function preferredLanguage<const T extends string>(
  request: WithHeaders,
  languages: readonly [T, ...(readonly T[])],
): T {
  const found = toNegotiator(request, 'accept-language').language([...languages]);
  return (found as T | undefined) ?? languages[0];
}

/** Whether `Accept-Encoding` (RFC 9110 §12.5.3) names gzip, by its older name too, and does not refuse it. */
export function acceptsGzip(request: WithHeaders): boolean {
  return toNegotiator(request, 'accept-encoding').encodings(['gzip', 'x-gzip']).length > 0;
}
