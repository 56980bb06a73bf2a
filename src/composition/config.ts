import type { PasswordsOptions } from '../features/passwords/index.ts';
import { readPasswordSettings } from '../features/passwords/passwords.settings.ts';
import {
  type ProofOfWorkSettings,
  readProofOfWorkSettings,
} from '../features/proof-of-work/proof-of-work.settings.ts';
import {
  type RecoverySettings,
  readRecoverySettings,
  recoveryInconsistencies,
} from '../features/recovery/recovery.settings.ts';
import { httpOrigin } from '../kernel/http-origin.ts';
import type { NamedKey, Secret } from '../kernel/secret.ts';
import { type MessagingSettings, readMessagingSettings } from '../messaging/settings.ts';
import {
  type OperationsAddress,
  readOperationsAddress,
  readTraceSettings,
  type TraceSettings,
} from '../operations/operations.settings.ts';
import {
  asDatabaseUrl,
  asHttpUrl,
  asInteger,
  asKeys,
  asNetworks,
  asNumericNetworks,
  asOneOf,
  asOrigins,
  asRedisUrl,
  asSecretText,
  asServiceUrl,
  asText,
  toKey,
} from '../settings/parsers.ts';
import { type Environment, type ReadSetting, SettingsReader } from '../settings/reader.ts';


/** What the service reads from its environment. Everything else gets it handed in. */
export type Config = Readonly<{
  production: boolean;
  host: string;
  port: number;
  /** Where clients reach the service; the only source of links and of the origin-bound last line of an SMS. */
  publicUrl: string;
  /** `null` in development: an embedded PostgreSQL is started. */
  databaseUrl: Secret<string> | null;
  /** Past a transaction pooler such as PgBouncer, for what needs a session; `null`: `databaseUrl` leads past it. */
  databaseDirectUrl: Secret<string> | null;
  databasePoolSize: number;
  /** Off behind a transaction pooler that knows no prepared statements (PgBouncer before 1.21). */
  databasePreparedStatements: boolean;
  /** Where operators look at metrics and health, apart from the public port; `null`: nowhere. */
  operations: OperationsAddress | null;
  /** `null`: nothing is traced. */
  traces: TraceSettings | null;
  dataDirectory: string;
  logLevel: string;
  /** Networks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** From where officers may act for others; none: from everywhere. */
  branchNetworks: readonly string[];
  requestsPerMinute: number;
  /** Front ends whose pages may call the service from a browser. */
  corsOrigins: readonly string[];
  /** Where replicas count requests together; `null`: every process counts by itself. */
  redisUrl: Secret<string> | null;
  secretKeys: readonly NamedKey[];
  identifierKey: Secret<Uint8Array>;
  passwords: PasswordsOptions;
  /** The front end's page for changing a password; '' = none. */
  changePasswordUrl: string;
  /** Where links in notices lead to; '' = the service's own page. */
  noticePageUrl: string;
  /** A session ends that has not been refreshed for so long, and at the latest so long after signing in. */
  sessionIdleHours: number;
  sessionLifetimeHours: number;
  /** Failed sign-ins of one client network in an hour, over all accounts. */
  signInFailuresPerNetwork: number;
  /** Entries of the activity log are kept for so long. */
  activityRetentionDays: number;
  proofOfWork: ProofOfWorkSettings;
  recovery: RecoverySettings;
  messaging: MessagingSettings;
  mobileOwnership: string;
  ownershipInquiry: Readonly<{ url: string; token: Secret<string> | null }>;
  /** How long its word holds. */
  ownershipDays: number;
  centuryPivot: number;
}>;

/** Everything that is wrong with an environment, at once. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The settings are not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Adapters that exist for trying the service out. */
const developmentAdapter = 'development';

/** @throws {ConfigError} with every fault of the environment */
export function loadConfig(environment: Environment): Config {
  const { config, faults } = readConfig(environment);
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config);
}

/** An environment read whole, faults and all: `config` is of use only without them. */
export type ReadConfig = Readonly<{
  config: Config;
  settings: readonly ReadSetting[];
  faults: readonly string[];
}>;

export function readConfig(environment: Environment): ReadConfig {
  const reader = new SettingsReader(environment);
  const production = environment.NODE_ENV === 'production';
  const required = <T>(inDevelopment: T): T | undefined => (production ? undefined : inDevelopment);

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
  const config: Config = {
    production,
    host,
    port,
    publicUrl: reader.read({
      name: 'PUBLIC_URL',
      describe: 'where clients reach the service; source of every link; https in production',
      parse: asHttpUrl,
      fallback: required(httpOrigin(host, port)),
    }),
    databaseUrl: reader.read<Secret<string> | null>({
      name: 'DATABASE_URL',
      describe: 'PostgreSQL 18 or newer',
      parse: asDatabaseUrl,
      fallback: required(null),
      otherwise: 'an embedded one',
    }),
    databaseDirectUrl: reader.read<Secret<string> | null>({
      name: 'DATABASE_DIRECT_URL',
      describe: 'the same database past a transaction pooler',
      parse: asDatabaseUrl,
      fallback: null,
    }),
    databasePoolSize: reader.read({
      name: 'DATABASE_POOL_SIZE',
      describe:
        'connections for requests of one process; delivering messages takes 9 more, a worker 11 in all',
      parse: asInteger(2, 500),
      fallback: 10,
    }),
    databasePreparedStatements: reader.read({
      name: 'DATABASE_PREPARED_STATEMENTS',
      describe: 'on, or off behind a transaction pooler without them',
      parse: (text) => asOneOf('on', 'off')(text) === 'on',
      fallback: true,
    }),
    operations: readOperationsAddress(reader),
    traces: readTraceSettings(reader, production),
    dataDirectory: reader.read({
      name: 'DATA_DIRECTORY',
      describe: 'development: embedded database and generated secrets',
      parse: asText,
      fallback: '.data',
    }),
    logLevel: reader.read({
      name: 'LOG_LEVEL',
      describe: 'least severe level that is logged',
      parse: asOneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
      fallback: 'info',
    }),
    trustedProxies: reader.read({
      name: 'TRUSTED_PROXIES',
      describe: 'addresses or networks of the balancers in front, whose `X-Forwarded-For` is believed',
      parse: asNetworks,
      fallback: [],
    }),
    branchNetworks: reader.read({
      name: 'BRANCH_NETWORKS',
      describe: 'addresses or networks that officers of branches may act from',
      parse: asNumericNetworks,
      fallback: [],
      otherwise: 'from everywhere',
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
    secretKeys: reader.read({
      name: 'SECRET_KEYS',
      describe: 'keys of codes and tokens, `id:base64,…`, newest first',
      parse: asKeys,
      fallback: undefined,
      otherwise: 'made at the first start',
    }),
    identifierKey: reader.read({
      name: 'IDENTIFIER_KEY',
      describe: 'key of quotas; never changed',
      parse: toKey,
      fallback: undefined,
      otherwise: 'made at the first start',
    }),
    passwords: readPasswordSettings(reader, production),
    changePasswordUrl: reader.read({
      name: 'CHANGE_PASSWORD_URL',
      describe: 'page of the front end where people change a password',
      parse: asHttpUrl,
      fallback: '',
    }),
    noticePageUrl: reader.read({
      name: 'NOTICE_PAGE_URL',
      describe: 'page of the front end that links in notices lead to, instead of the service’s own',
      parse: asHttpUrl,
      fallback: '',
    }),
    sessionIdleHours: reader.read({
      name: 'SESSION_IDLE_HOURS',
      describe: 'a session ends when it has not been refreshed for so long',
      parse: asInteger(1, 8760),
      fallback: 14 * 24,
    }),
    sessionLifetimeHours: reader.read({
      name: 'SESSION_LIFETIME_HOURS',
      describe: 'a session ends at the latest so long after signing in',
      parse: asInteger(1, 8760),
      fallback: 30 * 24,
    }),
    signInFailuresPerNetwork: reader.read({
      name: 'SIGN_IN_FAILURES_PER_NETWORK',
      describe: 'failed sign-ins an hour of one client network',
      parse: asInteger(1, 1_000_000),
      fallback: 300,
    }),
    activityRetentionDays: reader.read({
      name: 'ACTIVITY_RETENTION_DAYS',
      describe: 'how long the activity of accounts is kept: long enough for a dispute',
      parse: asInteger(30, 3650),
      fallback: 730,
    }),
    proofOfWork: readProofOfWorkSettings(reader),
    recovery: readRecoverySettings(reader),
    messaging: readMessagingSettings(reader, production),
    mobileOwnership: reader.read({
      name: 'MOBILE_OWNERSHIP',
      describe: 'who answers whether a mobile is that person’s: `zohal`, `zibal`',
      parse: asOneOf(developmentAdapter, 'zohal', 'zibal'),
      fallback: required(developmentAdapter),
    }),
    ownershipInquiry: {
      url: reader.read({
        name: 'MOBILE_OWNERSHIP_URL',
        describe: 'base URL of that inquiry; https in production',
        parse: asServiceUrl(production),
        fallback: '',
      }),
      token: reader.read<Secret<string> | null>({
        name: 'MOBILE_OWNERSHIP_TOKEN',
        describe: 'bearer token of that inquiry',
        parse: asSecretText,
        fallback: null,
      }),
    },
    ownershipDays: reader.read({
      name: 'MOBILE_OWNERSHIP_DAYS',
      describe: 'days after which it is asked again before a code or a link leaves to an account’s mobile',
      parse: asInteger(1, 365),
      fallback: 30,
    }),
    centuryPivot: reader.read({
      name: 'CENTURY_PIVOT',
      describe: 'two-digit years of lists below it are 14xx, the others 13xx',
      parse: asInteger(0, 99),
      fallback: 50,
    }),
  };
  const alone = new Set(reader.faults.map(nameIn));
  const together = inconsistencies(config).filter((fault) => !alone.has(nameIn(fault)));
  return { config, settings: reader.settings, faults: [...reader.faults, ...together] };
}

/** The setting that a fault begins with. */
const nameIn = (fault: string) => fault.split(' ', 1)[0];

/** Faults that only several settings together show. */
function inconsistencies(config: Config): string[] {
  const faults = recoveryInconsistencies(config.recovery);
  const inquires = config.mobileOwnership !== undefined && config.mobileOwnership !== developmentAdapter;
  if (inquires && !config.ownershipInquiry.url) {
    faults.push('MOBILE_OWNERSHIP_URL is missing (MOBILE_OWNERSHIP is an inquiry)');
  }
  if (inquires && !config.ownershipInquiry.token) {
    faults.push('MOBILE_OWNERSHIP_TOKEN is missing (MOBILE_OWNERSHIP is an inquiry)');
  }
  if (config.sessionIdleHours > config.sessionLifetimeHours) {
    faults.push('SESSION_IDLE_HOURS must not be more than SESSION_LIFETIME_HOURS');
  }
  if (!config.production) return faults;
  if (config.mobileOwnership === developmentAdapter)
    faults.push('MOBILE_OWNERSHIP must not be development in production');
  const addresses = {
    PUBLIC_URL: [config.publicUrl],
    CORS_ORIGINS: config.corsOrigins,
    CHANGE_PASSWORD_URL: [config.changePasswordUrl],
    NOTICE_PAGE_URL: [config.noticePageUrl],
  };
  for (const [name, urls] of Object.entries(addresses)) {
    if (urls?.some((url) => url?.startsWith('http://'))) faults.push(`${name} must be https in production`);
  }
  return faults;
}
