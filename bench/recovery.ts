import { connect } from '../src/database/connection.ts';
import { forkServer } from './support/fork-server.ts';
import { toCode } from './support/lists.ts';
import { load } from './support/load.ts';
import { type Bench, compare } from './support/measure.ts';
import type { RecoveryServerInput, RecoveryServerReady } from './support/recovery-server.ts';

const rounds = 7;
const seconds = 2;
/** So many that the service is never without work, though its answers wait for their beat. */
const connections = 128;
const people = 40_000;
const flows = 140_000;

/** Every request comes from a client network of its own, as a country's do. */
function post(path: string, body: object, n: number, token?: string): string {
  const text = JSON.stringify(body);
  const network = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
  return (
    `POST ${path} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: ${network}\r\n${authorization}` +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  );
}

async function settle(url: string): Promise<void> {
  const { pool, close } = connect({ url, poolSize: 1 });
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  await close();
}

export const bench: Bench = async ({ createDatabase, progress }) => {
  const url = await createDatabase('recovery');
  progress(`${people} people, ${flows} recoveries under way`);
  const input: RecoveryServerInput = { url, people, flows };
  const server = await forkServer<RecoveryServerReady>(
    new URL('support/recovery-server.ts', import.meta.url),
    input,
  );
  const { service, plain, flows: right, wrongFlows: wrong } = server.ready;
  const rate = (origin: string, request: (n: number) => string, statuses: readonly number[]) =>
    load({ origin, connections, seconds, request, statuses }).then(({ perSecond }) => perSecond);

  let count = 0;
  const started = (n: number) =>
    post('/v1/recoveries', { nationalCode: toCode((n * 2) % (people * 2)) }, count++);
  const inserted = (n: number) => post('/plain', { nationalCode: toCode(n % people) }, n);
  let nextRight = 0;
  const proved = () => {
    const flow = right[nextRight++];
    if (!flow) throw new Error('no recovery is left to be proved');
    return post(`/v1/recoveries/${flow.id}/verification`, { code: flow.code }, nextRight, flow.token);
  };
  let nextWrong = 0;
  const guessed = () => {
    const flow = wrong[nextWrong++ % wrong.length];
    if (!flow) throw new Error('no recovery is left to be guessed at');
    const code = String((Number(flow.code) + 1) % 1_000_000).padStart(6, '0');
    return post(`/v1/recoveries/${flow.id}/verification`, { code }, nextWrong, flow.token);
  };
  const common = { unit: 'requests/s', rounds, baseline: () => rate(plain, inserted, [201]) };
  progress('warming up');
  await rate(service, started, [201]);
  await rate(service, proved, [200]);
  await rate(service, guessed, [422]);
  await rate(plain, inserted, [201]);
  // Tables that were empty a moment ago are planned for as empty, until PostgreSQL looks again: within a minute.
  await settle(url);
  const measurements = [
    await compare({
      ...common,
      measure: 'recovery start against a route that inserts one row',
      target: 0.5,
      subject: () => rate(service, started, [201]),
    }),
    await compare({
      ...common,
      measure: 'verification of right codes against the same',
      target: 0.4,
      subject: () => rate(service, proved, [200]),
    }),
    await compare({
      ...common,
      measure: 'verification of wrong codes against the same',
      target: 0.4,
      subject: () => rate(service, guessed, [422]),
    }),
  ];
  await server.stop();
  return measurements;
};
