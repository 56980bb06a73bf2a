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

/** Which machine client a valid access token speaks for, and for what. Whether it still may is for the database. */
export type MachinePrincipal = Readonly<{
  clientId: string;
  /** The credential that the token was got with: the token ends with it. */
  credentialId: string;
  scopes: readonly string[];
}>;
