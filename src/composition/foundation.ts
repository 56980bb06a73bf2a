import type { Logger } from 'pino';
import { type Connection, connect } from '../database/connection.ts';
import { createKnownNetworks, type KnownNetworks } from '../features/known-networks/index.ts';
import { createQuotas } from '../features/quotas/quotas.ts';
import { createKeyring, createMac, type Keyring, type Mac } from '../kernel/keyring.ts';
import type { Config } from './config.ts';

/** What service, worker and commands stand on: settings, database, keys and the counters that every process shares. */
export type Foundation = Connection &
  Readonly<{
    config: Config;
    keyring: Keyring;
    subjectOf: Mac;
    quotas: ReturnType<typeof createQuotas>;
    /** What sliding counters are kept under. */
    counterKey: Mac;
    knownNetworks: KnownNetworks;
  }>;

export type FoundationOptions = Readonly<{
  /** Where the database is; `config.databaseUrl` unless told otherwise. */
  url?: string;
  poolSize: number;
  /** What PostgreSQL calls the connections. */
  applicationName?: string;
  /** 0 for none. */
  statementTimeoutMs?: number;
  /** Of whoever runs for long, which notices connections that break while idle. */
  log?: Logger;
}>;

/** Connects to nothing yet. @throws without a database URL */
export function createFoundation(config: Config, { url, log, ...options }: FoundationOptions): Foundation {
  const databaseUrl = url ?? config.databaseUrl?.expose();
  if (databaseUrl === undefined) throw new Error('a database URL is needed');
  const { identifierKey } = config;
  return {
    ...connect({
      url: databaseUrl,
      prepareStatements: config.databasePreparedStatements,
      onIdleError: ({ message }) => log?.warn({ reason: message }, 'idle database connection lost'),
      ...options,
    }),
    config,
    keyring: createKeyring(config.secretKeys),
    subjectOf: createMac(identifierKey, 'subject'),
    quotas: createQuotas(createMac(identifierKey, 'quota')),
    counterKey: createMac(identifierKey, 'sliding-quota'),
    knownNetworks: createKnownNetworks(createMac(identifierKey, 'known-network')),
  };
}
