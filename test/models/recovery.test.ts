import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import t from 'tap';
import { type AddressKind, addressKinds } from '../../src/features/accounts/index.ts';
import { type RecoveryMethod, recoveryMethods } from '../../src/features/recovery/index.ts';
import { createKeyring, createMac } from '../../src/kernel/keyring.ts';
import { deriveNoticeToken } from '../../src/kernel/notice-token.ts';
import { deriveCode } from '../../src/kernel/one-time-code.ts';
import { type Answer, startTestService, type TestService } from '../support/app.ts';
import { setRecoveredPassword, signIn, signUp, wrongCode } from '../support/journey.ts';
import {
  accountOf,
  age,
  challenge,
  dispute,
  type GivenProof,
  rightAnswers,
  verify,
  withEmail,
} from '../support/recovery.ts';
import { type Counter, type Expected, type ModelFlow, RecoveryModel } from './recovery-model.ts';

/**
 * Random sequences of everything that can be done to the recoveries of an account, each request at one of two
 * replicas (a restart is nothing but the other replica: none of them keeps anything), held against a model of the
 * rules. More of them, and others each time: `RECOVERY_MODEL_RUNS=5000 npm test -- test/models/recovery.test.ts`.
 */
const longRuns = process.env.RECOVERY_MODEL_RUNS;
const sequences = Number(longRuns ?? 40);
/** The same forty each time, so that what has to come up among them does. */
const seed = longRuns ? {} : { seed: 20_261_128 };
const longestSequence = 25;
/** Multiples of ten seconds, so that the time a sequence itself takes never decides. */
const waits = [70, 130, 610, 1810, 3610, 7210, 72 * 3600 + 10];
/** More than are remembered, so that none is refused for having been used. */
const passwords = [
  'Tq7vLmz4Wk',
  'Hx3pRdn8Yb',
  'Jw5kBsf2Gc',
  'Kp9sVtx4Qd',
  'Vb6hJxq2Sf',
  'Nq8vYcb5Jg',
  'Pr2wZdk7Km',
];

type Flow = { id: string; token: string };
type Real = {
  replicas: readonly [TestService, TestService];
  nationalCode: string;
  accountId: string;
  flows: Flow[];
  eventIds: string[];
  addresses: Readonly<Record<AddressKind, string>>;
  answers: { question: string; answer: string }[];
  passwordsUsed: number;
};
/** What the service answered, and how often. */
const outcomes = new Map<string, number>();

type Command = fc.AsyncCommand<RecoveryModel, Real>;

function compare(what: string, { status, body }: Answer, expected: Expected): void {
  const shown = { ...expected, status };
  for (const key of ['code', 'next', 'attemptsLeft', 'methods'] as const) {
    // A challenge or a start names more than the model speaks of.
    if (key in expected || (status >= 400 && body?.[key] !== undefined))
      Object.assign(shown, { [key]: body?.[key] });
  }
  const [real, model] = [shown, expected].map((each) => JSON.stringify(Object.entries(each).sort()));
  const outcome = `${what}: ${status} ${expected.next ?? expected.code ?? ''}`.trim();
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (real !== model) throw new Error(`${what}: the model says ${model}, the service ${real}`);
}

/** The right proof for what the flow asks for, or one that is wrong for certain. */
async function proofFor(
  { replicas: [service], answers }: Real,
  { id }: Flow,
  right: boolean,
): Promise<GivenProof> {
  const row = await service.db
    .selectFrom('recovery')
    .where('id', '=', id)
    .select(['method', 'challenge_id as challengeId'])
    .executeTakeFirst();
  if (row?.method === 'questions') {
    return { answers: right ? answers : answers.map((item) => ({ ...item, answer: 'نه این' })) };
  }
  const code = deriveCode(createKeyring(service.config.secretKeys), 'recovery', row?.challengeId ?? '');
  return { code: right ? code : wrongCode(code) };
}

/** How many of those that lost a race were counted is not the model's to say; it takes over what came out. */
async function takeOver(
  model: RecoveryModel,
  flow: ModelFlow,
  { replicas: [service], nationalCode }: Real,
  id: string,
) {
  const row = await service.db
    .selectFrom('recovery')
    .where('id', '=', id)
    .select('attempts')
    .executeTakeFirst();
  flow.attempts = row?.attempts ?? flow.attempts;
  const { identifierKey } = service.config;
  const subject = createMac(identifierKey, 'subject')(nationalCode);
  const networkKey = createMac(identifierKey, 'sliding-quota')('recovery-from-network', subject, '127.0.0.1');
  const answersKey = createHash('sha256').update('recovery-answers/').update(networkKey).digest();
  model.failures = {
    network: await readCounter(model, service, networkKey),
    answers: await readCounter(model, service, answersKey),
  };
}

/** When the uses of a counter were, by the model's clock. */
async function readCounter(model: RecoveryModel, { db }: TestService, key: Buffer): Promise<Counter> {
  const { rows } = await sql<{ ago: number }>`
    select extract(epoch from now() - at)::float8 as ago from sliding_quota, unnest(uses) as use (at)
    where key = ${key} order by at`.execute(db);
  return rows.map(({ ago }) => model.now - Math.floor(ago / 10) * 10);
}

function command(name: string, run: Command['run'], check: Command['check'] = () => true): Command {
  return { check, run, toString: () => name };
}

type Act = (on: {
  model: RecoveryModel;
  real: Real;
  flow: ModelFlow;
  key: Flow;
  service: TestService;
}) => Promise<void>;

/** A command on one of the flows there are. */
function onFlow(name: string, which: number, at: number, act: Act): Command {
  const run = async (model: RecoveryModel, real: Real) => {
    const index = which % model.flows.length;
    const [flow, key] = [model.flows[index], real.flows[index]];
    if (!flow || !key) throw new Error('the model and the service have other flows');
    await act({ model, real, flow, key, service: real.replicas[at % 2] as TestService });
  };
  return command(`${name} flow ${which} at ${at}`, run, (model) => model.flows.length > 0);
}

const start = (at: number) =>
  command(`start at ${at}`, async (model, real) => {
    const answer = await real.replicas[at % 2]?.post('/v1/recoveries', { nationalCode: real.nationalCode });
    if (!answer) throw new Error('no such replica');
    compare('start', answer, model.start());
    real.flows.push({ id: answer.body.id, token: answer.body.flowToken });
  });

const choose = (which: number, at: number, method: RecoveryMethod) =>
  onFlow(`choose ${method}`, which, at, async ({ model, flow, key, service }) =>
    compare('challenge', await challenge(service, key, method), model.challenge(flow, method)),
  );

const prove = (which: number, at: number, right: boolean) =>
  onFlow(right ? 'prove' : 'guess', which, at, async ({ model, real, flow, key, service }) =>
    compare(
      'verification',
      await verify(service, key, await proofFor(real, key, right)),
      model.verify(flow, right),
    ),
  );

/** The right proof many times at once, half at each replica. */
const proveAtOnce = (which: number) =>
  onFlow('prove at once', which, 0, async ({ model, real, flow, key }) => {
    const proof = await proofFor(real, key, true);
    // One that the counters had no room for would be taken without a word, and might be the quicker one.
    const many = Math.max(1, Math.min(4, model.guessesLeft(flow)));
    const answers = await Promise.all(
      [0, 1, 0, 1].slice(0, many).map((at) => verify(real.replicas[at] as TestService, key, proof)),
    );
    const expected = model.verify(flow, true);
    const accepted = answers.filter(({ status }) => status === 200);
    const wanted = expected.status === 200 ? 1 : 0;
    if (accepted.length !== wanted)
      throw new Error(`${accepted.length} of ${many} accepted instead of ${wanted}`);
    if (accepted[0]) compare('verification at once', accepted[0], expected);
    await takeOver(model, flow, real, key.id);
  });

/** The proof of one flow with the token of another. */
const mixUp = (which: number) =>
  onFlow('mix up', which, 0, async ({ real, key, service }) => {
    const other = real.flows.find(({ id }) => id !== key.id);
    if (!other) return;
    const proof = await proofFor(real, key, true);
    const answer = await verify(service, { id: key.id, token: other.token }, proof);
    compare('token of another flow', answer, { status: 401, code: 'flow-not-open' });
  });

const reset = (which: number, at: number, acceptable: boolean) =>
  onFlow(
    acceptable ? 'set password' : 'set weak password',
    which,
    at,
    async ({ model, real, flow, key, service }) => {
      const password = acceptable ? (passwords[real.passwordsUsed % passwords.length] ?? '') : 'weak';
      const answer = await setRecoveredPassword(service, key, password);
      const expected = model.setPassword(flow, password, acceptable);
      compare('password', answer, expected);
      if (expected.status !== 200) return;
      real.passwordsUsed += 1;
      const { id } = await service.db
        .selectFrom('account_event')
        .where('account_id', '=', real.accountId)
        .orderBy('id', 'desc')
        .select('id')
        .executeTakeFirstOrThrow();
      real.eventIds.push(id);
    },
  );

const disputeReset = (which: number, at: number, from: AddressKind) =>
  command(
    `dispute reset ${which} from ${from} at ${at}`,
    async (model, real) => {
      const service = real.replicas[at % 2] as TestService;
      const index = which % real.eventIds.length;
      const keyring = createKeyring(service.config.secretKeys);
      const token = deriveNoticeToken(keyring, real.eventIds[index] ?? '', real.addresses[from]);
      compare('dispute', await dispute(service, token), model.dispute(index, from));
    },
    (model) => model.recoveries.length > 0,
  );

const wait = (seconds: number) =>
  command(`wait ${seconds} s`, async (model, { replicas: [service] }) => {
    model.now += seconds;
    // Every notice has left meanwhile.
    await sql`update message set handed_over_at = coalesce(handed_over_at, created_at)`.execute(service.db);
    await age(service, seconds);
  });

const enter = (at: number) =>
  command(`sign in at ${at}`, async (model, real) => {
    const service = real.replicas[at % 2] as TestService;
    const person = { nationalCode: real.nationalCode, birthDate: '', mobile: '' };
    compare('sign-in', await signIn(service, person, model.password), model.signIn());
  });

/** One step after the other on the newest flow: random steps alone seldom get far. */
function inARow(name: string, steps: (newest: number) => readonly Command[]): Command {
  return command(name, async (model, real) => {
    await start(0).run(model, real);
    for (const step of steps(model.flows.length - 1)) await step.run(model, real);
  });
}

const wayBack = (method: RecoveryMethod, at: number) =>
  inARow(`way back by ${method}`, (newest) => [
    choose(newest, at, method),
    prove(newest, 1 - at, true),
    reset(newest, at, true),
  ]);

const guesses = (method: RecoveryMethod, count: number) =>
  inARow(`${count} guesses by ${method}`, (newest) => [
    choose(newest, 0, method),
    ...Array.from({ length: count }, (_, n) => prove(newest, n % 2, false)),
  ]);

const method = fc.constantFrom(...recoveryMethods);
const which = fc.nat({ max: 3 });
const at = fc.nat({ max: 1 });
const commands = fc.commands(
  [
    at.map(start),
    fc.tuple(which, at, method).map((args) => choose(...args)),
    fc.tuple(which, at, method).map((args) => choose(...args)),
    fc.tuple(method, at).map((args) => wayBack(...args)),
    fc.tuple(method, fc.integer({ min: 2, max: 7 })).map((args) => guesses(...args)),
    fc.tuple(which, at, fc.constant(true)).map((args) => prove(...args)),
    fc.tuple(which, at, fc.constant(false)).map((args) => prove(...args)),
    which.map(proveAtOnce),
    which.map(mixUp),
    fc.tuple(which, at, fc.boolean()).map((args) => reset(...args)),
    fc.tuple(which, at, fc.constantFrom(...addressKinds)).map((args) => disputeReset(...args)),
    fc.constantFrom(...waits).map(wait),
    at.map(enter),
  ],
  { maxCommands: longestSequence, size: 'max' },
);

t.setTimeout(60_000 + sequences * 2_000);
t.test(`${sequences} random sequences end as the model says`, { timeout: 0 }, async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  const replica = await service.replica({ background: false });
  const person = await signUp(service);
  const email = await withEmail(service, person);
  const account = await accountOf(service, person);
  const answers = await rightAnswers(service);
  const { db } = service;
  const setup = async () => {
    for (const table of [
      'recovery',
      'account_event',
      'quota',
      'sliding_quota',
      'message',
      'session',
    ] as const) {
      await db.deleteFrom(table).execute();
    }
    await db.deleteFrom('password_history').execute();
    await db
      .updateTable('account')
      .set({ lock: 'open', barred_kinds: [], password_hash: account.password_hash })
      .execute();
    const real: Real = {
      replicas: [service, replica],
      nationalCode: person.nationalCode,
      accountId: account.id,
      flows: [],
      eventIds: [],
      addresses: { mobile: account.mobile ?? '', email },
      answers,
      passwordsUsed: 1,
    };
    return { model: new RecoveryModel(recoveryMethods, passwords[0] ?? ''), real };
  };
  await fc.assert(
    fc.asyncProperty(commands, (sequence) => fc.asyncModelRun(setup, sequence)),
    { numRuns: sequences, ...seed },
  );
  t.comment(Object.fromEntries([...outcomes].sort()));
  const usual = [
    'challenge: 200',
    'verification: 200 set-password',
    'verification: 422 code-not-accepted',
    'verification: 422 answers-not-accepted',
    'password: 200',
    'password: 409 step-not-open',
    'sign-in: 201',
  ];
  const rare = [
    'challenge: 409 method-not-offered',
    'challenge: 409 step-done',
    'verification: 409 step-done',
    'password: 409 step-done',
    'challenge: 429 resend-too-early',
    'challenge: 429 too-many-messages',
    'verification: 200 prove-another-method',
    'verification at once: 200 set-password',
    'password: 422 password-refused',
    'dispute: 204',
    'dispute: 422 dispute-not-accepted',
    'verification: 200 visit-branch',
    'sign-in: 403 account-locked',
  ];
  for (const outcome of sequences < 3000 ? usual : [...usual, ...rare]) {
    t.ok(outcomes.has(outcome), `${outcome} came up`);
  }
});
