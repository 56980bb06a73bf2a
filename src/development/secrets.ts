import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../settings/reader.ts';
import { findDataFolder, openDataFolder } from './data-folder.ts';

const names = ['SECRET_KEYS', 'IDENTIFIER_KEY', 'PASSWORD_PEPPERS'] as const;
type Secrets = Readonly<Record<(typeof names)[number], string>>;

const fileName = 'secrets.json';
const ownerOnly = 0o600;

export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

function generate(): Secrets {
  const key = () => randomBytes(32).toString('base64');
  return { SECRET_KEYS: `dev:${key()}`, IDENTIFIER_KEY: key(), PASSWORD_PEPPERS: `dev:${key()}` };
}

function read(file: string): Secrets | undefined {
  let secrets: Partial<Secrets> | undefined;
  try {
    secrets = JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
  }
  return names.every((name) => typeof secrets?.[name] === 'string') ? (secrets as Secrets) : undefined;
}

/** Whole or not at all: a process that dies in between leaves no half-written secrets. */
function write(file: string, secrets: Secrets): Secrets {
  writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: ownerOnly });
  renameSync(`${file}.new`, file);
  return secrets;
}

/** Of two first starts at once one makes them, and both go on with what it made. */
function make(file: string): Secrets {
  const draft = `${file}.${process.pid}.new`;
  const made = generate();
  writeFileSync(draft, JSON.stringify(made, null, 2), { mode: ownerOnly });
  try {
    linkSync(draft, file);
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return read(file) ?? write(file, made);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** @throws {DataDirectoryError} for what goes wrong with files in it */
async function inDataDirectory<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    throw new DataDirectoryError(
      `${message}; set DATA_DIRECTORY to a folder that this user may read and write.`,
    );
  }
}

export type DevelopmentSecrets = Readonly<{
  file: string;
  secrets: Secrets;
  replace(name: keyof Secrets, value: string): void;
}>;

/**
 * What the first start made; nothing is made here. `null`: there has been no first start.
 * @throws {DataDirectoryError}
 */
export function findDevelopmentSecrets(dataDirectory: string): Promise<DevelopmentSecrets | null> {
  return inDataDirectory(async () => {
    const folder = await findDataFolder(dataDirectory);
    const file = join(folder ?? dataDirectory, fileName);
    const secrets = read(file);
    if (!secrets) return null;
    return { file, secrets, replace: (name, value) => void write(file, { ...secrets, [name]: value }) };
  });
}

/**
 * The environment with secrets filled in for development: made at random at the first start and kept beside the
 * database, whose hashes and codes rest on them, so that neither is ever there without the other. Settings that
 * are given win.
 * @throws {DataDirectoryError}
 */
export async function withDevelopmentSecrets(
  environment: Environment,
  dataDirectory: string,
): Promise<Environment> {
  const missing = names.filter((name) => !environment[name] && !environment[`${name}_FILE`]);
  if (missing.length === 0) return environment;
  const secrets = await inDataDirectory(async () => {
    const file = join(await openDataFolder(dataDirectory), fileName);
    return read(file) ?? make(file);
  });
  return { ...environment, ...Object.fromEntries(missing.map((name) => [name, secrets[name]])) };
}
