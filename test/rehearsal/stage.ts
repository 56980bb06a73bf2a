import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  freePort,
  type Program,
  pgbouncerPrepares,
  startHaproxy,
  startPgbouncer,
  startRedis,
} from '../deployment/programs.ts';
import { testEnvironment } from '../support/app.ts';
import { entry } from '../support/command.ts';
import { type RestartableDatabase, startRestartableDatabase } from '../support/restartable-database.ts';

const startLimitMs = 30_000;

/** A process of the service under a supervisor that somebody else is. */
export type Replica = Readonly<{
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Asks it to end, and returns its exit code. */
  drain(): Promise<number | null>;
}>;

/** Everything that docker-compose.yml starts, on free ports of this machine. */
export type Stage = Readonly<{
  balancerPort: number;
  database: RestartableDatabase;
  replicas: readonly Replica[];
  worker: Replica;
  stopPooler(): Promise<void>;
  startPooler(): Promise<void>;
  stopRedis(): Promise<void>;
  startRedis(): Promise<void>;
  close(): Promise<void>;
}>;

function createReplica(name: 'serve' | 'worker', environment: Readonly<Record<string, string>>): Replica {
  const port = environment.PORT;
  let child: ReturnType<typeof spawn>;
  let ended: Promise<number | null>;
  process.once('exit', () => child?.kill('SIGKILL'));
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  return {
    async start() {
      child = spawn(process.execPath, [entry, name], {
        env: { PATH: process.env.PATH ?? '', ...environment },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      ended = new Promise((resolve) => child.once('exit', resolve));
      const deadline = Date.now() + startLimitMs;
      while (port !== undefined && !(await isReady())) {
        if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${name} did not start`);
        await sleep(50);
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    drain() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export async function setStage(): Promise<Stage> {
  const database = await startRestartableDatabase();
  let pooler = await startPgbouncer(database.url);
  let redis: Program = await startRedis();
  const ports = [await freePort(), await freePort()];
  const { PORT: _, ...settings } = testEnvironment(pooler.url);
  const environment = {
    ...settings,
    DATABASE_DIRECT_URL: database.url,
    DATABASE_PREPARED_STATEMENTS: (await pgbouncerPrepares()) ? 'on' : 'off',
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    TRUSTED_PROXIES: '127.0.0.1',
    MESSAGE_DELIVERY: 'worker',
    LOG_LEVEL: 'silent',
  };
  const replicas = ports.map((port) => createReplica('serve', { ...environment, PORT: String(port) }));
  const worker = createReplica('worker', environment);
  // One after the other: the first fills the database with samples.
  for (const replica of [...replicas, worker]) await replica.start();
  const balancer = await startHaproxy(ports);
  return {
    balancerPort: balancer.port,
    database,
    replicas,
    worker,
    stopPooler: () => pooler.stop(),
    async startPooler() {
      pooler = await startPgbouncer(database.url, pooler.port);
    },
    stopRedis: () => redis.stop(),
    async startRedis() {
      redis = await startRedis(redis.port);
    },
    async close() {
      await balancer.stop();
      await Promise.all([...replicas, worker].map((process) => process.kill()));
      await Promise.all([redis.stop(), pooler.stop()]);
      await database.drop();
    },
  };
}
