import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chown,
  glob,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import t, { type Test } from 'tap';
import {
  EmbeddedPostgresError,
  startEmbeddedPostgres,
} from '../../src/development/postgres/embedded-postgres.ts';

const asRoot = process.getuid?.() === 0;
const scratch = await mkdtemp(join(tmpdir(), 'savabegh-embedded-'));
t.teardown(() => rm(scratch, { recursive: true }));

// The tests follow each other on this one, for every cluster costs an initdb.
const dataDirectory = join(scratch, 'data');
// As root the data are not below the requested folder.
let directory = '';
t.teardown(() => rm(directory, { recursive: true, force: true }));

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

const lockFile = () => join(directory, 'postgres', 'data', 'postmaster.pid');

async function serverPid(): Promise<number> {
  return Number.parseInt(await readFile(lockFile(), 'utf8'), 10);
}

/** PostgreSQL removes its lock file at the end of a clean shutdown. */
const isShutDown = () =>
  lstat(lockFile()).then(
    () => false,
    () => true,
  );

async function until(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) {
    if (await condition()) return true;
  }
  return false;
}

async function found(pattern: string): Promise<boolean> {
  for await (const _path of glob(pattern)) return true;
  return false;
}

/**
 * Another process that starts the database, prints what came of it in one line, and runs on;
 * on SIGINT it asks the database something before it stops it.
 */
function service(options: { dataDirectory: string } | { ephemeral: true }) {
  const program = `
    import pg from ${JSON.stringify(import.meta.resolve('pg'))};
    import { startEmbeddedPostgres } from ${JSON.stringify(import.meta.resolve('../../src/development/postgres/embedded-postgres.ts'))};
    const database = await startEmbeddedPostgres(${JSON.stringify(options)}).catch((error) => {
      console.log(error.message);
      process.exit(1);
    });
    // Runs on, but not longer than the test.
    process.stdin.resume().once('end', () => process.exit());
    process.once('SIGINT', async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const client = new pg.Client(database.url);
      await client.connect();
      console.log((await client.query("select 'drained' as state")).rows[0].state);
      await client.end();
      await database.stop();
      process.stdin.destroy();
    });
    console.log(JSON.stringify({ url: database.url, directory: database.directory }));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
    // Leads a process group, as a command typed at a terminal does.
    detached: true,
  });
  t.teardown(() => child.kill('SIGKILL'));
  return { child, nextLine: lineReader(child) };
}

function lineReader(child: ChildProcessByStdio<Writable, Readable, null>): () => Promise<string> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => String((await lines.next()).value);
}

async function startedService(options: { dataDirectory: string } | { ephemeral: true }) {
  const { child, nextLine } = service(options);
  const { url, directory } = JSON.parse(await nextLine());
  return { child, nextLine, url, directory };
}

async function killed(child: ChildProcessByStdio<Writable, Readable, null>): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

t.test('the first start creates the cluster and the second one keeps its data', async (t) => {
  const first = await startEmbeddedPostgres({ dataDirectory });
  directory = first.directory;
  await query(first.url, `create table kept as select 'سوابق' as word`);
  await first.stop();
  await first.stop();

  const second = await startEmbeddedPostgres({ dataDirectory });
  t.teardown(() => second.stop());
  t.same(await query(second.url, 'select word from kept'), [['سوابق']]);
  const settings =
    'encoding, datlocprovider, datlocale, current_setting($$timezone$$), inet_server_addr()::text';
  t.same(await query(second.url, `select ${settings} from pg_database where datname = 'postgres'`), [
    ['6', 'b', 'C.UTF-8', 'UTC', '127.0.0.1/32'].map((value, index) => (index === 0 ? 6 : value)),
  ]);
});

t.test('nobody gets in without the password, and only its owner can read it', async (t) => {
  const database = await startEmbeddedPostgres({ dataDirectory });
  t.teardown(() => database.stop());
  const guess = new URL(database.url);
  guess.password = 'postgres';
  await t.rejects(query(guess.href, 'select 1'), { code: '28P01' });
  t.same(
    await query(database.url, `select setting from pg_settings where name = 'unix_socket_directories'`),
    [['']],
  );
  const password = await stat(join(directory, 'postgres', 'password'));
  t.equal(password.mode & 0o777, 0o600);
  t.equal((await stat(join(directory, 'postgres'))).mode & 0o777, 0o700);
});

t.test('a killed service takes its server with it, and the next start need not wait for that', async (t) => {
  const killedOnce = await startedService({ dataDirectory });
  await query(killedOnce.url, 'create table killed_once ()');
  await killed(killedOnce.child);
  const killedAgain = await startedService({ dataDirectory });
  t.same(await query(killedAgain.url, 'select count(*)::int from killed_once'), [[0]]);
  await killed(killedAgain.child);
  t.ok(await until(isShutDown));
});

t.test(
  'a server left behind is ended by the next start',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const { child, url } = await startedService({ dataDirectory });
    await query(url, 'create table left_behind ()');
    const pid = await serverPid();
    // Without its watcher, the other process of its group, it does not notice the death of the service.
    for (const name of await readdir('/proc')) {
      const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      const group = Number(status.replace(/^.*\) /, '').split(' ')[2]);
      if (group === pid && Number(name) !== pid) process.kill(Number(name), 'SIGKILL');
    }
    await killed(child);
    await sleep(300);
    t.same(await query(url, 'select count(*)::int from left_behind'), [[0]], 'it runs on');

    const log: string[] = [];
    const database = await startEmbeddedPostgres({ dataDirectory, log: (line) => log.push(line) });
    t.teardown(() => database.stop());
    t.match(log[0], `ending the PostgreSQL server ${pid} that process ${child.pid} left behind`);
    t.same(await query(database.url, 'select count(*)::int from left_behind'), [[0]]);
    await t.rejects(query(url, 'select 1'), { code: 'ECONNREFUSED' });
  },
);

t.test('a server that crashed is recovered by the next start', async (t) => {
  const log: string[] = [];
  const database = await startEmbeddedPostgres({ dataDirectory, log: (line) => log.push(line) });
  await query(database.url, 'create table crashed ()');
  process.kill(await serverPid(), 'SIGKILL');
  t.ok(await until(() => log.includes('PostgreSQL ended by itself: SIGKILL')));
  await database.stop();

  const recovered = await startEmbeddedPostgres({ dataDirectory });
  t.teardown(() => recovered.stop());
  t.same(await query(recovered.url, 'select count(*)::int from crashed'), [[0]]);
});

t.test('a stale lock file is no obstacle', async (t) => {
  const owner = await stat(join(directory, 'postgres'));
  const account = asRoot ? { uid: owner.uid, gid: owner.gid } : {};
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore', ...account });
  t.teardown(() => bystander.kill('SIGKILL'));
  for (const { content, what } of [
    { content: `${bystander.pid}\n${directory}\n`, what: 'whose process number another process has now' },
    { content: '999999999\n', what: 'whose process is dead' },
    { content: '', what: 'which a power failure left empty' },
  ]) {
    await writeFile(lockFile(), content);
    await chown(lockFile(), owner.uid, owner.gid);
    await utimes(lockFile(), 0, 0);
    const database = await startEmbeddedPostgres({ dataDirectory });
    t.same(await query(database.url, 'select 1'), [[1]], what);
    await database.stop();
  }
  t.ok(bystander.exitCode === null && bystander.signalCode === null, 'the other process is left alone');
});

/** Starts two services at once: one gets the database, and the other says who has it and does no harm. */
async function contest(t: Test, folder: string): Promise<string> {
  const services = [service({ dataDirectory: folder }), service({ dataDirectory: folder })];
  const said = await Promise.all(services.map(({ nextLine }) => nextLine()));
  const winner = said.findIndex((line) => line.startsWith('{'));
  const [winning, losing] = [services[winner], services[1 - winner]];
  if (!winning || !losing) throw new Error(`neither has got the database: ${said}`);
  t.match(said[1 - winner], new RegExp(`^[^\\n]+ is in use by process ${winning.child.pid}$`));
  if (losing.child.exitCode === null) await once(losing.child, 'exit');

  const { url, directory } = JSON.parse(said[winner] ?? '');
  t.same(await query(url, 'select 1'), [[1]]);
  t.same(await readdir(directory), ['postgres'], 'no draft is left');
  winning.child.kill('SIGINT');
  t.equal(await winning.nextLine(), 'drained');
  await once(winning.child, 'exit');
  return directory;
}

t.test('a second start within the same process is refused as well', async (t) => {
  const database = await startEmbeddedPostgres({ dataDirectory });
  t.teardown(() => database.stop());
  await t.rejects(startEmbeddedPostgres({ dataDirectory }), { message: /is in use by process/ });
  t.same(await query(database.url, 'select 1'), [[1]]);
});

t.test('who may join uses the running server, and leaves it running', async (t) => {
  const database = await startEmbeddedPostgres({ dataDirectory });
  t.teardown(() => database.stop());
  const joined = await startEmbeddedPostgres({ dataDirectory, mayJoin: true });
  t.equal(joined.url, database.url);
  await joined.stop();
  t.same(await query(database.url, 'select 1'), [[1]]);
});

t.test('nobody joins the server of somebody who needs it briefly', async (t) => {
  const brief = await startEmbeddedPostgres({ dataDirectory, mayJoin: true });
  t.teardown(() => brief.stop());
  for (const mayJoin of [true, false]) {
    await t.rejects(startEmbeddedPostgres({ dataDirectory, mayJoin }), { message: /is in use by process/ });
  }
});

t.test('Ctrl-C leaves the database to the service until it has drained', async (t) => {
  const { child, nextLine } = await startedService({ dataDirectory });
  // The terminal sends the signal to the whole process group.
  process.kill(-(child.pid ?? 0), 'SIGINT');
  t.equal(await nextLine(), 'drained');
  const [exitCode] = await once(child, 'exit');
  t.equal(exitCode, 0);
  t.ok(await isShutDown());
});

t.test('of two services started at once on a cluster one gets the database', async (t) => {
  await contest(t, dataDirectory);
});

t.test('an interrupted initdb is done again, and by one of two services started at once', async (t) => {
  const interrupted = join(scratch, 'interrupted');
  const { child } = service({ dataDirectory: interrupted });
  const draft = `${asRoot ? '/var/lib/savabegh' : scratch}/*/postgres.draft-${child.pid}-*`;
  t.ok(await until(() => found(`${draft}/data/pg_hba.conf`)));
  await killed(child);
  t.ok(await found(draft));
  await rm(await contest(t, interrupted), { recursive: true });
});

t.test('an ephemeral cluster takes settings, and is gone after stop', async (t) => {
  const database = await startEmbeddedPostgres({ ephemeral: true, settings: { max_connections: '7' } });
  const rows = await query(
    database.url,
    `select name, setting from pg_settings
     where name in ('max_connections', 'fsync', 'synchronous_commit', 'full_page_writes') order by name`,
  );
  t.same(Object.fromEntries(rows), {
    fsync: 'off',
    full_page_writes: 'off',
    max_connections: '7',
    synchronous_commit: 'off',
  });
  await database.stop();
  await t.rejects(lstat(database.directory), { code: 'ENOENT' });
});

t.test('an ephemeral cluster is gone even when its process is killed', async (t) => {
  const { child, directory } = await startedService({ ephemeral: true });
  t.ok((await lstat(directory)).isDirectory());
  await killed(child);
  t.ok(
    await until(() =>
      lstat(directory).then(
        () => false,
        () => true,
      ),
    ),
  );
});

t.test('failures are told in one line', async (t) => {
  const file = join(scratch, 'file');
  await writeFile(file, '');
  const startIn = (folder: string) => startEmbeddedPostgres({ dataDirectory: folder });
  await t.rejects(startIn(file), new EmbeddedPostgresError(`cannot write to ${file}: EEXIST`));
  await t.rejects(
    startIn(join(file, 'below')),
    new EmbeddedPostgresError(`cannot write to ${file}/below: ENOTDIR`),
  );

  const settings = { no_such_setting: '1' };
  await t.rejects(startEmbeddedPostgres({ dataDirectory, settings }), {
    name: 'EmbeddedPostgresError',
    message: 'PostgreSQL did not start: unrecognized configuration parameter "no_such_setting"',
  });

  const architecture = process.arch;
  Object.defineProperty(process, 'arch', { value: 'mips' });
  t.teardown(() => Object.defineProperty(process, 'arch', { value: architecture }));
  await t.rejects(startIn(dataDirectory), {
    message: /^@embedded-postgres\/\w+-mips is not installed: .+DATABASE_URL$/,
  });
});

t.test(
  'a folder that may not be written to is named',
  { skip: asRoot && 'root may write anywhere' },
  async (t) => {
    const closed = join(scratch, 'closed');
    await mkdir(closed, { mode: 0o500 });
    for (const folder of [closed, join(closed, 'below')]) {
      await t.rejects(startEmbeddedPostgres({ dataDirectory: folder }), {
        name: 'EmbeddedPostgresError',
        message: `cannot write to ${folder}: EACCES`,
      });
    }
  },
);
