import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

export const folder = (name: string) => fileURLToPath(new URL(`./${name}/`, import.meta.url));

/** The document that every client is generated from. */
export const contract = fileURLToPath(new URL('../../openapi/openapi.json', import.meta.url));

export type Command = Readonly<{ command: string; args: readonly string[]; cwd: string }>;

export type RunOptions = Readonly<{
  environment?: Readonly<Record<string, string>>;
  /** What the program is told after a line that ends with `?`. */
  answer?: (question: string) => Promise<string>;
  /** What else than 0 is a good end. */
  exitCodes?: readonly number[];
}>;

/** Runs a program to its end. @returns all that it printed @throws with that, when it did not end well */
export async function run({ command, args, cwd }: Command, options: RunOptions = {}): Promise<string> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...options.environment } });
  const ended = Promise.withResolvers<number | string>();
  child.once('error', ended.reject);
  child.once('close', (code, signal) => ended.resolve(code ?? signal ?? 'unknown'));
  let output = '';
  let errors = '';
  let asked = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const questions = output.match(/^.*\?\n/gm) ?? [];
    for (const question of questions.slice(asked)) {
      asked += 1;
      options.answer?.(question.trim()).then((line) => child.stdin.write(`${line}\n`), ended.reject);
    }
  });
  const outcome = await ended.promise.finally(() => child.kill());
  if (outcome !== 0 && !options.exitCodes?.some((code) => code === outcome)) {
    throw new Error(`${command} ${args.join(' ')} ended with ${outcome}:\n${tail(output)}${tail(errors)}`);
  }
  return output + errors;
}

const tail = (text: string) => text.split('\n').slice(-60).join('\n');

/** Does a step of a test and says how long it took. */
export async function timed<Result>(t: Test, name: string, work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    t.comment(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

/** A tool that has to be on the machine: how it is called, the least version that will do, and how it is asked for its own. */
export type Tool = Readonly<{ name: string; atLeast: string; command: string; args: readonly string[] }>;

const python: Tool = { name: 'Python', atLeast: '3.11', command: 'python3', args: ['--version'] };

/** Ends the run with a sentence where a tool is missing or too old; none is left out silently. */
export async function requireTool({ name, atLeast, command, args }: Tool, cwd = '.'): Promise<void> {
  const needed = `${name} ${atLeast} or newer is needed for the clients`;
  const said = await run({ command, args, cwd }).catch((error) => {
    throw new Error(`${needed}, and "${command} ${args.join(' ')}" does not run`, { cause: error });
  });
  const version = /(?:^|\s|go)(\d+(?:\.\d+)*)/.exec(said)?.[1] ?? '';
  if (version.localeCompare(atLeast, 'en', { numeric: true }) < 0) {
    throw new Error(`${needed}, and this machine has ${version || `no version: ${said}`}`);
  }
}

/** A virtual environment with what a folder pins in its `requirements.txt`. @returns the folder of its programs */
export async function installPython(cwd: string): Promise<string> {
  await requireTool(python);
  await run({ command: 'python3', args: ['-m', 'venv', '.venv'], cwd });
  const args = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt'];
  await run({ command: `${cwd}.venv/bin/python`, args, cwd });
  return `${cwd}.venv/bin`;
}

/** Installs what a folder pins in its own `package-lock.json`, from the registry of npm. */
export async function install(cwd: string): Promise<void> {
  await run({
    command: 'npm',
    args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    cwd,
  });
}

/**
 * Holds what a generator said against what it may say.
 * @param known warnings with a reason: each a pattern, and why it does not matter
 */
export function unknownWarnings(output: string, known: readonly (readonly [RegExp, string])[]): string[] {
  const warnings = output.split('\n').filter((line) => /\bwarn(ing)?\b|⚠/i.test(line));
  return [...new Set(warnings.filter((line) => !known.some(([pattern]) => pattern.test(line))))];
}
