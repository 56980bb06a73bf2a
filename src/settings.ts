import { readFileSync } from 'node:fs';
import { type NamedKey, Secret } from './kernel/secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Parse<T> = (text: string) => T;

/** One row of the settings table. `fallback: undefined` means that the setting is required. */
export type Setting<T> = Readonly<{
  name: string;
  describe: string;
  parse: Parse<T>;
  fallback: T | undefined;
}>;

export const asText: Parse<string> = (text) => text;
export const asSecretText: Parse<Secret<string>> = (text) => new Secret(text);
export const asList: Parse<readonly string[]> = (text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export function asInteger(least: number, most: number): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new Error(`must be a whole number from ${least} to ${most}`);
    }
    return value;
  };
}

export function asOneOf(...values: readonly string[]): Parse<string> {
  return (text) => {
    if (!values.includes(text)) throw new Error(`must be one of ${values.join(', ')}`);
    return text;
  };
}

export const asDatabaseUrl: Parse<Secret<string>> = (text) => {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    throw new Error('must look like postgres://user:password@host:5432/database');
  }
  return new Secret(text);
};

export const asHttpUrl: Parse<string> = (text) => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new Error('must be an http or https URL');
  return text.replace(/\/+$/, '');
};

const keyBytes = 32;

export function toKey(text: string): Secret<Uint8Array> {
  const bytes = Buffer.from(text, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || bytes.length < keyBytes) {
    throw new Error(`must be at least ${keyBytes} random bytes in base64 (openssl rand -base64 32)`);
  }
  return new Secret(new Uint8Array(bytes));
}

/** `id:base64,id:base64`, newest first. */
export const asKeys: Parse<readonly NamedKey[]> = (text) => {
  const keys = asList(text).map((item) => {
    const match = /^([a-z0-9-]{1,16}):(.+)$/.exec(item);
    if (!match?.[1] || !match[2]) throw new Error('must be a list like 2026b:KEY,2026a:KEY, newest first');
    return { id: match[1], key: toKey(match[2]) };
  });
  if (keys.length === 0) throw new Error('must hold at least one key');
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) throw new Error('must not repeat a key id');
  return keys;
};

/** Reads settings and remembers every fault instead of stopping at the first one. */
export class SettingsReader {
  readonly faults: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  read<T>(setting: Setting<T>): T {
    try {
      const text = this.#text(setting.name);
      if (text !== undefined) return setting.parse(text);
      if (setting.fallback === undefined) throw new Error(`is missing (${setting.describe})`);
      return setting.fallback;
    } catch (error) {
      this.faults.push(`${setting.name} ${(error as Error).message}`);
      // Never used: faults end the loading below.
      return setting.fallback as T;
    }
  }

  /** `NAME`, or the content of the file that `NAME_FILE` points to (secrets mounted by an orchestrator). */
  #text(name: string): string | undefined {
    const value = this.#environment[name];
    const file = this.#environment[`${name}_FILE`];
    if (value && file) throw new Error(`is given twice, also as ${name}_FILE`);
    if (!file) return value === '' ? undefined : value;
    try {
      return readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new Error(`cannot be read from ${name}_FILE: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
}
