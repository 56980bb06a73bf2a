/** What one network may, ten of one IPv6 /48 together may: networks in there are free to take, and 65,536. */
export const networksPerNeighbourhood = 10;

/**
 * The networks that a client's doings count for, and how many shares each of them has: its own and, of IPv6, the /48
 * around it.
 * @param network as `Client` has it: an IPv4 address, or an IPv6 /64 such as `2001:db8:0:1::/64`
 */
export function countedNetworks(network: string): readonly Readonly<{ network: string; shares: number }>[] {
  const own = { network, shares: 1 };
  if (!network.includes(':')) return [own];
  const neighbourhood = `${network.split(':').slice(0, 3).join(':')}::/48`;
  return [own, { network: neighbourhood, shares: networksPerNeighbourhood }];
}
