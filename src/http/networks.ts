import { BlockList, isIPv6 } from 'node:net';

/** Whether an address is in one of these networks (`10.0.0.2`, `10.0.0.0/8`); without any, every address is. */
export function createNetworkTest(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => networks.length === 0 || list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
