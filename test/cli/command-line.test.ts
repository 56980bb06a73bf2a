import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  type Action,
  type Command,
  confirmer,
  defineAction,
  runCommand,
  toHelp,
} from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { runSavabegh } from '../../src/cli/savabegh.ts';
import { testEnvironment } from '../support/app.ts';
import { savabegh } from '../support/command.ts';
import { createTestDatabase } from '../support/database.ts';

/** Every action there is, as it is typed. */
const actions: { words: string[]; action: Action; development: boolean }[] = [];
for (const [name, { load, development = false }] of Object.entries(commands)) {
  const { command } = await load();
  for (const [word, action] of Object.entries(command.actions)) {
    actions.push({ words: [name, word].filter(Boolean), action, development });
  }
}

/** As `savabegh` of `../support/command.ts`, in this process: a process each would take minutes. */
async function run(t: Test, args: readonly string[], environment: Record<string, string>) {
  const [log, error] = [t.capture(console, 'log'), t.capture(console, 'error')];
  const said = (calls: () => { args: unknown[] }[]) =>
    calls()
      .map(({ args }) => `${args.join(' ')}\n`)
      .join('');
  const code = await runSavabegh(args, environment);
  const outcome = { code, stdout: said(log), stderr: said(error) };
  log.restore();
  error.restore();
  return outcome;
}

/** Whoever opens the database by mistake does not come to an end with 2. */
const nowhere = { ...testEnvironment('postgres://nobody@127.0.0.1:1/none'), DATA_DIRECTORY: '' };

t.test('every command and action shows its help, whatever else is typed, and does nothing', async (t) => {
  const folder = join(t.testdir(), 'data');
  const environment = { DATA_DIRECTORY: folder };
  t.match(await run(t, ['--help'], environment), {
    code: 0,
    stdout: /Usage: savabegh COMMAND/,
    stderr: '',
  });
  for (const { words } of actions) {
    const { code, stdout, stderr } = await run(t, [...words, '--nonsense', '-h'], environment);
    t.equal(code, 0, words.join(' '));
    t.equal(stderr, '');
    t.ok(stdout.startsWith(`Usage: savabegh ${words.join(' ')}`) || words.length === 1, stdout);
  }
  t.notOk(existsSync(folder));
});

t.test('what cannot be meant is refused by every action with 2, and nothing is done', async (t) => {
  const folder = join(t.testdir(), 'data');
  for (const { words } of actions) {
    const { code, stdout, stderr } = await run(t, [...words, '--nonsense'], {
      ...nowhere,
      DATA_DIRECTORY: folder,
    });
    t.equal(code, 2, words.join(' '));
    t.equal(stdout, '');
    t.match(stderr, /nonsense[\s\S]*\nUsage: savabegh /);
  }
  t.notOk(existsSync(folder));
});

t.test('one operand too many, or too few, is refused as well', async (t) => {
  for (const { words, action } of actions) {
    const operands = (action.operands ?? '').split(' ').filter(Boolean);
    const needed = operands.filter((name) => !name.startsWith('['));
    if (!action.operands?.includes('…')) {
      const { code } = await run(t, [...words, ...operands.map(() => '1'), 'more'], nowhere);
      t.equal(code, 2, `${words.join(' ')} with one too many`);
    }
    if (needed.length > 0) {
      const { code, stderr } = await run(t, [...words, ...needed.slice(1).map(() => '1')], nowhere);
      t.equal(code, 2, `${words.join(' ')} with one too few`);
      t.match(stderr, /is missing/);
    }
  }
});

t.test('exit codes mean the same everywhere', async (t) => {
  const database = await createTestDatabase();
  t.teardown(() => database.drop());
  const folder = t.testdir({ empty: {}, keys: 'damaged' });
  const environment = { ...testEnvironment(database.url), DATA_DIRECTORY: join(folder, 'data') };
  const nobody = '0684159414';
  const noId = '01890000-0000-7000-8000-000000000000';
  const table: readonly (readonly [number, ...string[]])[] = [
    // 0: done, also where there was nothing to do.
    [0, '--version'],
    [0, 'migrate'],
    [0, 'migrate', '--dry-run'],
    [0, 'migrate', 'status'],
    [0, 'config', 'check'],
    [0, 'messages', 'list'],
    [0, 'messages', 'count'],
    [0, 'clients', 'list'],
    [0, 'records', 'status'],
    [0, 'accounts', 'hashes'],
    [0, 'reset', '--dry-run'],
    // 1: it could not be done, or what was asked for is not there.
    [1, 'accounts', 'show', nobody],
    [1, 'accounts', 'export', nobody],
    [1, 'accounts', 'disable', nobody],
    [1, 'accounts', 'enable', nobody],
    [1, 'accounts', 'erase', nobody, '--yes'],
    [1, 'clients', 'disable', noId],
    [1, 'clients', 'enable', noId],
    [1, 'clients', 'rotate', noId],
    [1, 'clients', 'change', noId, '--workshop', 'any'],
    [1, 'records', 'show', nobody],
    [1, 'import-lists', join(folder, 'nowhere')],
    [1, 'import-lists', join(folder, 'empty')],
    [1, 'keys', 'list', '--development'],
    // 2: what was typed cannot be meant.
    [2],
    [2, 'nonsense'],
    [2, '--nonsense'],
    [2, 'constructor'],
    [2, 'migrate', 'stauts'],
    [2, 'migrate', 'down'],
    [2, 'accounts'],
    [2, 'accounts', 'constructor', nobody],
    [2, 'accounts', 'show', '1234567890'],
    [2, 'accounts', 'erase', nobody],
    [2, 'accounts', 'disable', nobody, '--by', '<nobody>'],
    [2, 'clients', 'rotate', noId, '--end-others'],
    [2, 'clients', 'disable', 'x'],
    [2, 'records', 'close', '1405-13'],
    [2, 'messages', 'list', '--limit', '0'],
    [2, 'keys', 'rotate', '--keep', '1'],
    [2, 'reset'],
    [2, 'generate', 'nonsense'],
    [2, 'generate', '--check', '--release'],
    [2, 'serve', 'now'],
    [2, 'worker', '--version'],
  ];
  for (const [expected, ...args] of table) {
    const { code, stdout, stderr } = await run(t, args, environment);
    t.equal(code, expected, `savabegh ${args.join(' ')}: ${stderr}`);
    if (expected === 2) t.equal(stdout, '', 'nothing is done');
    t.notMatch(stderr, /\n +at /, 'no stack');
  }
});

t.test('what is for development is refused in production', async (t) => {
  for (const { words, development } of actions) {
    if (!development) continue;
    const { code, stderr } = await run(t, words, { NODE_ENV: 'production' });
    t.equal(code, 1, words.join(' '));
    t.match(stderr, 'is for development');
  }
  t.notMatch((await run(t, ['--help'], { NODE_ENV: 'production' })).stdout, /\n {2}reset /);
});

t.test('every file of commands is a command of the list, and the frame', async (t) => {
  const frame = ['command', 'commands', 'environment', 'lifetime', 'person', 'savabegh'];
  const files = readdirSync(new URL('../../src/cli/', import.meta.url)).map((name) =>
    name.replace('.ts', ''),
  );
  t.same(files.filter((name) => !frame.includes(name)).sort(), Object.keys(commands).sort());
});

t.test('the frame hands in what an action names, with its types', async (t) => {
  let seen: unknown;
  const action = defineAction({
    summary: 'tries the frame',
    operands: 'ONE [TWO]',
    options: {
      flag: { describe: 'a flag' },
      text: { value: 'TEXT', describe: 'a text' },
      each: { value: 'ITEM', multiple: true, describe: 'items' },
    },
    async run({ operands, options: { flag, text, each } }) {
      seen = { operands, flag, text, each };
      if (operands[1] === 'fail') throw new Error('failed');
      return operands[1] === 'three' ? 3 : undefined;
    },
  });
  const command: Command = { actions: { try: action }, notes: 'A note.' };
  const named = { name: 'savabegh frame', summary: 'the frame', command };
  const tried = (...args: string[]) => runCommand(named, args, {}, String);
  t.capture(console, 'error');
  t.equal(await tried('try', 'a', '--each', '1', '--flag', '--each=2', '--', '--help'), 0);
  t.same(seen, { operands: ['a', '--help'], flag: true, text: undefined, each: ['1', '2'] });
  t.equal(await tried('try', 'a', 'three'), 3);
  t.same(seen, { operands: ['a', 'three'], flag: false, text: undefined, each: undefined });
  t.equal(await tried('try', 'a', 'fail'), 1);
  t.equal(await tried('try'), 2);
  t.equal(await tried('try', 'a', '--text'), 2);
  t.match(toHelp(named, 'try'), /Usage: savabegh frame try ONE \[TWO\] \[options\]\n\n {2}tries the frame/);
  t.match(toHelp(named), /--each ITEM … +items\n {2}--help .*\n\nA note\.$/);
});

t.test('a process ends with the code of its command', async (t) => {
  t.match(await savabegh(['--version']), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/, stderr: '' });
  t.match(await savabegh(['migrate', '--help']), { code: 0, stdout: /^Usage: savabegh migrate/ });
  t.match(await savabegh(['accounts', 'show', '0684159414'], nowhere), {
    code: 1,
    stderr: /database does not answer/,
  });
  t.match(await savabegh(['migrate', 'stauts'], nowhere), {
    code: 2,
    stderr: /there is no savabegh migrate stauts/,
  });
  const { code, stderr } = await savabegh(['reset']);
  t.match({ code, stderr }, { code: 2, stderr: /give --yes/ });
});

t.test('whoever cannot be asked has to say yes beforehand', async (t) => {
  t.throws(() => confirmer(false), { name: 'UsageError', message: /give --yes/ });
  await t.resolves(confirmer(true)('Really?'));
});
