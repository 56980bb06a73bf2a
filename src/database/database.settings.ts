import type { Secret } from '../kernel/secret.ts';
import { asDatabaseUrl, asInteger, asOneOf, asText } from '../settings/parsers.ts';
import type { SettingsReader } from '../settings/reader.ts';

export type DatabaseSettings = Readonly<{
  /** `null` in development: an embedded PostgreSQL is started. */
  databaseUrl: Secret<string> | null;
  /** Past a transaction pooler such as PgBouncer, for what needs a session; `null`: `databaseUrl` leads past it. */
  databaseDirectUrl: Secret<string> | null;
  databasePoolSize: number;
  /** Off behind a transaction pooler that knows no prepared statements (PgBouncer before 1.21). */
  databasePreparedStatements: boolean;
  dataDirectory: string;
}>;

export function readDatabaseSettings(reader: SettingsReader, production: boolean): DatabaseSettings {
  return {
    databaseUrl: reader.read<Secret<string> | null>({
      name: 'DATABASE_URL',
      describe: 'PostgreSQL 18 or newer',
      parse: asDatabaseUrl,
      fallback: production ? undefined : null,
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
    dataDirectory: reader.read({
      name: 'DATA_DIRECTORY',
      describe: 'development: embedded database and generated secrets',
      parse: asText,
      fallback: '.data',
    }),
  };
}
