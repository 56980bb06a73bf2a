import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { lockRegister } from '../../src/features/employer-lists/index.ts';
import { createScratch } from '../../src/features/employer-lists/scratch.ts';
import { createCaller, testEnvironment } from '../support/app.ts';
import { machineClient, sendList } from '../support/clients.ts';
import { list, openRegister, type Register, toCode, work } from '../support/register.ts';

/** Lists of several workshops, each in three versions, more than a process takes in at once. */
const workshops = Array.from({ length: 5 }, (_, n) => `200000000${n}`);
const versions = [28, 29, 30];
const people = Array.from({ length: 20 }, (_, n) => toCode(n));

type Replica = Readonly<{ child: ChildProcess; origin: string }>;

/** A process of its own on the register's database. */
async function startReplica(t: Test, environment: Record<string, string>): Promise<Replica> {
  const child = fork(new URL('../support/serve.ts', import.meta.url), {
    env: { ...process.env, ...environment, TMPDIR: t.testdirName, LOG_LEVEL: 'silent' },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [origin] = await once(child, 'message');
  return { child, origin };
}

async function kill({ child }: Replica): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Folders in which lists lie while they are read. */
const findScratch = async (t: Test) =>
  (await readdir(t.testdirName)).filter((name) => name.startsWith('savabegh-lists-'));

async function count({ pool }: Register, what: string): Promise<number> {
  const { rows } = await pool.query(`select count(*)::integer as n from ${what}`);
  return rows[0].n;
}

/** However slow the machine is: the runner ends a test that waits for ever. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

/** Keeps lists that bring somebody new from being finished until it is called. */
async function holdRegister({ pool }: Register): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query('begin');
  await lockRegister(client);
  return async () => {
    await client.query('rollback');
    client.release();
  };
}

const waitingForRegister = `pg_locks where locktype = 'advisory' and not granted
  and database = (select oid from pg_database where datname = current_database())`;

t.test(
  'whenever a process is killed, lists that it received are neither lost nor taken in twice',
  { timeout: 300_000 },
  async (t) => {
    t.testdir();
    const register = await openRegister(t);
    const environment = testEnvironment(register.url);
    const first = await startReplica(t, environment);
    const service = { db: register.db, call: createCaller(first.origin) };
    const client = await machineClient(service, ['employer-lists:write', 'employer-lists:read']);
    const token = await client.token();

    const release = await holdRegister(register);
    const lost: Promise<unknown>[] = [];
    for (const [index, days] of versions.entries()) {
      for (const workshop of workshops) {
        const rows = people.map((code) => work(code, days));
        lost.push(sendList(service, token, list({ workshop, rows })).catch(() => {}));
      }
      // In the order in which they are meant to count.
      const received = (index + 1) * workshops.length;
      await until(async () => (await count(register, 'employer_list_submission')) === received);
    }
    const sent = workshops.length * versions.length;
    // Their rows are written, but for the end of the transaction.
    await until(async () => (await count(register, waitingForRegister)) > 0);
    await kill(first);
    await Promise.all(lost);
    t.equal(await count(register, 'employer_list'), 0, 'nothing of what was under way is left');
    t.equal(await count(register, 'employer_list_row'), 0);
    t.equal(await count(register, 'employer_list_upload'), sent, 'and everything is waiting');
    t.not((await findScratch(t)).length, 0, 'but for the files that it was reading');
    await release();

    // The wait before another attempt is not what is looked at here.
    const tryNow = () => register.pool.query('update employer_list_upload set try_after = now()');
    const isDone = (n: number) => async () => {
      await tryNow();
      return (await count(register, 'employer_list')) >= n;
    };
    for (const killedAfter of [1, 5]) {
      const replica = await startReplica(t, environment);
      await until(isDone(killedAfter));
      await kill(replica);
      t.equal(
        await count(
          register,
          '(select id::text from employer_list union all select submission_id::text from employer_list_upload) list',
        ),
        sent,
        'each is taken in or waiting, never both',
      );
    }
    process.env.TMPDIR = t.testdirName;
    const alive = await createScratch();
    const last = await startReplica(t, environment);
    await until(isDone(sent));
    // The list that was done last is counted before its folder is gone.
    await until(async () => (await findScratch(t)).length <= 1);
    t.strictSame(await findScratch(t), [basename(alive)], 'of those that read lists the one that lives');
    t.equal(await count(register, 'employer_list_upload'), 0);
    t.equal(await count(register, 'employer_list_upload_part'), 0);

    const call = createCaller(last.origin);
    const { body } = await call('GET', '/v1/employer-lists?limit=100', { token });
    const lists: { state: string; listId: string; standing: { counts: boolean } }[] = body.lists;
    t.equal(lists.length, sent);
    t.ok(
      lists.every(({ state }) => state.startsWith('accepted')),
      'each has its report',
    );
    t.equal(new Set(lists.map(({ listId }) => listId)).size, sent, 'of a list of its own');
    t.equal(lists.filter(({ standing }) => standing.counts).length, workshops.length);
    for (const code of people) {
      const days = (await register.record(code)).map((month) => month.days);
      t.strictSame(
        days,
        workshops.map(() => versions.at(-1)),
        'the last version counts, once a workshop',
      );
    }
    t.equal(await register.verify(), 0);
  },
);
