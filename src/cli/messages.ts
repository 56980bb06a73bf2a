import { countMessages, getAddressRules, listMessages, messageStates } from '../messaging/index.ts';
import { type Command, defineAction, type Given, UsageError, wholeNumber } from './command.ts';
import { withDatabase } from './environment.ts';

const undelivered = ['failed', 'expired', 'dropped'] as const;
const maxHours = 24 * 365;
const maxLines = 100_000;

const common = {
  hours: { value: 'N', describe: 'not older than this (24)' },
  json: { describe: 'one JSON object a line' },
} as const;

const toHours = ({ options: { hours = '24' } }: Given<typeof common>) =>
  wholeNumber('hours', hours, maxHours);

function printTable(rows: readonly Readonly<Record<string, string>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    console.log(
      cells
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  line(columns);
  for (const row of rows) line(columns.map((column) => row[column] ?? ''));
}

function print(rows: readonly Readonly<Record<string, string>>[], json: boolean): void {
  if (json) for (const row of rows) console.log(JSON.stringify(row));
  else if (rows.length === 0) console.log('none');
  else printTable(rows);
}

const list = defineAction({
  summary: 'messages, newest first, addresses masked',
  options: {
    failed: { describe: 'only what did not arrive: failed, expired, dropped' },
    state: { value: 'STATE', describe: `only this state: ${messageStates.join(', ')}` },
    purpose: { value: 'PURPOSE', describe: 'only this purpose, like recovery-code' },
    limit: { value: 'N', describe: 'at most so many lines (100)' },
    ...common,
  },
  async run(given) {
    const { options, environment } = given;
    const state = messageStates.find((known) => known === options.state);
    if (options.state !== undefined && !state) throw new UsageError(`there is no state ${options.state}`);
    if (state && options.failed) throw new UsageError('--failed and --state exclude each other');
    const filter = {
      states: state ? [state] : options.failed ? undelivered : null,
      purpose: options.purpose ?? null,
      hours: toHours(given),
      limit: wholeNumber('limit', options.limit ?? '100', maxLines),
    };
    const messages = await withDatabase(environment, 'messages-cli', (db) => listMessages(db, filter));
    const rows = messages.map((message) => ({
      at: message.createdAt.toISOString().slice(0, 19),
      id: message.id,
      channel: message.channel,
      purpose: message.purpose,
      to: message.address === null ? 'nobody' : getAddressRules(message.channel).mask(message.address),
      state: message.state,
      attempts: String(message.attempts),
      provider: message.provider ?? '',
      failure: message.failure ?? '',
    }));
    print(rows, options.json);
  },
});

const count = defineAction({
  summary: 'how many are in which state, and why',
  options: common,
  async run(given) {
    const hours = toHours(given);
    const counts = await withDatabase(given.environment, 'messages-cli', (db) => countMessages(db, hours));
    const rows = counts.map(({ provider, failure, messages, ...row }) => ({
      ...row,
      provider: provider ?? '',
      failure: failure ?? '',
      messages: String(messages),
    }));
    print(rows, given.options.json);
  },
});

export const command: Command = { actions: { list, count } };
