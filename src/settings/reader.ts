import { readFileSync } from 'node:fs';
import type { Parse } from './parsers.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One row of the settings table. `fallback: undefined` means that the setting is required. */
export type Setting<T> = Readonly<{
  name: string;
  describe: string;
  parse: Parse<T>;
  fallback: T | undefined;
  /** What happens without the setting, where the fallback itself does not say it. */
  otherwise?: string;
}>;

/** What is known of a setting once it has been read; a secret's value never. */
export type ReadSetting = Readonly<{
  name: string;
  describe: string;
  secret: boolean;
  required: boolean;
  /** What happens without it, as text; '' = nothing. */
  otherwise: string;
  /** As it was given; `null`: it was not. */
  given: string | null;
}>;

/** A fallback as people write it. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, item]) => `${name}=${item}`)
    .join(',');
}

/**
 * Reads settings; remembers all of them, and every fault instead of stopping at the first one; those of a provider that
 * serves two channels once.
 */
export class SettingsReader {
  readonly faults: string[] = [];
  readonly settings: ReadSetting[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  read<T>(setting: Setting<T>): T {
    const { name, describe, parse, fallback, otherwise = textOf(fallback) } = setting;
    const secret = parse.secret ?? false;
    let text: string | undefined;
    try {
      text = this.#text(name);
      if (text !== undefined) return parse(text);
      if (fallback === undefined) throw new Error(`is missing (${describe})`);
      return fallback;
    } catch (error) {
      const fault = `${name} ${(error as Error).message}`;
      if (!this.faults.includes(fault)) this.faults.push(fault);
      // Never used: faults end the loading below.
      return fallback as T;
    } finally {
      const given = secret && text !== undefined ? '(secret)' : (text ?? null);
      const setting = { name, describe, secret, required: fallback === undefined, otherwise, given };
      if (!this.settings.some((read) => read.name === name)) this.settings.push(setting);
    }
  }

  /** `NAME`, or the content of the file that `NAME_FILE` points to (secrets mounted by an orchestrator). */
  #text(name: string): string | undefined {
    const value = this.#environment[name];
    const file = this.#environment[`${name}_FILE`];
    if (value && file) throw new Error(`is given twice, also as ${name}_FILE`);
    // Nothing in it is nothing given, in a variable and in a file.
    if (!file) return value || undefined;
    try {
      return readFileSync(file, 'utf8').trim() || undefined;
    } catch (error) {
      throw new Error(`cannot be read from ${name}_FILE: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
}
