/** `http://127.0.0.1:3000`, `http://[::1]:3000`: in a URL an IPv6 address stands in brackets (RFC 3986 §3.2.2). */
export function httpOrigin(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
