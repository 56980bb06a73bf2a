import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../src/database/connection.ts';
import { createOutbox } from '../src/messaging/outbox.ts';
import { forkServer } from './support/fork-server.ts';
import type { HandOffWorkerInput } from './support/hand-off-worker.ts';
import { type Bench, measured, median } from './support/measure.ts';

const messagesPerSecond = 50;
const seconds = 10;
const rounds = 3;
/** Before the first message: the worker has to connect and listen. */
const settleMs = 1_000;
const answerAfterMs = 30;
/** For the last messages of a round to arrive; what takes longer is lost. */
const arrivalLimitMs = 30_000;

/** A provider that answers as a good one does, and tells when each number's request began to arrive. */
async function startProvider() {
  const arrivals = new Map<string, number>();
  const server = createServer((request, response) => {
    const arrived = performance.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const receptor = new URLSearchParams(Buffer.concat(chunks).toString('utf8')).get('receptor');
      if (receptor !== null) arrivals.set(receptor, arrived);
      response.setHeader('content-type', 'application/json');
      const body = JSON.stringify({ return: { status: 200 }, entries: [{ messageid: 1, status: 1 }] });
      setTimeout(() => response.end(body), answerAfterMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * From just before the cause is committed to the first byte at the provider, at a steady rate, by a worker in
 * a process of its own. Measured against the clock: the baseline is one millisecond.
 */
export const bench: Bench = async ({ createDatabase, progress }) => {
  const url = await createDatabase('hand_off');
  const provider = await startProvider();
  const input: HandOffWorkerInput = { url, providerUrl: provider.url };
  const worker = await forkServer(new URL('support/hand-off-worker.ts', import.meta.url), input);
  const { db, close } = connect({ url, poolSize: 4 });
  const outbox = createOutbox();
  const committed = new Map<string, number>();

  const sendOne = async (number: string) => {
    await db.transaction().execute(async (trx) => {
      await outbox.enqueue(trx, {
        channel: 'sms',
        purpose: 'registration-code',
        locale: 'fa',
        accountId: null,
        destination: `+98${number.slice(1)}`,
        challengeId: crypto.randomUUID(),
        usefulForSeconds: 600,
      });
      committed.set(number, performance.now());
    });
  };
  const round = async (index: number): Promise<number[]> => {
    progress(`round ${index + 1}: ${messagesPerSecond} messages a second for ${seconds} seconds`);
    committed.clear();
    provider.arrivals.clear();
    const started = performance.now();
    const sent: Promise<void>[] = [];
    for (let n = 0; n < messagesPerSecond * seconds; n += 1) {
      await sleep(Math.max(0, started + (n * 1000) / messagesPerSecond - performance.now()));
      sent.push(sendOne(`0912${String(index * 1_000_000 + n).padStart(7, '0')}`));
    }
    await Promise.all(sent);
    const deadline = performance.now() + arrivalLimitMs;
    while (provider.arrivals.size < committed.size) {
      if (performance.now() > deadline) {
        throw new Error(`${committed.size - provider.arrivals.size} messages were never handed over`);
      }
      await sleep(10);
    }
    return [...committed]
      .map(([number, at]) => (provider.arrivals.get(number) ?? Number.POSITIVE_INFINITY) - at)
      .sort((a, b) => a - b);
  };

  await sleep(settleMs);
  const latencies: number[][] = [];
  for (let index = 0; index < rounds; index += 1) latencies.push(await round(index));
  await close();
  await worker.stop();
  provider.close();
  const at = (share: number) =>
    median(latencies.map((sorted) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0));
  return [
    measured({ measure: 'message hand-off, p50', unit: 'ms', target: 15, bound: 'at most' }, at(0.5), 1),
    measured({ measure: 'message hand-off, p99', unit: 'ms', target: 100, bound: 'at most' }, at(0.99), 1),
  ];
};
