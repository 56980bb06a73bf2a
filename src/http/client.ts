import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Client } from '../kernel/client.ts';
import type { Locale } from '../kernel/locale.ts';

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
export function networkOf(ip: string): string {
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

export function clientOf(request: FastifyRequest): Client {
  const network = networkOf(request.ip);
  return {
    network,
    coarseNetwork: coarse(network),
    userAgent: (request.headers['user-agent'] ?? '').slice(0, userAgentLimit),
    locale: localeOf(request),
  };
}

/** `fa` unless `Accept-Language` (RFC 9110 §12.5.4) prefers `en`. */
export function localeOf(request: FastifyRequest): Locale {
  const header = request.headers['accept-language'];
  if (!header || header.length > 200) return 'fa';
  let best: { locale: Locale; quality: number } = { locale: 'fa', quality: 0 };
  for (const item of header.split(',')) {
    const [tag = '', ...parameters] = item
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const language = tag.split('-')[0];
    if (language !== 'fa' && language !== 'en') continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = weight ? Number(weight.slice(2)) : 1;
    if (quality > best.quality) best = { locale: language, quality };
  }
  return best.locale;
}
