import type { Locale } from './locale.ts';

/** Who is calling, as far as a service may know it. Addresses come from trusted proxies only. */
export type Caller = Readonly<{
  /** IPv4 address or IPv6 /48: what limits count by. */
  network: string;
  /** IPv4 /24 or IPv6 /48: what people are shown of where something came from. */
  coarseNetwork: string;
  /** At most 200 characters. */
  userAgent: string;
  locale: Locale;
}>;

/** Who a valid access token speaks for. Whether the session still lives is for the query that serves the request. */
export type Principal = Readonly<{ accountId: string; sessionId: string }>;
