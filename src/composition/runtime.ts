import { Secret } from '../kernel/secret.ts';
import type { Environment } from '../settings/reader.ts';
import { type Config, loadConfig } from './config.ts';
import { createFoundation, type Foundation, type FoundationOptions } from './foundation.ts';

/** Settings with a database that can be reached (by commands: past a pooler), and how to let go of it. */
export type Runtime = Readonly<{ config: Config; databaseUrl: string; stop(): Promise<void> }>;

/** The environment that settings are read from; in development secrets that are missing are made up. */
export async function toEnvironment(environment: Environment): Promise<Environment> {
  if (environment.NODE_ENV === 'production') return environment;
  const { withDevelopmentSecrets } = await import('../development/secrets.ts');
  return withDevelopmentSecrets(environment, environment.DATA_DIRECTORY || '.data');
}

/**
 * Settings and database for the service and its commands alike. In development missing secrets are made up
 * and, without `DATABASE_URL`, an embedded PostgreSQL is started, or by a command the running service's used;
 * production never loads that code.
 * @param service what only the service does, which two may not be on one embedded database
 * @throws {ConfigError} with every fault; {EmbeddedPostgresError} when the embedded database cannot run
 */
export async function startRuntime(
  environment: Environment,
  service?: Readonly<{
    beforeDatabase(config: Config): Promise<void>;
    /** Told before what takes seconds. */
    progress?: ((text: string) => void) | undefined;
  }>,
): Promise<Runtime> {
  const config = loadConfig(await toEnvironment(environment));
  await service?.beforeDatabase(config);
  // Never absent in production.
  if (config.databaseUrl) return { config, databaseUrl: commandsUrl(config), stop: async () => {} };
  const { startEmbeddedDatabase } = await import('../development/embedded-database.ts');
  const { url, stop } = await startEmbeddedDatabase(config.dataDirectory, {
    mayJoin: !service,
    progress: service?.progress,
  });
  return { config: { ...config, databaseUrl: new Secret(url) }, databaseUrl: url, stop };
}

/** How a command uses the database: the name that PostgreSQL shows for its connections, and how many it takes. */
export type CommandOptions = Pick<FoundationOptions, 'applicationName' | 'statementTimeoutMs'> &
  Readonly<{ poolSize?: number }>;

/** Runs a command's work on what the service stands on, its database reached past a pooler. */
export async function withFoundation<T>(
  environment: Environment,
  { poolSize = 2, ...options }: CommandOptions,
  work: (foundation: Foundation) => Promise<T>,
): Promise<T> {
  const { config, databaseUrl: url, stop } = await startRuntime(environment);
  try {
    const foundation = createFoundation(config, { ...options, url, poolSize });
    return await work(foundation).finally(foundation.close);
  } finally {
    await stop();
  }
}

const commandsUrl = (config: Config) => (config.databaseDirectUrl ?? config.databaseUrl)?.expose() ?? '';

/** One clear message instead of a stack, for what an operator can mend. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path, address, port, hostname } = error as NodeJS.ErrnoException &
    Partial<Record<'address' | 'hostname', string> & { port: number }>;
  if (code === 'EADDRINUSE')
    return `${address}:${port} is taken by another program; set PORT (or OPERATIONS_PORT) to a free one.`;
  if (code === 'EADDRNOTAVAIL')
    return `${address} is not an address of this machine; set HOST to one that is.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `${hostname} is no address and no name that is known here; look at HOST, DATABASE_URL and the like.`;
  if (code === 'EACCES' && port !== undefined)
    return `${address}:${port} may not be used by this user; set PORT.`;
  // Node.js says what was to be done with which file.
  if (code !== undefined && path) return error.message;
  if (code === 'ECONNREFUSED') return 'The database does not answer; look at DATABASE_URL.';
  const known = [
    'CommandError',
    'ConfigError',
    'DataDirectoryError',
    'EmbeddedPostgresError',
    'OperatorError',
    'SchemaError',
  ].includes(error.name);
  return known ? error.message : (error.stack ?? error.message);
}
