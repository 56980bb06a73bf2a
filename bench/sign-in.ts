import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { forkServer } from './support/fork-server.ts';
import { toCode } from './support/lists.ts';
import { get, load } from './support/load.ts';
import { type Bench, compare } from './support/measure.ts';
import type { SignInServerInput, SignInServerReady } from './support/sign-in-server.ts';

const rounds = 3;
/** bcrypt's, as in production. */
const cost = 12;
const seconds = 12;
const signInsAtOnce = 64;
const people = 5_000;
const password = 'Tq7vLmz4Wk';
/** Of the other route: enough for a p99, and not so many that it floods itself. */
const readers = 4;
const readSeconds = 8;

/** The n-th sign-in: every fourth password is wrong, every client has a network of its own. */
function signIn(n: number): string {
  const body = JSON.stringify({
    nationalCode: toCode(n % people),
    password: n % 4 === 0 ? 'Wrong7Words' : password,
  });
  const network = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  return (
    `POST /v1/sessions HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: ${network}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** All cores do nothing but compare. */
async function rawBcrypt(): Promise<number> {
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL('support/raw-bcrypt.ts', import.meta.url), { workerData: { seconds, cost } }),
  );
  const rates = await Promise.all(
    workers.map(async (worker) => (await once(worker, 'message'))[0] as number),
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
  return rates.reduce((sum, rate) => sum + rate, 0);
}

export const bench: Bench = async ({ createDatabase, progress }) => {
  const url = await createDatabase('sign_in');
  const input: SignInServerInput = { url, people, password, cost };
  const server = await forkServer<SignInServerReady>(
    new URL('support/sign-in-server.ts', import.meta.url),
    input,
  );
  const { origin, tokens } = server.ready;
  let count = 0;
  const signIns = (forSeconds: number) =>
    load({
      origin,
      connections: signInsAtOnce,
      seconds: forSeconds,
      request: () => signIn(count++),
      // The queue holds this many: not even a 503 is expected.
      statuses: [201, 401],
    });
  const read = () =>
    load({
      origin,
      connections: readers,
      seconds: readSeconds,
      request: (n) => get('/v1/me', { authorization: `Bearer ${tokens[n % tokens.length]}` }),
    });
  progress('warming up');
  await read();
  await signIns(seconds);
  progress(`${signInsAtOnce} sign-ins at once, and as many bcrypt comparisons as the cores can do`);
  const rate = await compare({
    measure: `sign-in, ${signInsAtOnce} at once, against raw bcrypt.compare on all cores`,
    unit: 'a second',
    rounds,
    target: 0.95,
    subject: async () => (await signIns(seconds)).perSecond,
    baseline: rawBcrypt,
  });
  progress('another route meanwhile');
  const others = await compare({
    measure: 'p99 of another route while sign-in is flooded, against the same alone',
    unit: 'ms',
    rounds,
    target: 3,
    bound: 'at most',
    async subject() {
      const flood = signIns(readSeconds + 1);
      const { p99 } = await read();
      await flood;
      return p99;
    },
    baseline: async () => (await read()).p99,
  });
  await server.stop();
  return [rate, others];
};
