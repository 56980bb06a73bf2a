/**
 * The frame of every command: what may be typed, help, exit codes.
 *
 * A new command is one file that exports `command` and one line of `commands.ts`; the frame refuses what its
 * actions do not name, before anything is opened or read.
 */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import type { Environment } from '../settings/reader.ts';

/** The same for every command. `usage` is decided from what was typed alone, so nothing has been done then. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** What was typed cannot be meant: exit code 2, with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** It could not be done, or what was asked for is not there: exit code 1, in one line. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export type Option = Readonly<{
  /** Stands for the value in the help, like `NAME`; without it the option is a flag. */
  value?: string;
  /** May be given again and again. */
  multiple?: boolean;
  describe: string;
}>;

type Options = Readonly<Record<string, Option>>;
type ValueOf<O extends Option> = O extends { value: string }
  ? O extends { multiple: true }
    ? readonly string[] | undefined
    : string | undefined
  : boolean;

export type Given<O extends Options = Options> = Readonly<{
  operands: readonly string[];
  options: { readonly [Name in keyof O]: ValueOf<O[Name]> };
  environment: Environment;
}>;

export type Action = Readonly<{
  summary: string;
  /** As the usage shows them: `NATIONAL_CODE`, `[NAME]` for what may be left out, `PATH…` for one or more. */
  operands?: string;
  options?: Options;
  /** Returns the exit code. */
  run(given: Given): Promise<number>;
}>;

/** An action whose `run` sees its options with their types. */
export function defineAction<const O extends Options = Record<never, never>>(
  action: Readonly<{
    summary: string;
    operands?: string;
    options?: O;
    /** The exit code; whatever else it resolves with is 0. */
    run(given: Given<O>): Promise<unknown>;
  }>,
): Action {
  return {
    ...action,
    async run(given) {
      const code = await action.run(given as Given<O>);
      return typeof code === 'number' ? code : exitCodes.done;
    },
  };
}

export type Command = Readonly<{
  /** By the word after the command; what is done without a word stands under ''. */
  actions: Readonly<Record<string, Action>>;
  /** What else the help says. */
  notes?: string;
}>;

/** A command under the words that run it, like `savabegh accounts`. */
export type NamedCommand = Readonly<{ name: string; summary: string; command: Command }>;

const isHelp = (word: string) => word === '--help' || word === '-h';

/** Whether help is asked for; what stands behind `--` is operands. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some(isHelp);
}

function findAction({ name, command }: NamedCommand, args: readonly string[]) {
  const [word = ''] = args;
  if (word !== '' && Object.hasOwn(command.actions, word)) {
    return { action: command.actions[word] as Action, rest: args.slice(1) };
  }
  const action = command.actions[''];
  const isNothing = word === '' || word.startsWith('-');
  if (action && (isNothing || action.operands)) return { action, rest: args };
  throw new UsageError(isNothing ? 'what is to be done?' : `there is no ${name} ${word}`);
}

function parse({ options = {}, operands = '' }: Action, args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, multiple = false }]) => [
        name,
        value === undefined ? { type: 'boolean', default: false } : { type: 'string', multiple },
      ]),
    ),
  });
  const names = operands.split(' ').filter((name) => name !== '');
  const needed = names.filter((name) => !name.startsWith('['));
  const missing = needed[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const extra = operands.includes('…') ? undefined : positionals[names.length];
  if (extra !== undefined) throw new UsageError(`one argument too many: ${extra}`);
  return { operands: positionals, options: values as Given['options'] };
}

/**
 * Runs a command to its end and returns the exit code. Help does nothing else, whatever stands beside it.
 * @param explain one line for whatever an action throws
 */
export async function runCommand(
  named: NamedCommand,
  args: readonly string[],
  environment: Environment,
  explain: (error: unknown) => string,
): Promise<number> {
  if (asksForHelp(args)) {
    console.log(toHelp(named, args[0]));
    return exitCodes.done;
  }
  try {
    const { action, rest } = findAction(named, args);
    return await action.run({ ...parse(action, rest), environment });
  } catch (error) {
    const isUsage =
      error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
    if (!isUsage) {
      console.error(explain(error));
      return exitCodes.failed;
    }
    console.error(`${(error as Error).message}\n\n${toHelp(named, args[0])}`);
    return exitCodes.usage;
  }
}

/** Runs a script that is one action, in the same frame; `name` is what is typed to run it. */
export async function runScript(name: string, action: Action, { argv, env }: NodeJS.Process): Promise<void> {
  const named = { name, summary: action.summary, command: { actions: { '': action } } };
  const explain = (error: unknown) =>
    error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.exitCode = await runCommand(named, argv.slice(2), env, explain);
}

const helpWidth = 100;

/** `left` in a column, `right` beside it, wrapped. */
function entry(left: string, right: string, column: number): string {
  const lines = [''];
  for (const word of right.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > helpWidth - column) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  const indent = `\n${' '.repeat(column)}`;
  const head = left.length + 4 > column ? `  ${left}${indent}` : `  ${left}`.padEnd(column);
  return head + lines.join(indent);
}

const summaryColumn = 34;

/** Names with what they stand for, in two columns. */
export const table = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([left, right]) => entry(left, right, summaryColumn)).join('\n');

/** The usage of a command, or of one of its actions. */
export function toHelp({ name, summary, command }: NamedCommand, word?: string): string {
  const all = Object.entries(command.actions);
  const chosen = all.filter(([action]) => action === word && word !== '');
  const shown = chosen.length > 0 ? chosen : all;
  const typed = ([action, { operands = '' }]: (typeof all)[number]) =>
    [action, operands].filter(Boolean).join(' ');
  const usage =
    shown.length === 1 && shown[0]
      ? `Usage: ${[name, typed(shown[0])].filter(Boolean).join(' ')} [options]\n\n  ${shown[0][1].summary}`
      : `Usage: ${name} ACTION [options]\n\n  ${summary}\n\n${table(shown.map((each) => [typed(each) || '(alone)', each[1].summary]))}`;
  const options = new Map<string, { option: Option; of: string[] }>();
  for (const [action, { options: some = {} }] of shown) {
    for (const [option, spec] of Object.entries(some)) {
      const known = options.get(option) ?? { option: spec, of: [] };
      options.set(option, { ...known, of: [...known.of, action || '(alone)'] });
    }
  }
  const rows = [...options].map(([option, { option: spec, of }]): [string, string] => [
    [`--${option}`, spec.value, spec.multiple && '…'].filter(Boolean).join(' '),
    of.length === shown.length ? spec.describe : `${of.join(', ')}: ${spec.describe}`,
  ]);
  const help: [string, string] = ['--help', 'shows this and does nothing'];
  return [usage, table([...rows, help]), command.notes].filter(Boolean).join('\n\n');
}

/** For actions that destroy. */
export const yesOption = { yes: { describe: 'does it without asking' } } as const;

/**
 * Asks before something is destroyed; where nobody can be asked, `--yes` has to have been given.
 * @throws {UsageError} at once, before anything is done, where nobody can be asked
 * @returns asks a question; throws {@link CommandError} unless the answer is yes
 */
export function confirmer(yes: boolean): (question: string) => Promise<void> {
  if (!yes && !process.stdin.isTTY) {
    throw new UsageError('this cannot be taken back: give --yes where nobody can be asked');
  }
  return async (question) => {
    if (yes) return;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question(`${question} Type yes to go on: `).catch(() => '');
    terminal.close();
    if (answer.trim().toLowerCase() !== 'yes') throw new CommandError('nothing has been done');
  };
}

/** A whole number from 1 to `max` for an option. @throws {UsageError} */
export function wholeNumber(option: string, text: string, max: number): number {
  if (!/^[1-9]\d*$/.test(text) || Number(text) > max) {
    throw new UsageError(`--${option} must be a whole number from 1 to ${max}`);
  }
  return Number(text);
}
