/** The form in which an address is kept: the domain has no case, the part before it may have one. */
export function normaliseEmail(address: string): string {
  const at = address.lastIndexOf('@');
  return address.slice(0, at) + address.slice(at).toLowerCase();
}

/** For comparing and counting: no provider in use tells addresses apart by case. */
export function emailKey(address: string): string {
  return address.toLowerCase();
}
