import t from 'tap';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import {
  codeSentTo,
  goodPassword,
  insuredPerson,
  otherPassword,
  type Person,
  setRecoveredPassword,
  signUp,
  startRegistration,
} from '../support/journey.ts';
import { solveWork } from '../support/proof-of-work.ts';
import { ageQuotas } from '../support/quotas.ts';
import { rightAnswers, wrongAnswers } from '../support/recovery.ts';

// Strangers who know a national code, against its owner on a new device: what they get, what it costs them, and what it
// costs the owner. The numbers are the arithmetic at the end of the rules on quotas.

const day = 24 * 60 * 60;
const ownersNetwork = '192.0.2.200';
const elsewhere = (count: number) => Array.from({ length: count }, (_, index) => `198.51.100.${index + 1}`);

/** What an attack costs, and how many of its guesses were answered with a word. */
type Cost = { requests: number; works: number; judged: number };

/** Sends a request from a network, with the work that is asked for it, and counts both. */
async function sendFrom(
  cost: Cost,
  from: string,
  send: (headers: Record<string, string>) => Promise<Answer>,
): Promise<Answer> {
  const headers = { 'x-forwarded-for': from };
  cost.requests += 1;
  const answer = await send(headers);
  if (answer.status !== 428) return answer;
  cost.works += 1;
  cost.requests += 1;
  return send({ ...headers, 'proof-of-work': await solveWork(answer) });
}

/** One guess from one network. Returns whether it was answered with a word. */
type Guess = (cost: Cost, from: string) => Promise<boolean>;

const passwordGuess =
  (service: TestService, { nationalCode }: Person): Guess =>
  async (cost, from) => {
    const body = { nationalCode, password: 'Wrong7Words' };
    return (
      (await sendFrom(cost, from, (headers) => service.post('/v1/sessions', body, { headers }))).status ===
      401
    );
  };

const recoveryGuess =
  (service: TestService, { nationalCode }: Person, method: 'email' | 'questions'): Guess =>
  async (cost, from) => {
    const { body } = await sendFrom(cost, from, (headers) =>
      service.post('/v1/recoveries', { nationalCode }, { headers }),
    );
    const token = body.flowToken;
    await sendFrom(cost, from, (headers) =>
      service.post(`/v1/recoveries/${body.id}/challenge`, { method }, { token, headers }),
    );
    const proof = method === 'email' ? { code: '000000' } : { answers: await wrongAnswers(service) };
    const answer = await sendFrom(cost, from, (headers) =>
      service.post(`/v1/recoveries/${body.id}/verification`, proof, { token, headers }),
    );
    return answer.status === 422;
  };

/** Who does not know the birth date says a false one. */
const signUpGuess =
  (service: TestService, { nationalCode, mobile }: Person): Guess =>
  async (cost, from) => {
    const { body } = await sendFrom(cost, from, (headers) =>
      service.post('/v1/registrations', { nationalCode, birthDate: '1361-05-06', mobile }, { headers }),
    );
    const answer = await sendFrom(cost, from, (headers) =>
      service.post(
        `/v1/registrations/${body.id}/verification`,
        { code: '000000' },
        { token: body.flowToken, headers },
      ),
    );
    return answer.status === 422;
  };

/** Every network guesses until it is told nothing any more, day by day. */
async function attack(
  service: TestService,
  guess: Guess,
  { networks, days }: Readonly<{ networks: readonly string[]; days: number }>,
): Promise<Cost> {
  const cost = { requests: 0, works: 0, judged: 0 };
  for (let today = 0; today < days; today += 1) {
    for (const from of networks) {
      for (let count = 0; count < 6; count += 1) {
        if (!(await guess(cost, from))) break;
        cost.judged += 1;
      }
    }
    if (today < days - 1) await ageQuotas(service.db, day);
  }
  return cost;
}

/** The owner with phone and password. Refused nowhere, so waits nowhere. */
async function ownerSignsIn(service: TestService, { nationalCode, mobile }: Person) {
  const own = { requests: 0, works: 0, judged: 0 };
  const first = await sendFrom(own, ownersNetwork, (headers) =>
    service.post('/v1/sessions', { nationalCode, password: goodPassword }, { headers }),
  );
  if (first.status === 201) return { steps: 1, status: 201 };
  const { status } = await sendFrom(own, ownersNetwork, async (headers) =>
    service.post(
      `/v1/sessions/${first.body.id}/verification`,
      { code: await codeSentTo(service, mobile) },
      { token: first.body.flowToken, headers },
    ),
  );
  return { steps: 2, status };
}

/** The owner with phone and answers, who has lost the password. */
async function ownerRecovers(service: TestService, { nationalCode, mobile }: Person) {
  const own = { requests: 0, works: 0, judged: 0 };
  const { body } = await sendFrom(own, ownersNetwork, (headers) =>
    service.post('/v1/recoveries', { nationalCode }, { headers }),
  );
  const flow = { id: body.id, token: body.flowToken };
  const step = (path: string, given: object) =>
    sendFrom(own, ownersNetwork, (headers) =>
      service.post(`/v1/recoveries/${flow.id}/${path}`, given, { token: flow.token, headers }),
    );
  await step('challenge', { method: 'questions' });
  const answered = await step('verification', { answers: await rightAnswers(service) });
  let steps = 1;
  if (answered.body.next !== 'set-password') {
    steps = 2;
    await step('challenge', { method: 'sms' });
    await step('verification', { code: await codeSentTo(service, mobile) });
  }
  return { steps, status: (await setRecoveredPassword(service, flow, otherPassword)).status };
}

/** The owner who has no account yet. */
async function ownerSignsUp(service: TestService, person: Person) {
  const { id, flowToken } = await startRegistration(service, person);
  const { status } = await service.post(
    `/v1/registrations/${id}/verification`,
    { code: await codeSentTo(service, person.mobile) },
    { token: flowToken, headers: { 'x-forwarded-for': ownersNetwork } },
  );
  return { steps: 1, status };
}

const attackers = [
  { name: '1 network', networks: elsewhere(1), days: 3 },
  { name: '20 networks', networks: elsewhere(20), days: 3 },
  { name: '200 networks', networks: elsewhere(200), days: 1 },
  { name: "the owner's address", networks: [ownersNetwork], days: 3 },
];

/** By attacker: guesses that got a word, and in how many steps the owner then gets in. */
const kinds = [
  {
    name: 'passwords',
    guess: passwordGuess,
    owner: ownerSignsIn,
    expected: [
      [10, 1],
      [20, 2],
      [20, 2],
      [10, 2],
    ],
  },
  {
    name: 'codes of recoveries',
    guess: (service: TestService, person: Person) => recoveryGuess(service, person, 'email'),
    owner: ownerRecovers,
    expected: [
      [10, 1],
      [100, 1],
      [100, 1],
      [10, 2],
    ],
  },
  {
    name: 'answers',
    guess: (service: TestService, person: Person) => recoveryGuess(service, person, 'questions'),
    owner: ownerRecovers,
    expected: [
      [3, 1],
      [10, 2],
      [10, 2],
      [3, 2],
    ],
  },
  {
    name: 'codes of sign-ups',
    guess: signUpGuess,
    owner: ownerSignsUp,
    expected: [
      [18, 1],
      [75, 1],
      [25, 1],
      [18, 1],
    ],
  },
] as const;

for (const { name: kind, guess, owner, expected } of kinds) {
  t.test(`whoever guesses ${kind} gets what the quotas say, and the owner gets in at once`, async (t) => {
    const service = await startTestService(t, { environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    t.comment(`${kind.padEnd(20)} | days | requests | works | told | owner on a new device`);
    for (const [index, { name, networks, days }] of attackers.entries()) {
      const person = await (owner === ownerSignsUp ? insuredPerson(service) : signUp(service));
      const { requests, works, judged } = await attack(service, guess(service, person), { networks, days });
      const { steps, status } = await owner(service, person);
      t.comment(
        [
          name.padEnd(20),
          String(days).padStart(4),
          String(requests).padStart(8),
          String(works).padStart(5),
          String(judged).padStart(4),
          `in ${steps} step(s), ${status}, after 0 s`,
        ].join(' | '),
      );
      t.same([judged, steps], expected[index], name);
      t.match(String(status), /^20[01]$/, `${name}: the owner is in, refused nowhere`);
    }
  });
}
