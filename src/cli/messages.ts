import { parseArgs } from 'node:util';
import { maskMobile, parseMobile } from '../kernel/mobile.ts';
import { countMessages, type ListedMessage, listMessages, messageStates } from '../messaging/index.ts';
import { runCommand, UsageError, withDatabase } from './command.ts';

const usage = `Usage: npm run messages -- [list | count] [options]

  list    messages, newest first, addresses masked
  count   how many are in which state, and why; takes --hours and --json

  --failed          only what did not arrive: failed, expired, dropped
  --state STATE     only this state: ${messageStates.join(', ')}
  --purpose PURPOSE only this purpose, like recovery-code
  --hours N         not older than this (24)
  --limit N         at most so many lines (100)
  --json            one JSON object a line`;

const undelivered = ['failed', 'expired', 'dropped'] as const;
const mostHours = 24 * 365;
const mostLines = 100_000;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      failed: { type: 'boolean' },
      state: { type: 'string' },
      purpose: { type: 'string' },
      hours: { type: 'string', default: '24' },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: string, text: string, most: number) => {
    if (!/^[1-9]\d*$/.test(text) || Number(text) > most)
      throw new UsageError(`--${name} must be from 1 to ${most}`);
    return Number(text);
  };
  const state = messageStates.find((known) => known === values.state);
  if (values.state !== undefined && state === undefined)
    throw new UsageError(`there is no state ${values.state}`);
  const [command = 'list', ...rest] = positionals;
  if ((command !== 'list' && command !== 'count') || rest.length > 0) {
    throw new UsageError(`there is no command ${positionals.join(' ')}`);
  }
  const unused = (['failed', 'state', 'purpose', 'limit'] as const).find(
    (name) => values[name] !== undefined,
  );
  if (command === 'count' && unused) throw new UsageError(`count takes no --${unused}`);
  return {
    command,
    help: values.help,
    json: values.json,
    filter: {
      states: state ? [state] : values.failed ? undelivered : null,
      purpose: values.purpose ?? null,
      hours: number('hours', values.hours, mostHours),
      limit: number('limit', values.limit ?? '100', mostLines),
    },
  };
}

/** Enough to recognise an address that one has before oneself, too little to learn one. */
function mask({ channel, address }: ListedMessage): string {
  if (address === null) return 'nobody';
  if (channel === 'email') return `${[...address][0]}•••@${address.slice(address.lastIndexOf('@') + 1)}`;
  const mobile = parseMobile(address);
  return mobile === null ? `•••${address.slice(-2)}` : maskMobile(mobile);
}

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

async function main(): Promise<void> {
  const { command, help, json, filter } = readArguments();
  if (help) return console.log(usage);
  const rows = await withDatabase('messages-cli', async (db) =>
    command === 'count'
      ? (await countMessages(db, filter.hours)).map(({ provider, failure, messages, ...row }) => ({
          ...row,
          provider: provider ?? '',
          failure: failure ?? '',
          messages: String(messages),
        }))
      : (await listMessages(db, filter)).map((message) => ({
          at: message.createdAt.toISOString().slice(0, 19),
          id: message.id,
          channel: message.channel,
          purpose: message.purpose,
          to: mask(message),
          state: message.state,
          attempts: String(message.attempts),
          provider: message.provider ?? '',
          failure: message.failure ?? '',
        })),
  );
  if (json) for (const row of rows) console.log(JSON.stringify(row));
  else if (rows.length === 0) console.log('none');
  else printTable(rows);
}

await runCommand(usage, main);
