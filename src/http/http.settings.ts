import { httpOrigin } from '../kernel/http-origin.ts';
import type { Secret } from '../kernel/secret.ts';
import {
  asHttpUrl,
  asInteger,
  asNetworks,
  asOneOf,
  asOrigins,
  asRedisUrl,
  asText,
} from '../settings/parsers.ts';
import type { SettingsReader } from '../settings/reader.ts';

export type HttpSettings = Readonly<{
  host: string;
  port: number;
  /** How long requests are still served after a signal to end, while readiness already says no. */
  drainSeconds: number;
  /** Where callers reach the service; the only source of links and of the origin-bound last line of an SMS. */
  publicUrl: string;
  /** Networks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Of one network of callers, over all routes. */
  requestsPerMinute: number;
  /** Front ends whose pages may call the service from a browser. */
  corsOrigins: readonly string[];
  /** Where replicas count requests together; `null`: every process counts by itself. */
  redisUrl: Secret<string> | null;
  /** The front end's page for changing a password; '' = none. */
  changePasswordUrl: string;
  /** Empty: the service’s own address, under which there is no such page. */
  consentUrl: string;
  /** Where links in notices lead to; '' = the service's own page. */
  noticePageUrl: string;
  /** Whether the reference front end is served at `/`. */
  webApp: boolean;
  /** Whom to tell of a hole, as a URI (RFC 9116); '' = nobody. */
  securityContact: string;
}>;

export function readHttpSettings(reader: SettingsReader, production: boolean): HttpSettings {
  const host = reader.read({
    name: 'HOST',
    describe: 'address to listen on',
    parse: asText,
    fallback: '127.0.0.1',
  });
  const port = reader.read({
    name: 'PORT',
    describe: 'port to listen on',
    parse: asInteger(0, 65535),
    fallback: 3000,
  });
  const drainSeconds = reader.read({
    name: 'DRAIN_SECONDS',
    describe:
      'how long requests are still served after SIGTERM, while `/readyz` already refuses: longer than balancers take to notice; 3 in production',
    parse: asInteger(0, 15),
    fallback: production ? 3 : 0,
  });
  const publicUrl = reader.read({
    name: 'PUBLIC_URL',
    describe: 'where clients reach the service; source of every link; https in production',
    parse: asHttpUrl,
    fallback: production ? undefined : httpOrigin(host, port),
  });
  return { host, port, drainSeconds, publicUrl, ...readCallers(reader), ...readPages(reader, production) };
}

/** Who may call from where, and how often. */
function readCallers(reader: SettingsReader) {
  return {
    trustedProxies: reader.read({
      name: 'TRUSTED_PROXIES',
      describe: 'addresses or networks of the balancers in front, whose `X-Forwarded-For` is believed',
      parse: asNetworks,
      fallback: [],
    }),
    requestsPerMinute: reader.read({
      name: 'REQUESTS_PER_MINUTE',
      describe: 'requests of one client network, over all routes',
      parse: asInteger(1, 1_000_000),
      fallback: 300,
    }),
    corsOrigins: reader.read({
      name: 'CORS_ORIGINS',
      describe:
        'front ends on other origins that browsers may call the service from, like `https://my.example`',
      parse: asOrigins,
      fallback: [],
    }),
    redisUrl: reader.read<Secret<string> | null>({
      name: 'REDIS_URL',
      describe: 'Redis 7 or newer, where replicas count requests together',
      parse: asRedisUrl,
      fallback: null,
    }),
  };
}

/** Pages for people: those of the service itself, and those of a front end that it leads to. */
function readPages(reader: SettingsReader, production: boolean) {
  const webApp = reader.read({
    name: 'WEB_APP',
    describe:
      '`on`: pages for insured people at `/`, as `web/` has them; `off`: the service alone. `off` in production',
    parse: asOneOf('on', 'off'),
    fallback: production ? 'off' : 'on',
  });
  return {
    webApp: webApp === 'on',
    changePasswordUrl: reader.read({
      name: 'CHANGE_PASSWORD_URL',
      describe: 'page of the front end where people change a password; that of `WEB_APP` where it is on',
      parse: asHttpUrl,
      fallback: '',
    }),
    consentUrl: reader.read({
      name: 'CONSENT_URL',
      describe: 'page of the front end where people decide what an institution may see',
      parse: asHttpUrl,
      fallback: '',
    }),
    noticePageUrl: reader.read({
      name: 'NOTICE_PAGE_URL',
      describe: 'page of the front end that links in notices lead to, instead of the service’s own',
      parse: asHttpUrl,
      fallback: '',
    }),
    securityContact: reader.read({
      name: 'SECURITY_CONTACT',
      describe:
        'whom to tell of a security hole, shown in `/.well-known/security.txt`: `mailto:…` or an address of a page',
      parse: asContact,
      fallback: '',
    }),
  };
}

/** What `Contact` of RFC 9116 §2.5.3 may be, without what browsers and programs would read as something else. */
function asContact(value: string): string {
  if (/^(mailto:[^\s@]+@[^\s@]+|https:\/\/[^\s]+|tel:\+[\d-]+)$/.test(value)) return value;
  throw new Error('must be mailto:, https: or tel:');
}

/** What people's browsers open is never on this machine: in production nothing of it goes without TLS. */
export function httpInconsistencies(settings: HttpSettings, production: boolean): string[] {
  if (!production) return [];
  const addresses = {
    PUBLIC_URL: [settings.publicUrl],
    CORS_ORIGINS: settings.corsOrigins,
    CHANGE_PASSWORD_URL: [settings.changePasswordUrl],
    CONSENT_URL: [settings.consentUrl],
    NOTICE_PAGE_URL: [settings.noticePageUrl],
  };
  return Object.entries(addresses)
    .filter(([, urls]) => urls?.some((url) => url?.startsWith('http://')))
    .map(([name]) => `${name} must be https in production`);
}
