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

/**
 * What a valid access token of an institution lets it read: a person's grant, within these scopes. Whether the grant still
 * holds is for the statement that serves the read.
 */
export type GrantPrincipal = Readonly<{
  grantId: string;
  clientId: string;
  credentialId: string;
  scopes: readonly string[];
  /** The token's own id: its first read is a look. */
  tokenId: string;
}>;

/** Who reads a record: its person, or by the person's grant an institution, with the scope that the address takes. */
export type Reader = Principal | (GrantPrincipal & Readonly<{ scope: string }>);

/** Which machine client a valid access token speaks for, and for what. Whether it still may is for the database. */
export type MachinePrincipal = Readonly<{
  clientId: string;
  /** The credential that the token was got with: the token ends with it. */
  credentialId: string;
  scopes: readonly string[];
}>;
