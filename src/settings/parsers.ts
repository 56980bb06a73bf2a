import { isIP } from 'node:net';
import { type NamedKey, Secret } from '../kernel/secret.ts';

export type Parse<T> = { (text: string): T; readonly secret?: boolean };

/** Marks what must never be shown. */
export function secretly<T>(parse: (text: string) => T): Parse<T> {
  return Object.assign(parse, { secret: true });
}

export const asText: Parse<string> = (text) => text;
export const asSecretText = secretly((text) => new Secret(text));
export const asList: Parse<readonly string[]> = (text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export function asInteger(min: number, max: number): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

export function asOneOf<const T extends string>(...values: readonly T[]): Parse<T> {
  return (text) => {
    const value = values.find((known) => known === text);
    if (value === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return value;
  };
}

export const asDatabaseUrl = secretly((text) => {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    throw new Error('must look like postgres://user:password@host:5432/database');
  }
  return new Secret(text);
});

export const asRedisUrl = secretly((text) => {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) {
    throw new Error('must look like redis://user:password@host:6379/0, or rediss:// for TLS');
  }
  return new Secret(text);
});

export const asHttpUrl: Parse<string> = (text) => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new Error('must be an http or https URL');
  return text.replace(/\/+$/, '');
};

/** Of a service that gets secrets or personal data: in production they leave this machine by https alone. */
export function asServiceUrl(production: boolean): Parse<string> {
  return (text) => {
    const url = asHttpUrl(text);
    const { protocol, hostname } = new URL(url);
    const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
    if (production && protocol === 'http:' && !isLocal) throw new Error('must be https in production');
    return url;
  };
}

/** Exactly as browsers send them in `Origin`: no path, no wildcard. */
export const asOrigins: Parse<readonly string[]> = (text) => {
  const origins = asList(text);
  const isOrigin = (item: string) =>
    /^https?:[^*]+$/.test(item) && URL.canParse(item) && new URL(item).origin === item;
  const wrong = origins.find((item) => !isOrigin(item));
  if (wrong !== undefined) throw new Error(`must be origins like https://my.example, which ${wrong} is not`);
  return origins;
};

/** What Fastify takes in place of networks. */
const networkNames = ['loopback', 'linklocal', 'uniquelocal'];

/** IP addresses, networks (`10.0.0.0/8`) and Fastify's names for some. */
export const asNetworks: Parse<readonly string[]> = (text) => {
  const networks = asList(text);
  const wrong = networks.find((item) => !isNetwork(item) && !networkNames.includes(item));
  if (wrong !== undefined) {
    throw new Error(`must be addresses or networks like 10.0.0.2 or 10.0.0.0/8, which ${wrong} is not`);
  }
  return networks;
};

/** The same without names. */
export const asNumericNetworks: Parse<readonly string[]> = (text) => {
  const named = asNetworks(text).find((item) => networkNames.includes(item));
  if (named !== undefined)
    throw new Error(`must be addresses or networks like 10.0.0.0/8, which ${named} is not`);
  return asList(text);
};

function isNetwork(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/([1-9]\d*))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(prefix ?? 1) <= (family === 4 ? 32 : 128);
}

const keyBytes = 32;

export const toKey = secretly((text) => {
  const bytes = Buffer.from(text, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || bytes.length < keyBytes) {
    throw new Error(`must be at least ${keyBytes} random bytes in base64 (openssl rand -base64 32)`);
  }
  return new Secret(new Uint8Array(bytes));
});

/** `id:base64,id:base64`, newest first. */
export const asKeys = secretly((text): readonly NamedKey[] => {
  const keys = asList(text).map((item) => {
    const match = /^([a-z0-9-]{1,16}):(.+)$/.exec(item);
    if (!match?.[1] || !match[2]) throw new Error('must be a list like 2026b:KEY,2026a:KEY, newest first');
    return { id: match[1], key: toKey(match[2]) };
  });
  if (keys.length === 0) throw new Error('must hold at least one key');
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) throw new Error('must not repeat a key id');
  return keys;
});
