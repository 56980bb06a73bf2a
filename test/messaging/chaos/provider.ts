import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the provider's side saw it. Times are those of `performance.now()`. */
export type ProviderEvent = {
  readonly provider: string;
  readonly number: string;
  readonly text: string;
  /** Whether a person gets this message. */
  readonly accepted: boolean;
  /** What the sender could learn. */
  readonly answer: 'sent' | 'not now' | 'nothing';
  readonly startedAt: number;
  endedAt: number;
};

type Behaviour = Readonly<{
  weight: number;
  /** Chance that the message has been taken whatever the answer. */
  accepted: number;
  answer: ProviderEvent['answer'];
  delayMs: readonly [least: number, most: number];
  respond(response: ServerResponse, wire: Wire): void;
}>;

/** How a provider says yes and no. */
type Wire = Readonly<{
  /** Where messages are posted to; the rest are questions about receipts. */
  path: string;
  read(body: URLSearchParams): { number: string; text: string };
  sent(): unknown;
  busy(): unknown;
}>;

let nextId = 1_000_000;
const wires: Readonly<Record<'kavenegar' | 'melipayamak', Wire>> = {
  kavenegar: {
    path: '/v1/k/sms/send.json',
    read: (body) => ({ number: body.get('receptor') ?? '', text: body.get('message') ?? '' }),
    sent() {
      nextId += 1;
      return { return: { status: 200 }, entries: [{ messageid: nextId, status: 1 }] };
    },
    busy: () => ({ return: { status: 409, message: 'busy' }, entries: null }),
  },
  melipayamak: {
    path: '/api/SendSMS/SendSMS',
    read: (body) => ({ number: body.get('to') ?? '', text: body.get('text') ?? '' }),
    sent() {
      nextId += 1;
      return { Value: String(nextId), RetStatus: 1 };
    },
    busy: () => ({ Value: '-1', RetStatus: 35 }),
  },
};

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const yes: Behaviour['respond'] = (response, wire) => json(response, 200, wire.sent());
const breakOff: Behaviour['respond'] = (response) => response.socket?.destroy();

const quick: readonly Behaviour[] = [
  { weight: 84, accepted: 1, answer: 'sent', delayMs: [2, 40], respond: yes },
  { weight: 2, accepted: 1, answer: 'sent', delayMs: [300, 900], respond: yes },
  {
    weight: 4,
    accepted: 0,
    answer: 'not now',
    delayMs: [2, 40],
    respond: (to, wire) => json(to, 200, wire.busy()),
  },
  { weight: 2, accepted: 0, answer: 'not now', delayMs: [2, 40], respond: (to) => json(to, 503, 'busy') },
  { weight: 2, accepted: 0.5, answer: 'nothing', delayMs: [2, 40], respond: breakOff },
  { weight: 1.5, accepted: 1, answer: 'nothing', delayMs: [2, 40], respond: (to) => to.end('{"return":') },
  {
    weight: 1.5,
    accepted: 0.5,
    answer: 'nothing',
    delayMs: [2, 40],
    respond: (to) => json(to, 502, 'gateway'),
  },
];

/** Longer than any sender waits. */
const neverMs = 12_000;
const patient: readonly Behaviour[] = [
  ...quick,
  { weight: 1.5, accepted: 0.5, answer: 'nothing', delayMs: [neverMs, neverMs], respond: breakOff },
  { weight: 1.5, accepted: 1, answer: 'nothing', delayMs: [neverMs, neverMs], respond: yes },
];

export type ChaosProvider = Readonly<{ url: string; events: ProviderEvent[]; close(): Promise<void> }>;

/** @param random from 0 to 1; @param hangs whether some answers never come, which takes its time */
export async function startChaosProvider(
  name: keyof typeof wires,
  { random, hangs }: { random: () => number; hangs: boolean },
): Promise<ChaosProvider> {
  const wire = wires[name];
  const events: ProviderEvent[] = [];
  const behaviours = hangs ? patient : quick;
  const total = behaviours.reduce((sum, { weight }) => sum + weight, 0);
  const pick = (): Behaviour => {
    let rest = random() * total;
    for (const behaviour of behaviours) {
      rest -= behaviour.weight;
      if (rest < 0) return behaviour;
    }
    return behaviours[0] as Behaviour;
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      if (request.url !== wire.path) return json(response, 200, {});
      const { accepted, answer, delayMs, respond } = pick();
      const startedAt = performance.now();
      const event: ProviderEvent = {
        provider: name,
        ...wire.read(new URLSearchParams(Buffer.concat(chunks).toString('utf8'))),
        accepted: random() < accepted,
        answer,
        startedAt,
        endedAt: Number.POSITIVE_INFINITY,
      };
      events.push(event);
      const [least, most] = delayMs;
      setTimeout(
        () => {
          event.endedAt = performance.now();
          respond(response, wire);
        },
        least + random() * (most - least),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
