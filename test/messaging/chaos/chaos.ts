import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Connection, connect } from '../../../src/database/connection.ts';
import { repeat } from '../../../src/messaging/repeat.ts';
import { type Judgement, judge } from './judge.ts';
import { enqueueAll, enqueuers, type Load } from './load.ts';
import { startProxy, startWorkerProcess, type WorkerProcess } from './processes.ts';
import { startChaosProvider } from './provider.ts';

export type ChaosPlan = Load &
  Readonly<{
    /** Of the database behind; asked again after each restart. */
    databaseUrl(): string;
    /** Takes the database away and brings it back; while it runs, its address does not answer. */
    restartDatabase?(): Promise<void>;
    /** Whether some answers never come. */
    hangs: boolean;
    killEveryMs: number;
    cutEveryMs: number;
    giveUpAfterMs: number;
    /** Told every few seconds how far it has come. */
    onProgress?(line: string): void;
    seed: number;
  }>;

export type ChaosReport = Judgement &
  Readonly<{
    rolledBack: number;
    /** Still waiting when time was up. */
    unfinished: number;
    /** How often a worker ended though nobody killed it. */
    crashes: number;
    /** Exit codes of the workers that were asked to end. */
    exitCodes: readonly (number | null)[];
  }>;

/** The same sequence for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const workers = 2;

/**
 * Two workers (real processes) and two providers that fail, hang, break off and answer late at random, while
 * workers are killed and the database goes away; then the books of both sides are held against each other.
 */
export async function runChaos(plan: ChaosPlan): Promise<ChaosReport> {
  const random = createRandom(plan.seed);
  const providers = await Promise.all([
    startChaosProvider('kavenegar', { random, hangs: plan.hangs }),
    startChaosProvider('melipayamak', { random, hangs: plan.hangs }),
  ]);
  const proxy = await startProxy(() => Number(new URL(plan.databaseUrl()).port));
  const url = new URL(plan.databaseUrl());
  url.port = String(proxy.port);
  const database = connect({ url: url.href, poolSize: enqueuers + 2 });
  const environment = workerEnvironment(url.href, providers[0].url, providers[1].url);
  const team = Array.from({ length: workers }, () => startWorkerProcess(environment));
  const disturbances = { kills: [] as number[], cuts: [] as number[] };
  const endTrouble = startTrouble(plan, random, disturbances, { team, proxy });
  const startedAt = performance.now();
  const tell = async () => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const requests = providers.reduce((sum, { events }) => sum + events.length, 0);
    plan.onProgress?.(`${seconds} s: ${requests} requests, ${await countUnfinished(database)} waiting`);
  };
  const stopReporting = repeat(5_000, tell, () => {});
  const rolledBack = await enqueueAll(database, plan, random);
  const deadline = performance.now() + plan.giveUpAfterMs;
  // Trouble ends before the end, so that what is left can come to an end.
  const endOfTrouble = performance.now() + plan.enqueueForMs;
  while (performance.now() < endOfTrouble && (await countUnfinished(database)) > plan.messages / 4) {
    if (!plan.hangs) await hurry(database, plan);
    await sleep(500);
  }
  await endTrouble();
  let unfinished = 0;
  do {
    await hurry(database, plan);
    await sleep(500);
    unfinished = await countUnfinished(database);
  } while (unfinished > 0 && performance.now() < deadline);

  const crashes = team.reduce((sum, worker) => sum + worker.crashes(), 0);
  await stopReporting();
  const exitCodes = await Promise.all(team.map((worker) => worker.stop()));
  const events = providers.flatMap((provider) => provider.events);
  const report = {
    ...(await judge(database, events, disturbances)),
    unfinished,
    rolledBack,
    crashes,
    exitCodes,
  };
  await database.close();
  await Promise.all([...providers.map((provider) => provider.close()), proxy.close()]);
  return report;
}

type Victims = Readonly<{
  team: readonly WorkerProcess[];
  proxy: Readonly<{ cut(): void; restore(): void }>;
}>;

/** Kills workers and takes the database away, again and again. Returns what ends that. */
function startTrouble(
  { killEveryMs, cutEveryMs, restartDatabase = () => sleep(500) }: ChaosPlan,
  random: () => number,
  { kills, cuts }: { kills: number[]; cuts: number[] },
  { team, proxy }: Victims,
): () => Promise<void> {
  let running = true;
  const disturb = async (everyMs: number, work: () => Promise<void> | void): Promise<void> => {
    while (running) {
      await sleep(everyMs * (0.7 + 0.6 * random()));
      if (running) await work();
    }
  };
  const troubles = [
    disturb(killEveryMs, () => {
      kills.push(performance.now());
      team[Math.floor(random() * team.length)]?.kill();
    }),
    disturb(cutEveryMs, async () => {
      cuts.push(performance.now());
      proxy.cut();
      await restartDatabase();
      proxy.restore();
      cuts.push(performance.now());
    }),
  ];
  return async () => {
    running = false;
    await Promise.all(troubles);
  };
}

function workerEnvironment(databaseUrl: string, kavenegarUrl: string, melipayamakUrl: string) {
  const key = () => randomBytes(32).toString('base64');
  return {
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: 'silent',
    PUBLIC_URL: 'https://savabegh.example',
    SECRET_KEYS: `chaos:${key()}`,
    IDENTIFIER_KEY: key(),
    PASSWORD_PEPPERS: `chaos:${key()}`,
    SMS_PROVIDERS: 'kavenegar,melipayamak',
    KAVENEGAR_URL: kavenegarUrl,
    KAVENEGAR_API_KEY: 'k',
    MELIPAYAMAK_URL: melipayamakUrl,
    MELIPAYAMAK_USERNAME: 'u',
    MELIPAYAMAK_PASSWORD: 'p',
    MELIPAYAMAK_LINE: '5000',
    MESSAGE_CONCURRENCY: '32',
  };
}

/** The database may be away just now: then all of them may be unfinished. */
async function countUnfinished({ db }: Connection): Promise<number> {
  try {
    const { count } = await db
      .selectFrom('message')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('state', 'in', ['queued', 'sending'])
      .executeTakeFirstOrThrow();
    return Number(count);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Longer than any answer takes in a run without hanging providers. */
const longestAnswer = sql`interval '3 seconds'`;

/** Ends pauses early, lets lost jobs be missed at once, and ends the claims of the dead where nobody hangs. */
async function hurry({ db }: Connection, { hangs }: ChaosPlan): Promise<void> {
  await sql`
    update message set due_at = now() - interval '1 minute'
    where (state = 'queued' and due_at > now() - interval '1 minute')
      or (not ${hangs}::boolean and state = 'sending' and updated_at < now() - ${longestAnswer})
  `
    .execute(db)
    .catch(() => {});
}
