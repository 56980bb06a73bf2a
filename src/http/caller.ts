import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../kernel/caller.ts';
import type { Locale } from '../kernel/locale.ts';
import { preferredLanguage } from './negotiation.ts';

const userAgentLimit = 200;

/** The first `groups` 16-bit groups of an IPv6 address. */
function ipv6Prefix(address: string, groups: number): string {
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::');
  const start = head === '' ? [] : head.split(':');
  const end = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Array(8 - start.length - end.length).fill('0') : [];
  const prefix = [...start, ...zeros, ...end]
    .slice(0, groups)
    .map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/${groups * 16}`;
}

/** The network that limits count by: one host of IPv4; of IPv6 the /48, as networks inside one are free to take. */
export function toNetwork(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  return isIPv6(ip) ? ipv6Prefix(ip, 3) : ip;
}

function coarse(network: string): string {
  return network.replace(/\.\d+$/, '.0/24');
}

/**
 * `X-Forwarded-For` with the addresses alone: some balancers write the client's port behind its address (`192.0.2.7:4711`,
 * `[2001:db8::7]:4711`), and each port would be a network of its own.
 */
export function withoutPorts(forwardedFor: string): string {
  return forwardedFor
    .split(',')
    .map((entry) => {
      const [, ipv6, ipv4] =
        /^(?:\[([\da-f:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/i.exec(entry.trim()) ?? [];
      return ipv6 ?? ipv4 ?? entry.trim();
    })
    .join(', ');
}

export function toCaller(request: FastifyRequest): Caller {
  const network = toNetwork(request.ip);
  return {
    network,
    coarseNetwork: coarse(network),
    userAgent: (request.headers['user-agent'] ?? '').slice(0, userAgentLimit),
    locale: getLocale(request),
  };
}

/** `fa` unless `Accept-Language` prefers `en`. */
export const getLocale = (request: FastifyRequest): Locale => preferredLanguage(request, ['fa', 'en']);
