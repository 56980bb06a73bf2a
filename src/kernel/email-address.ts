import { domainToASCII, domainToUnicode } from 'node:url';
import { toAsciiDigits, toHalfWidth } from './text.ts';

/** RFC 5321 §4.5.3.1, in octets. */
const maxLocalOctets = 64;
const maxAddressOctets = 254;
const atoms = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const domainName =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The form in which an address is kept, or `null` for what is none: without blanks and marks around it or in it that
 * show nothing, full-width and Persian digits as ASCII, the domain in lower case and in its ASCII form (punycode). The
 * part before the @ keeps its case.
 */
export function parseEmail(typed: string): string | null {
  const text = toAsciiDigits(
    toHalfWidth(typed.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')),
  ).trim();
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(0, at));
  const typedDomain = text.slice(at + 1);
  // The host of a URL is what that function looks for: of `example.org/x` it would make `example.org`.
  const domain = /^[\p{L}\p{M}\p{N}.-]+$/u.test(typedDomain) ? domainToASCII(typedDomain) : '';
  const address = `${local}@${domain}`;
  const fits = local.length <= maxLocalOctets && address.length <= maxAddressOctets;
  return fits && atoms.test(local) && domainName.test(domain) ? address : null;
}

/** An address as people read it: `ali@سرو.example`, kept as `ali@xn--….example`. */
export function readableEmail(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToUnicode(address.slice(at + 1))}`;
}

/** For comparing and counting: no provider in use tells addresses apart by case. */
export function emailKey(address: string): string {
  return address.toLowerCase();
}
