import { Agent, request } from 'node:http';
import { forkServer } from './support/fork-server.ts';
import { codeOf } from './support/lists.ts';
import { type Bench, type Measurement, measured } from './support/measure.ts';
import type { PeopleServerInput, PeopleServerReady } from './support/people-server.ts';

/** Samples a side; every person is asked about once a route. */
const people = 2_000;
/** The probability that equal distributions differ as much as these. */
const leastP = 0.01;

type Answer = Readonly<{ milliseconds: number; shape: string; body: Record<string, unknown> }>;
type Ask = (route: string, method: string, path: string, body: object, token?: unknown) => Promise<Answer>;
type Samples = Record<'known' | 'unknown', { milliseconds: number[]; shapes: Set<string> }>;

/** An answer without what differs at every call: ids, tokens, instants, and the mask of the mobile that was given. */
function shapeOf(status: number, headers: object, text: string): string {
  const varying = ['date', 'x-request-id', 'retry-after', 'content-length'];
  const kept = Object.entries(headers).filter(
    ([name]) => !varying.includes(name) && !name.startsWith('ratelimit'),
  );
  const blotted = text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
    .replace(/"[\w-]{43}"/g, '"TOKEN"')
    .replace(/09\d\d•••\d{4}/g, 'MASK')
    .replace(/[0-9۰-۹]+(?= ثانیه)|(?<="retryAfterSeconds":)\d+/g, 'SOON');
  return `${status} ${JSON.stringify(kept)} ${blotted}`;
}

/** One connection, one request at a time, each person from a client network of their own. */
function asker(
  origin: string,
  network: string,
  onAnswer: (route: string, answer: Answer) => void,
  agent: Agent,
): Ask {
  return (route, method, path, body, token) => {
    const text = JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const started = performance.now();
      const sent = request(
        `${origin}${path}`,
        {
          method,
          agent,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
            'x-forwarded-for': network,
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const milliseconds = performance.now() - started;
            const received = Buffer.concat(chunks).toString();
            const shape = shapeOf(response.statusCode ?? 0, response.headers, received);
            const answer = { milliseconds, shape, body: received === '' ? {} : JSON.parse(received) };
            onAnswer(route, answer);
            resolve(answer);
          });
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  };
}

/** Every public route that a national code can be given to, as somebody asks who knows nothing else. */
async function askAbout(nationalCode: string, ask: Ask): Promise<void> {
  await ask('sign-in', 'POST', '/v1/sessions', { nationalCode, password: 'Wrong7Words' });
  await ask('sign-up', 'POST', '/v1/registrations', {
    nationalCode,
    birthDate: '1350-02-02',
    mobile: `0913${nationalCode.slice(-7)}`,
  });
  const { body } = await ask('recovery start', 'POST', '/v1/recoveries', { nationalCode });
  const path = `/v1/recoveries/${body.id}`;
  const token = body.flowToken;
  const answers = ['childhood-toy', 'hiding-place', 'first-purchase'].map((question) => ({
    question,
    answer: 'نه این',
  }));
  const password = { newPassword: 'x', newPasswordConfirmation: 'x' };
  await ask('code by SMS', 'POST', `${path}/challenge`, { method: 'sms' }, token);
  await ask('code by SMS, too early', 'POST', `${path}/challenge`, { method: 'sms' }, token);
  await ask('a wrong code', 'POST', `${path}/verification`, { code: '000000' }, token);
  await ask('questions', 'POST', `${path}/challenge`, { method: 'questions' }, token);
  await ask('wrong answers', 'POST', `${path}/verification`, { answers }, token);
  await ask('password without proof', 'PUT', `${path}/password`, password, token);
  const second = await ask('second recovery start', 'POST', '/v1/recoveries', { nationalCode });
  await ask(
    'code by e-mail',
    'POST',
    `/v1/recoveries/${second.body.id}/challenge`,
    { method: 'email' },
    second.body.flowToken,
  );
}

/** Two-sample Kolmogorov–Smirnov test: the largest distance of the distributions, and its probability. */
function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a, b].map((sample) => [...sample].sort((one, other) => one - other)) as [
    number[],
    number[],
  ];
  let [i, j, distance] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i] ?? 0, y[j] ?? 0);
    while ((x[i] ?? Number.POSITIVE_INFINITY) <= value) i += 1;
    while ((y[j] ?? Number.POSITIVE_INFINITY) <= value) j += 1;
    distance = Math.max(distance, Math.abs(i / x.length - j / y.length));
  }
  const effective = Math.sqrt((x.length * y.length) / (x.length + y.length));
  const lambda = (effective + 0.12 + 0.11 / effective) * distance;
  let p = 0;
  for (let k = 1; k <= 100; k += 1) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda);
  return lambda < 0.2 ? 1 : Math.min(1, Math.max(0, p));
}

/** Known and unknown people in random order; `from`: nobody has been asked about before. */
async function sample(
  origin: string,
  from: number,
  progress: (text: string) => void,
): Promise<Map<string, Samples>> {
  const routes = new Map<string, Samples>();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const side = () => ({ milliseconds: [] as number[], shapes: new Set<string>() });
  for (let n = 0; n < people; n += 1) {
    const turns = [
      { who: 'known' as const, code: codeOf(from + n) },
      { who: 'unknown' as const, code: codeOf(500_000 + from + n) },
    ];
    for (const { who, code } of Math.random() < 0.5 ? turns : turns.reverse()) {
      const network = `10.${who === 'known' ? 1 : 2}.${((from + n) >> 8) & 255}.${n & 255}`;
      const onAnswer = (route: string, { milliseconds, shape }: Answer) => {
        const samples = routes.get(route) ?? { known: side(), unknown: side() };
        routes.set(route, samples);
        samples[who].milliseconds.push(milliseconds);
        samples[who].shapes.add(shape);
      };
      await askAbout(code, asker(origin, network, onAnswer, agent));
    }
    if (n % 500 === 499) progress(`${n + 1} people a side`);
  }
  agent.destroy();
  return routes;
}

function measurementOf(route: string, { known, unknown }: Samples): Measurement {
  const missingIn = (side: Samples['known'], { shapes }: Samples['known']) =>
    [...shapes].filter((shape) => !side.shapes.has(shape));
  const only = [...missingIn(known, unknown), ...missingIn(unknown, known)];
  if (only.length > 0) throw new Error(`${route}: ${only.length} answers of one side only, like\n${only[0]}`);
  const p = kolmogorovSmirnov(known.milliseconds, unknown.milliseconds);
  return measured({ measure: `known or unknown: ${route}`, unit: 'p', target: 1 }, p, leastP);
}

/**
 * Whether somebody who measures can tell who is registered. A dozen routes at once would be found different by
 * chance every eighth time: those that are get a second, independent sample, which then counts.
 */
export const bench: Bench = async ({ createDatabase, progress }) => {
  const url = await createDatabase('indistinguishable');
  const input: PeopleServerInput = { url, people: people * 2 + 100 };
  const server = await forkServer<PeopleServerReady>(
    new URL('support/people-server.ts', import.meta.url),
    input,
  );
  const { origin } = server.ready;
  const warm = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let n = 0; n < 200; n += 1) {
    const code = codeOf(n % 2 === 0 ? people * 2 + n / 2 : 900_000 + n);
    await askAbout(
      code,
      asker(origin, `10.3.0.${n}`, () => {}, warm),
    );
  }
  warm.destroy();
  const measurements = [...(await sample(origin, 0, progress))].map((entry) => measurementOf(...entry));
  if (measurements.some(({ met }) => !met)) {
    progress('once more, with other people');
    const again = await sample(origin, people, progress);
    for (const [index, { measure, met }] of measurements.entries()) {
      const route = measure.replace('known or unknown: ', '');
      const samples = again.get(route);
      if (!met && samples) measurements[index] = measurementOf(route, samples);
    }
  }
  await server.stop();
  return measurements;
};
