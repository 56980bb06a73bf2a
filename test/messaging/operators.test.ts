import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { cleanUpMessages } from '../../src/messaging/index.ts';
import type { MessageState } from '../../src/messaging/messages.table.ts';
import { startTestService, testEnvironment } from '../support/app.ts';
import { entry, savabegh } from '../support/command.ts';
import { signUp } from '../support/journey.ts';
import { codeMessage, createDatabase, eventually, outbox } from './support.ts';

const database = await createDatabase();
const { db } = database;
t.teardown(() => database.drop());
const environment = { PATH: process.env.PATH ?? '', LOG_LEVEL: 'silent', ...testEnvironment(database.url) };

async function runMessages(...options: string[]) {
  const child = spawn(process.execPath, [entry, 'messages', ...options], { env: environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  const [code] = await once(child, 'close');
  return { code, output, lines: output.trim().split('\n') };
}

async function add(state: MessageState, destination: string | undefined, failure: string | null = null) {
  const { destination: _, ...message } = codeMessage({
    channel: destination?.includes('@') ? 'email' : 'sms',
  });
  await db
    .transaction()
    .execute((trx) => outbox.enqueue(trx, destination === undefined ? message : { ...message, destination }));
  await db.updateTable('message').set({ state, failure }).where('state', '=', 'queued').execute();
}

t.test('operators see what did not arrive and why, without learning to whom', async (t) => {
  await add('delivered', '+989121110000');
  await add('failed', '+989121234567', 'recipient-refused: kavenegar-411');
  await add('expired', 'zahra@savabegh.example', 'too-late');
  await add('dropped', undefined, 'no-destination');

  const { code, output, lines } = await runMessages('list', '--failed');
  t.equal(code, 0);
  t.equal(lines.length, 4, 'a head and three messages');
  t.match(output, '0912•••4567');
  t.match(output, 'z•••@savabegh.example');
  t.match(output, /nobody +dropped/);
  t.match(output, 'recipient-refused: kavenegar-411');
  t.notMatch(output, /9121234567|zahra/);

  const json = (await runMessages('list', '--state', 'expired', '--json')).lines.map((line) =>
    JSON.parse(line),
  );
  t.match(json, [{ state: 'expired', failure: 'too-late', channel: 'email', purpose: 'registration-code' }]);
  t.equal((await runMessages('list', '--purpose', 'welcome')).output.trim(), 'none');
  t.equal((await runMessages('list', '--limit', '2')).lines.length, 3);
});

t.test('a message is shown with the address of then, whatever the account has since', async (t) => {
  const service = await startTestService(t);
  const { mobile, nationalCode } = await signUp(service);
  const list = async () => {
    const { stdout } = await savabegh(['messages', 'list', '--json'], testEnvironment(service.databaseUrl));
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  await eventually(async () => (await list()).every(({ attempts }) => attempts !== '0') || undefined);
  await service.db
    .updateTable('account')
    .set({ mobile: '+989350009999' })
    .where('national_code', '=', nationalCode)
    .execute();
  const shown = await list();
  t.ok(shown.some(({ purpose }) => purpose === 'welcome'));
  // The row of an address that the account does not have is nobody's.
  for (const { to } of shown.filter((row) => row.to !== 'nobody'))
    t.equal(to, `${mobile.slice(0, 4)}•••${mobile.slice(-4)}`);
});

t.test('operators see how many messages are in which state', async (t) => {
  const { lines } = await runMessages('count', '--json');
  const counts = lines.map((line) => JSON.parse(line));
  t.match(
    counts.find(({ state }) => state === 'failed'),
    { channel: 'sms', failure: 'recipient-refused: kavenegar-411', messages: '1' },
  );
  t.equal((await runMessages('count', '--hours', '2')).code, 0);
});

t.test('a command that cannot be understood says how it is used', async (t) => {
  const uncounted = [['--failed'], ['--state', 'failed'], ['--purpose', 'welcome'], ['--limit', '9']].map(
    (option) => ['count', ...option],
  );
  for (const options of [
    ['delete'],
    ['list', '--state', 'lost'],
    ['list', '--state', 'failed', '--failed'],
    ['list', '--limit', '0'],
    ['list', '--hours', 'x'],
    ['list', '--what'],
    [],
    ...uncounted,
  ]) {
    const { code, output } = await runMessages(...options);
    t.equal(code, 2, options.join(' '));
    t.match(output, 'Usage: savabegh messages');
  }
  const help = await runMessages('--help');
  t.equal(help.code, 0);
});

t.test('a worker process delivers what the service has queued, and ends when asked to', async (t) => {
  await db.deleteFrom('message').execute();
  const child = spawn(process.execPath, [entry, 'worker'], { env: environment, stdio: 'inherit' });
  const ended = once(child, 'exit');
  await db.transaction().execute((trx) => outbox.enqueue(trx, codeMessage()));
  await eventually(() =>
    db.selectFrom('message').select('id').where('state', '=', 'handed_over').executeTakeFirst(),
  );
  child.kill('SIGTERM');
  t.same(await ended, [0, null]);
});

t.test('messages are forgotten after ninety days, unfinished ones and newer ones are not', async (t) => {
  await db.deleteFrom('message').execute();
  const insert = (days: number, state: MessageState) =>
    database.pool.query(
      `insert into message (id, channel, purpose, locale, state, useful_until)
       values (uuidv7(make_interval(days => -$1::integer)), 'sms', 'welcome', 'fa', $2, now())`,
      [days, state],
    );
  await insert(91, 'delivered');
  await insert(91, 'queued');
  await insert(89, 'delivered');
  await database.pool.query(`
    select graphile_worker.add_job('deliver_message', '{}');
    update graphile_worker._private_jobs set attempts = max_attempts, updated_at = now() - interval '2 days'`);
  t.equal(await cleanUpMessages(db), 1);
  t.equal((await db.selectFrom('message').select('id').execute()).length, 2);
  const { rows } = await database.pool.query(
    'select from graphile_worker._private_jobs where attempts = max_attempts',
  );
  t.equal(rows.length, 0, 'jobs that the queue has given up are gone too');
});
