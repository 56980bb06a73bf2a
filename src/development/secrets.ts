import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../config.ts';

const names = ['SECRET_KEYS', 'IDENTIFIER_KEY', 'PASSWORD_PEPPERS'] as const;
type Secrets = Record<(typeof names)[number], string>;

const fileName = 'secrets.json';
const ownerOnly = 0o600;
const ownerOnlyFolder = 0o700;

export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

function generate(): Secrets {
  const key = () => randomBytes(32).toString('base64');
  return { SECRET_KEYS: `dev:${key()}`, IDENTIFIER_KEY: key(), PASSWORD_PEPPERS: `dev:${key()}` };
}

function read(dataDirectory: string): Secrets | undefined {
  let secrets: Partial<Secrets> | undefined;
  try {
    secrets = JSON.parse(readFileSync(join(dataDirectory, fileName), 'utf8')) as Partial<Secrets>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
  }
  return names.every((name) => typeof secrets?.[name] === 'string') ? (secrets as Secrets) : undefined;
}

/** Whole or not at all: a process that dies in between leaves no half-written secrets. */
function write(dataDirectory: string, secrets: Secrets): Secrets {
  if (!existsSync(dataDirectory)) mkdirSync(dataDirectory, { mode: ownerOnlyFolder });
  const path = join(dataDirectory, fileName);
  writeFileSync(`${path}.new`, JSON.stringify(secrets, null, 2), { mode: ownerOnly });
  renameSync(`${path}.new`, path);
  return secrets;
}

/** @throws {DataDirectoryError} for what goes wrong with files in it */
function inDataDirectory<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { message } = error as Error;
    throw new DataDirectoryError(
      `${message}; set DATA_DIRECTORY to a folder that this user may read and write.`,
    );
  }
}

const readOrMake = (dataDirectory: string) =>
  inDataDirectory(() => read(dataDirectory) ?? write(dataDirectory, generate()));

/** @throws {DataDirectoryError} */
export function readDevelopmentSecret(dataDirectory: string, name: keyof Secrets): string {
  return readOrMake(dataDirectory)[name];
}

/** @throws {DataDirectoryError} */
export function replaceDevelopmentSecret(dataDirectory: string, name: keyof Secrets, value: string): void {
  const secrets = { ...readOrMake(dataDirectory), [name]: value };
  inDataDirectory(() => write(dataDirectory, secrets));
}

/**
 * The environment with secrets filled in for development: made at random at the first start and kept in the
 * data folder, so that accounts survive a restart. Settings that are given win.
 * @throws {DataDirectoryError}
 */
export function withDevelopmentSecrets(environment: Environment, dataDirectory: string): Environment {
  if (names.every((name) => environment[name] || environment[`${name}_FILE`])) return environment;
  const secrets = readOrMake(dataDirectory);
  const filled: Record<string, string | undefined> = { ...environment };
  for (const name of names) {
    if (!environment[name] && !environment[`${name}_FILE`]) filled[name] = secrets[name];
  }
  return filled;
}
