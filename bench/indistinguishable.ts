import { Agent, request } from 'node:http';
import { forkServer } from './support/fork-server.ts';
import { toCode } from './support/lists.ts';
import { type Bench, type Measurement, measured } from './support/measure.ts';
import type { PeopleServerInput, PeopleServerReady } from './support/people-server.ts';

/** Samples a side; every person is asked about once a route. */
const people = 2_000;
/** The probability that equal distributions differ as much as these, on any of the routes. */
const minP = 0.01;

/** What has been done to the people that are asked about. */
const groups = ['fresh', 'used up', 'half used up'] as const;
type Group = (typeof groups)[number];

type Answer = Readonly<{ milliseconds: number; shape: string; body: Record<string, unknown> }>;
type Ask = (route: string, method: string, path: string, body: object, token?: unknown) => Promise<Answer>;
type Who = 'known' | 'unknown';
type Samples = Record<Who, { milliseconds: number[]; shapes: Set<string> }>;

/** An answer without what differs at every call: ids, tokens, instants, and the mask of the mobile that was given. */
function shapeOf(status: number, headers: object, text: string): string {
  const varying = ['date', 'request-id', 'retry-after', 'content-length'];
  const kept = Object.entries(headers).filter(
    ([name]) => !varying.includes(name) && !name.startsWith('ratelimit'),
  );
  const uuids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  const blotted = text
    .replace(uuids, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
    .replace(/"[0-9a-f]{32,}"/g, '"HEX"')
    .replace(/"expiresAt":\d+/g, '"expiresAt":SOON')
    .replace(/"[\w-]{43}"/g, '"TOKEN"')
    .replace(/09\d\d•••\d{4}/g, 'MASK')
    .replace(/[0-9۰-۹]+(?= ثانیه)|(?<="retryAfterSeconds":)\d+/g, 'SOON');
  return `${status} ${JSON.stringify(kept).replace(uuids, 'UUID')} ${blotted}`;
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

const password = 'Wrong7Words';
const answers = ['childhood-toy', 'hiding-place', 'first-purchase'].map((question) => ({
  question,
  answer: 'نه این',
}));

/** Every public route that a national code can be given to, as somebody asks who knows nothing else. */
async function askAboutFresh(nationalCode: string, ask: Ask): Promise<void> {
  await ask('sign-in', 'POST', '/v1/sessions', { nationalCode, password });
  await ask('sign-up', 'POST', '/v1/registrations', {
    nationalCode,
    birthDate: '1350-02-02',
    mobile: `0913${nationalCode.slice(-7)}`,
  });
  const { body } = await ask('recovery start', 'POST', '/v1/recoveries', { nationalCode });
  const path = `/v1/recoveries/${body.id}`;
  const token = body.flowToken;
  const newPassword = { newPassword: 'x', newPasswordConfirmation: 'x' };
  await ask('code by SMS', 'POST', `${path}/challenge`, { method: 'sms' }, token);
  await ask('code by SMS, too early', 'POST', `${path}/challenge`, { method: 'sms' }, token);
  await ask('a wrong code', 'POST', `${path}/verification`, { code: '000000' }, token);
  await ask('questions', 'POST', `${path}/challenge`, { method: 'questions' }, token);
  await ask('wrong answers', 'POST', `${path}/verification`, { answers }, token);
  await ask('password without proof', 'PUT', `${path}/password`, newPassword, token);
  const second = await ask('second recovery start', 'POST', '/v1/recoveries', { nationalCode });
  await ask(
    'code by e-mail',
    'POST',
    `/v1/recoveries/${second.body.id}/challenge`,
    { method: 'email' },
    second.body.flowToken,
  );
}

/** What the same person has left is used up for this network: everything goes in two steps. */
async function askAboutUsedUp(nationalCode: string, ask: Ask): Promise<void> {
  const signIn = await ask('sign-in in two steps', 'POST', '/v1/sessions', { nationalCode, password });
  const code = { code: '000000' };
  const { id, flowToken } = signIn.body;
  await ask('its code', 'POST', `/v1/sessions/${id}/verification`, code, flowToken);
  const { body } = await ask('start in two steps', 'POST', '/v1/recoveries', { nationalCode });
  const path = `/v1/recoveries/${body.id}`;
  const token = body.flowToken;
  await ask('first code in two steps', 'POST', `${path}/challenge`, { method: 'email' }, token);
  await ask('a code not looked at', 'POST', `${path}/verification`, code, token);
  await ask('questions in two steps', 'POST', `${path}/challenge`, { method: 'questions' }, token);
  await ask('answers without a word', 'POST', `${path}/verification`, { answers }, token);
  await ask('code too early in two steps', 'POST', `${path}/challenge`, { method: 'sms' }, token);
  const second = await ask('second start in two steps', 'POST', '/v1/recoveries', { nationalCode });
  const secondPath = `/v1/recoveries/${second.body.id}`;
  const secondToken = second.body.flowToken;
  const questions = { method: 'questions' };
  await ask('second questions in two steps', 'POST', `${secondPath}/challenge`, questions, secondToken);
  await ask('second answers', 'POST', `${secondPath}/verification`, { answers }, secondToken);
  await ask('code that decides', 'POST', `${secondPath}/challenge`, { method: 'sms' }, secondToken);
  await ask('wrong code that decides', 'POST', `${secondPath}/verification`, code, secondToken);
}

/** Half of what the person has is used up: unknown devices are asked for work. */
async function askAboutHalfUsedUp(nationalCode: string, ask: Ask): Promise<void> {
  await ask('work for a sign-in', 'POST', '/v1/sessions', { nationalCode, password });
  const { body } = await ask('start before work', 'POST', '/v1/recoveries', { nationalCode });
  const path = `/v1/recoveries/${body.id}`;
  const token = body.flowToken;
  await ask('questions before work', 'POST', `${path}/challenge`, { method: 'questions' }, token);
  await ask('work for answers', 'POST', `${path}/verification`, { answers }, token);
}

const askAbout: Readonly<Record<Group, (nationalCode: string, ask: Ask) => Promise<void>>> = {
  fresh: askAboutFresh,
  'used up': askAboutUsedUp,
  'half used up': askAboutHalfUsedUp,
};

/** Everybody is asked about once, from a client network of their own: `n` of a group, warming up included. */
const warmUps = 100;
const each = people + warmUps;
const codeOfPerson = (who: Who, group: Group, n: number) =>
  toCode((who === 'known' ? 0 : 500_000) + groups.indexOf(group) * each + n);
const toNetwork = (who: Who, group: Group, n: number) =>
  `10.${(who === 'known' ? 1 : 101) + groups.indexOf(group)}.${n >> 8}.${n & 255}`;
const everybody = (group: Group) =>
  (['known', 'unknown'] as const).flatMap((who) =>
    Array.from({ length: each }, (_, n) => ({
      code: codeOfPerson(who, group, n),
      network: toNetwork(who, group, n),
    })),
  );

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

/** Known and unknown people in random order. */
async function sample(
  origin: string,
  { from, to }: Readonly<{ from: number; to: number }>,
  progress: (text: string) => void,
): Promise<Map<string, Samples>> {
  const routes = new Map<string, Samples>();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const side = () => ({ milliseconds: [] as number[], shapes: new Set<string>() });
  for (let n = from; n < to; n += 1) {
    for (const group of groups) {
      const turns: Who[] = Math.random() < 0.5 ? ['known', 'unknown'] : ['unknown', 'known'];
      for (const who of turns) {
        const onAnswer = (route: string, { milliseconds, shape }: Answer) => {
          const samples = routes.get(route) ?? { known: side(), unknown: side() };
          routes.set(route, samples);
          samples[who].milliseconds.push(milliseconds);
          samples[who].shapes.add(shape);
        };
        const ask = asker(origin, toNetwork(who, group, n), onAnswer, agent);
        await askAbout[group](codeOfPerson(who, group, n), ask);
      }
    }
    if ((n - from) % 500 === 499) progress(`${n - from + 1} people a side`);
  }
  agent.destroy();
  return routes;
}

/** Of so many routes one differs by chance sooner: what is demanded of each is that much less. */
function measurementOf(route: string, { known, unknown }: Samples, routes: number): Measurement {
  const missingIn = (side: Samples['known'], { shapes }: Samples['known']) =>
    [...shapes].filter((shape) => !side.shapes.has(shape));
  const only = [...missingIn(known, unknown), ...missingIn(unknown, known)];
  if (only.length > 0) throw new Error(`${route}: ${only.length} answers of one side only, like\n${only[0]}`);
  const p = kolmogorovSmirnov(known.milliseconds, unknown.milliseconds);
  return measured({ measure: `known or unknown: ${route}`, unit: 'p', target: 1 }, p, minP / routes);
}

/** Whether somebody who measures can tell who is registered, whatever has been done to the person before. */
export const bench: Bench = async ({ createDatabase, progress }) => {
  const url = await createDatabase('indistinguishable');
  const input: PeopleServerInput = {
    url,
    people: groups.length * each,
    usedUp: everybody('used up').map(({ code, network }) => [code, network]),
    halfUsedUp: everybody('half used up').map(({ code }) => code),
  };
  const server = await forkServer<PeopleServerReady>(
    new URL('support/people-server.ts', import.meta.url),
    input,
  );
  const { origin } = server.ready;
  await sample(origin, { from: people, to: each }, () => {});
  const routes = await sample(origin, { from: 0, to: people }, progress);
  await server.stop();
  return [...routes].map(([route, samples]) => measurementOf(route, samples, routes.size));
};
