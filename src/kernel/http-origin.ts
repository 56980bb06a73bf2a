/** What a service listens on that listens everywhere: no address that anybody can call. */
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * Where a service that listens on `host` is called on its own machine: `http://127.0.0.1:3000`, `http://[::1]:3000`.
 * In a URL an IPv6 address stands in brackets (RFC 3986 §3.2.2).
 */
export function httpOrigin(host: string, port: number): string {
  const callable = loopbackOf[host] ?? host;
  return `http://${callable.includes(':') ? `[${callable}]` : callable}:${port}`;
}
