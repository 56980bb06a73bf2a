import type { Answer } from './app.ts';

/** An answer with what differs at every call (ids, tokens, instants) blotted out, and nothing else. */
export function fingerprint({ status, headers, text }: Answer): object {
  const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  const blotted = text
    .replace(uuids, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
    .replace(/"flowToken":"[\w-]{43}"/, '"flowToken":"TOKEN"')
    .replace(/09\d\d•••\d{4}|09•••••••\d\d|[a-z•]•••@•••/g, 'MASK');
  // The length is that of the body, which is compared itself.
  const varying = ['date', 'request-id', 'ratelimit', 'retry-after', 'content-length'];
  const kept = [...headers]
    .filter(([name]) => !varying.includes(name))
    .map(([name, value]) => [name, value.replace(uuids, 'UUID')]);
  // A countdown may have moved by a second or two between two people.
  const countdown = Math.round(Number(headers.get('retry-after') ?? 0) / 10);
  const body =
    countdown > 0 ? blotted.replace(/[0-9۰-۹]+(?= ثانیه)|(?<="retryAfterSeconds":)\d+/g, 'SOON') : blotted;
  return { status, body, countdown, headers: Object.fromEntries(kept) };
}
