import { type AddressInfo, connect, createServer } from 'node:net';
import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { startTestService } from '../support/app.ts';
import { startRedis } from './programs.ts';

const path = '/v1/security-questions';
const perMinute = 12;

const outage = 'Redis is gone or slow: limits are counted per process';
const recovery = 'Redis is back: limits are counted together again';

t.test(
  'replicas count the requests of a network together, and by themselves while Redis is away',
  async (t) => {
    let redis = await startRedis();
    t.teardown(() => redis.stop());
    const environment = {
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      REQUESTS_PER_MINUTE: String(perMinute),
      TRUSTED_PROXIES: '127.0.0.1',
    };
    const first = await startTestService(t, { environment });
    const second = await first.replica({ background: false });
    const replicas = [first, second];
    /** What `count` requests of a network get, in turns by the one replica and the other. */
    const statuses = async (network: string, count: number) => {
      const got: number[] = [];
      for (let index = 0; index < count; index += 1) {
        const headers = { 'x-forwarded-for': network };
        const { status } = await (replicas[index % 2] ?? first).get(path, { headers });
        got.push(status);
      }
      return got;
    };
    const saying = (text: string) =>
      replicas.map(({ logLines }) => logLines.filter((line) => line.includes(text)).length);
    const served = (count: number) => Array.from({ length: count }, () => 200);

    await t.test('one ceiling for both, which says when it is over', async (t) => {
      t.same(await statuses('203.0.113.1', perMinute), served(perMinute));
      const over = await second.get(path, { headers: { 'x-forwarded-for': '203.0.113.1' } });
      t.equal(over.status, 429);
      const seconds = Number(over.headers.get('retry-after'));
      t.ok(seconds >= 1 && seconds <= 60, `${seconds} s`);
      t.equal((await first.get('/nowhere', { headers: { 'x-forwarded-for': '203.0.113.1' } })).status, 429);
      t.same(await statuses('203.0.113.2', 2), served(2), 'another network is not held back');
    });

    await t.test('Redis hangs: nobody waits long, and only one a second waits at all', async (t) => {
      redis.signal('SIGSTOP');
      const started = performance.now();
      t.same(await statuses('203.0.113.3', 10), served(10));
      const tookMs = performance.now() - started;
      t.ok(tookMs < 3_000, `ten requests took ${Math.round(tookMs)} ms`);
      t.same(saying(outage), [1, 1], 'said once');
      redis.signal('SIGCONT');
      await restored(t);
    });

    await t.test('Redis is gone: each replica keeps the ceiling by itself', async (t) => {
      await redis.stop();
      t.same(await statuses('203.0.113.4', 2 * perMinute), served(2 * perMinute));
      t.same(await statuses('203.0.113.4', 2), [429, 429]);
      t.equal((await first.get('/readyz')).status, 200, 'replicas stay ready');
      t.same(saying(outage), [2, 2], 'said once an outage');
      redis = await startRedis(redis.port);
      await restored(t);
      t.same(await statuses('203.0.113.5', perMinute), served(perMinute));
      t.same(await statuses('203.0.113.5', 2), [429, 429], 'together again');
      t.same(saying(recovery), saying(outage), 'said once an outage as well');
    });

    /** Waits until both replicas have said so. */
    async function restored(t: Test): Promise<void> {
      const outages = saying(outage);
      const deadline = Date.now() + 8_000;
      while (saying(recovery).join() !== outages.join()) {
        if (Date.now() > deadline) throw new Error('the replicas do not find Redis again');
        await statuses('203.0.113.9', 2);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      t.pass('found again without help');
    }
  },
);

/** The name that a client knows a service by: connections go where it points when they are made. */
async function startName(t: Test, port: number) {
  let target = port;
  const server = createServer((socket) => {
    const upstream = connect(target, '127.0.0.1');
    socket.pipe(upstream).pipe(socket);
    for (const end of [socket, upstream]) {
      end.on('error', () => {});
      end.on('close', () => (end === socket ? upstream : socket).destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return {
    port: (server.address() as AddressInfo).port,
    pointTo: (other: number) => {
      target = other;
    },
  };
}

t.test('after a fail-over counting goes on in the new primary', async (t) => {
  const [old, next] = await Promise.all([startRedis(), startRedis()]);
  t.teardown(() => Promise.all([old.stop(), next.stop()]));
  const name = await startName(t, old.port);
  const service = await startTestService(t, {
    environment: { REDIS_URL: `redis://127.0.0.1:${name.port}`, TRUSTED_PROXIES: '127.0.0.1' },
  });
  const ask = () => service.get(path, { headers: { 'x-forwarded-for': '203.0.113.20' } });
  const countedIn = async (redis: Redis) =>
    Number(await redis.get((await redis.keys('*203.0.113.20*'))[0] ?? ''));
  const [oldClient, nextClient] = [new Redis(old.port), new Redis(next.port)];
  t.teardown(() => {
    oldClient.disconnect();
    nextClient.disconnect();
  });
  const recoveries = () => service.logLines.filter((line) => line.includes(recovery)).length;
  /** Asks until so many requests have been counted there: a connection takes a moment. */
  async function untilCounted(redis: Redis, least: number): Promise<void> {
    const deadline = Date.now() + 20_000;
    while ((await countedIn(redis)) < least) {
      if (Date.now() > deadline) throw new Error('nothing is counted there');
      t.equal((await ask()).status, 200);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  await untilCounted(oldClient, 1);
  const before = recoveries();

  // What was the primary follows the new one and lives on, so the connection to it does too.
  name.pointTo(next.port);
  await oldClient.replicaof('127.0.0.1', next.port);
  await untilCounted(nextClient, 2);
  t.equal(recoveries(), before + 1);
});

t.test('a service whose Redis is not there starts and serves', async (t) => {
  const service = await startTestService(t, { environment: { REDIS_URL: 'redis://127.0.0.1:1' } });
  t.equal((await service.get(path)).status, 200);
});
