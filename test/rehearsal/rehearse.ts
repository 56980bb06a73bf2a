import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { defineAction, exitCodes, runScript } from '../../src/cli/command.ts';
import { connect } from '../../src/database/connection.ts';
import { migrateToLatest } from '../../src/database/migrator.ts';
import { copyAccount, type Event, findLost, signPeopleUp, startLoad } from './load.ts';
import { type Replica, type Stage, setStage } from './stage.ts';

/**
 * `npm run rehearse`: two replicas behind HAProxy with PgBouncer, Redis, PostgreSQL and a worker, all on this
 * machine, under a mixed load, while one thing after another but HAProxy goes wrong. Prints what callers saw of it; exits 1
 * when an answer was wrong, something promised was lost, or an outage was longer than its goal. Needs Debian's
 * packages haproxy, pgbouncer and redis-server. Takes about a minute and a half.
 */

/** What callers may see of an act: broken-off requests, and for how long anything but good answers. */
type Goal = Readonly<{ brokenOff: number; seconds: number }>;
type Act = Readonly<{ name: string; goal: Goal; play(stage: Stage): Promise<void> }>;

const nothing: Goal = { brokenOff: 0, seconds: 0 };
/** For the balancer to find a replica that is back. */
const noticedMs = 1_500;

async function cycle(replica: Replica, end: () => Promise<unknown>): Promise<void> {
  await end();
  await sleep(500);
  await replica.start();
  await sleep(noticedMs);
}

const migrationsFolder = new URL('../../migrations/', import.meta.url);

/** The migrations of the next version: what is there, and two that only add. */
async function nextMigrations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'savabegh-migrations-'));
  for (const name of await readdir(migrationsFolder)) {
    await writeFile(join(folder, name), await readFile(new URL(name, migrationsFolder)));
  }
  await writeFile(join(folder, '9000_rehearsed_column.sql'), 'alter table session add column remark text;');
  await writeFile(
    join(folder, '9001_rehearsed_index.sql'),
    'create index concurrently session_remark on session (remark);',
  );
  return folder;
}

async function migrate({ database }: Stage): Promise<void> {
  const folder = await nextMigrations();
  const { db, pool, close } = connect({ url: database.url, poolSize: 2, statementTimeoutMs: 0 });
  try {
    const applied = await migrateToLatest(db, pool, pathToFileURL(`${folder}/`));
    if (applied.length !== 2) throw new Error(`applied: ${applied.join(', ')}`);
  } finally {
    await close();
    await rm(folder, { recursive: true });
  }
}

const acts: readonly Act[] = [
  { name: 'nothing happens', goal: nothing, play: () => sleep(3_000) },
  {
    name: 'a replica is killed',
    // What it was answering just then; lanes of the load are fewer than this.
    goal: { brokenOff: 5, seconds: 2 },
    async play({ replicas: [victim] }) {
      if (victim) await cycle(victim, () => victim.kill());
    },
  },
  {
    name: 'rolling restart',
    goal: nothing,
    async play({ replicas }) {
      for (const replica of replicas) {
        await cycle(replica, async () => {
          const code = await replica.drain();
          if (code !== 0) throw new Error(`a replica ended with ${code}`);
        });
      }
    },
  },
  { name: 'migration', goal: nothing, play: migrate },
  {
    name: 'PostgreSQL restarts',
    goal: { brokenOff: 0, seconds: 5 },
    async play({ database }) {
      await database.stop();
      await database.start();
      await sleep(6_000);
    },
  },
  {
    name: 'PostgreSQL crashes',
    // It goes over its log before it lets anybody in.
    goal: { brokenOff: 0, seconds: 10 },
    async play({ database }) {
      await database.crash();
      await database.start();
      await sleep(6_000);
    },
  },
  {
    name: 'PgBouncer restarts',
    goal: { brokenOff: 0, seconds: 5 },
    async play({ stopPooler, startPooler }) {
      await stopPooler();
      await sleep(1_000);
      await startPooler();
      await sleep(5_000);
    },
  },
  {
    name: 'the worker is killed',
    // Codes wait for the next one.
    goal: nothing,
    async play({ worker }) {
      await cycle(worker, () => worker.kill());
    },
  },
  {
    name: 'Redis is gone, and back',
    goal: nothing,
    async play({ stopRedis, startRedis }) {
      await stopRedis();
      await sleep(3_000);
      await startRedis();
      await sleep(2_000);
    },
  },
];

type Outcome = Readonly<{ line: string; faults: readonly string[] }>;

/** Holds what callers saw of an act against its goal. */
function judge({ name, goal }: Act, startedAt: number, events: readonly Event[]): Outcome {
  const bad = events.filter(({ status }) => status >= 500 || status === 0);
  const counts = new Map<number, number>();
  for (const { status } of events) counts.set(status, (counts.get(status) ?? 0) + 1);
  const lastBad = Math.max(startedAt, ...bad.map(({ at }) => at));
  const seconds = (lastBad - startedAt) / 1000;
  const brokenOff = bad.filter(({ status }) => status !== 503).length;
  const faults = events.flatMap(({ what, fault }) => (fault === null ? [] : [`${what}: ${fault}`]));
  if (brokenOff > goal.brokenOff) {
    const details = bad.map(({ what, status, detail }) => `${what} ${status} ${detail}`);
    faults.push(`${brokenOff} requests broke off: ${[...new Set(details)].join(', ')}`);
  }
  if (seconds > goal.seconds) faults.push(`${bad.length} refused, over ${seconds.toFixed(1)} s`);
  if (events.length < 20) faults.push('there was hardly any load');
  const statuses = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${count} × ${status || 'broken'}`);
  const recovery = bad.length === 0 ? 'nobody noticed' : `over after ${seconds.toFixed(1)} s`;
  return {
    line: `${name.padEnd(26)}${String(events.length).padStart(6)} requests  ${recovery.padEnd(20)} ${statuses.join(', ')}`,
    faults: [...new Set(faults)].map((fault) => `${name}: ${fault}`),
  };
}

async function countUnsent(url: string): Promise<number> {
  const { db, close } = connect({ url, poolSize: 1 });
  try {
    // What a killed worker had claimed is taken up again after 25 s.
    for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
      const rows = await db
        .selectFrom('message')
        .select('id')
        .where('state', 'in', ['queued', 'sending'])
        .execute();
      if (rows.length === 0 || Date.now() > deadline) return rows.length;
    }
  } finally {
    await close();
  }
}

async function rehearse(stage: Stage): Promise<string[]> {
  const { db, close } = connect({ url: stage.database.url, poolSize: 2 });
  const faults: string[] = [];
  try {
    const members = await signPeopleUp(stage.balancerPort, db);
    const [original] = members;
    if (!original) throw new Error('nobody signed up');
    const load = startLoad(stage.balancerPort, members, await copyAccount(db, original));
    await sleep(500);
    for (const act of acts) {
      const [startedAt, from] = [performance.now(), load.events.length];
      await act.play(stage);
      const outcome = judge(act, startedAt, load.events.slice(from));
      console.log(outcome.line);
      faults.push(...outcome.faults);
    }
    await load.stop();
    const { sessions, recoveries, proved } = load.books;
    const lost = await findLost(stage.balancerPort, db, load.books);
    console.log(
      `${[...sessions.values()].flat().length} sessions, ${recoveries.size} recoveries and ${proved.size} proofs promised, ${lost.length} lost`,
    );
    const unsent = await countUnsent(stage.database.url);
    if (unsent > 0) faults.push(`${unsent} messages were never handed over`);
    if (proved.size === 0) faults.push('nobody proved anything');
    return [...faults, ...lost];
  } finally {
    await close();
  }
}

const rehearsal = defineAction({
  summary:
    'two replicas behind HAProxy with PgBouncer, Redis, PostgreSQL and a worker, all on this machine, under a mixed load, while one thing after another but HAProxy goes wrong; fails when an answer was wrong, something promised was lost, or an outage was longer than its goal',
  async run() {
    const started = performance.now();
    const stage = await setStage();
    try {
      const faults = await rehearse(stage);
      for (const fault of faults.slice(0, 40)) console.error(`goal missed: ${fault}`);
      const verdict = faults.length === 0 ? 'every goal met' : `${faults.length} goals missed`;
      console.log(`${Math.round((performance.now() - started) / 1000)} s; ${verdict}`);
      return faults.length > 0 ? exitCodes.failed : exitCodes.done;
    } finally {
      await stage.close();
    }
  },
});

await runScript('npm run rehearse --', rehearsal, process);
