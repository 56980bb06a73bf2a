import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import t from 'tap';
import { cancelPendingFlows } from '../../src/composition/revocation.ts';
import type { Kind } from '../../src/features/accounts/index.ts';
import { trustRipeChanges } from '../../src/features/contacts/index.ts';
import { createKeyring } from '../../src/kernel/keyring.ts';
import { deriveNoticeToken } from '../../src/kernel/notice-token.ts';
import { createOutbox } from '../../src/messaging/index.ts';
import { startTestService, type TestService } from '../support/app.ts';
import { codeAt, internationalOf, messagesAt } from '../support/contacts.ts';
import {
  goodPassword,
  type Person,
  setRecoveredPassword,
  signIn,
  signUp,
  startRecovery,
} from '../support/journey.ts';
import { age, challenge, dispute, type Method, rightAnswers, verify } from '../support/recovery.ts';
import {
  after,
  type Event,
  later,
  type Move,
  newState,
  type Players,
  type State,
  type Value,
  type Who,
} from './trust-model.ts';
import { attemptsOf, movesOf, playersWith, thieves } from './trust-players.ts';

/**
 * The service held against the model of trust: random sequences of what an owner and a thief do, legal or not, and of
 * hours that pass; after each of them the account stands as the model says. More, and others each time:
 * `TRUST_SERVICE_RUNS=500`.
 */
const longRuns = process.env.TRUST_SERVICE_RUNS;
const runs = Number(longRuns ?? 12);
/** The same twelve each time, among which everything happens that can: by chance it would not in most of the runs. */
const seed = longRuns ? {} : { seed: 1512 };
const longest = 14;
const methods: Readonly<Record<Kind, Method>> = { mobile: 'sms', email: 'email', answers: 'questions' };

/** Which of the moves, by whom; or so many hours. */
type Step = number | Readonly<{ pick: number; isAnything: boolean; by: Who }>;

type Answers = { question: string; answer: string }[];
type World = {
  service: TestService;
  person: Person;
  accountId: string;
  addresses: Readonly<Record<'M' | 'E' | 'Y', string>>;
  answers: Readonly<Record<'A' | 'B', Answers>>;
  /** What a hash of answers stands for. */
  hashes: Map<string, Value>;
  password: string;
  tokens: Partial<Record<Who, string>>;
  eventIds: string[];
};

const newPassword = () =>
  `Wq${Array.from({ length: 9 }, () => 'bcdfghjkmnpqrstvwxz'[randomInt(19)]).join('')}7K${randomInt(10)}`;

async function proofOf(world: World, players: Players, state: State, who: Who, kind: Kind) {
  const { service, answers } = world;
  const value = state.trusted[kind];
  const isHis = value !== null && players.has[who].includes(value);
  if (kind === 'answers')
    return { answers: isHis ? answers[value as 'A' | 'B'] : answers[value === 'A' ? 'B' : 'A'] };
  const address = isHis ? world.addresses[value as 'M' | 'E' | 'Y'] : null;
  const newest = address && (await messagesAt(service, address))[0];
  return { code: newest ? (newest.code ?? '000000') : '000000' };
}

/** Tries a move over HTTP; whether the service let it happen. */
async function perform(world: World, players: Players, state: State, move: Move): Promise<boolean> {
  const { service, person, tokens } = world;
  const { who } = move;
  const currentPassword = state.knows.includes(who) ? world.password : 'Wrong1Password';
  const signed = { token: tokens[who] ?? 'none' };
  switch (move.do) {
    case 'sign-in': {
      const { status, body } = await signIn(service, person, currentPassword);
      if (status === 201) tokens[who] = body.accessToken;
      return status === 201;
    }
    case 'recover': {
      const flow = await startRecovery(service, person.nationalCode);
      for (const kind of move.by) {
        await sql`delete from quota`.execute(service.db);
        await sql`update recovery set sent_at = null`.execute(service.db);
        await challenge(service, flow, methods[kind]);
        await verify(service, flow, await proofOf(world, players, state, who, kind));
      }
      const password = newPassword();
      const { status } = await setRecoveredPassword(service, flow, password);
      if (status === 200) world.password = password;
      return status === 200;
    }
    case 'change-password': {
      const password = newPassword();
      const body = { currentPassword, newPassword: password, newPasswordConfirmation: password };
      const { status } = await service.put('/v1/me/password', body, signed);
      if (status === 200) world.password = password;
      return status === 200;
    }
    case 'propose':
      return propose(world, players, state, move, currentPassword);
    case 'cancel': {
      const { body } = await service.get('/v1/me/contact-changes', signed);
      const id = body?.pending?.find(({ kind }: { kind: Kind }) => kind === move.kind)?.id ?? world.accountId;
      return (
        (await service.post(`/v1/me/contact-changes/${id}/cancellation`, { currentPassword }, signed))
          .status === 204
      );
    }
    case 'bar': {
      const { kind, proof } = move;
      const { body } = await service.post('/v1/me/barred-kinds', { currentPassword, kind, proof }, signed);
      const given = await proofOf(world, players, state, who, proof);
      const path = `/v1/me/barred-kinds/${body?.id ?? world.accountId}/verification`;
      return (await service.post(path, given, signed)).status === 204;
    }
    case 'dispute': {
      const value = state.trusted[move.from] as 'M' | 'E' | 'Y' | null;
      const isHis = value !== null && players.has[who].includes(value);
      const keyring = createKeyring(service.config.secretKeys);
      const id = world.eventIds[move.event] ?? world.accountId;
      const token = deriveNoticeToken(keyring, id, isHis ? world.addresses[value] : 'somebody@example.org');
      return (await dispute(service, token)).status === 204;
    }
    case 'branch':
      throw new Error('nobody goes to a branch here');
  }
}

async function propose(
  { service, answers, addresses, tokens }: World,
  players: Players,
  state: State,
  { who, kind, value }: Move & { do: 'propose' },
  currentPassword: string,
): Promise<boolean> {
  const signed = { token: tokens[who] ?? 'none' };
  const isTold = (['mobile', 'email'] as const).some(
    (each) => state.trusted[each] && !state.barred.includes(each),
  );
  const own = players.has[who].includes('A') ? answers.A : answers.B;
  const proof = { currentPassword, ...(!isTold && { currentAnswers: own }) };
  if (kind === 'answers') {
    const body = { ...proof, securityAnswers: answers[value as 'A' | 'B'] };
    return (await service.put('/v1/me/security-answers', body, signed)).status === 202;
  }
  if (value === null) return (await service.post('/v1/me/email-removals', proof, signed)).status === 202;
  const email = addresses[value as 'E' | 'Y'];
  const { status, body } = await service.post('/v1/me/email-changes', { ...proof, email }, signed);
  if (status !== 201) return false;
  const code = players.has[who].includes(value) ? await codeAt(service, email) : '000000';
  return (
    (await service.post(`/v1/me/email-changes/${body.id}/verification`, { code }, signed)).status === 200
  );
}

/** Every notice leaves at once; then time passes. */
async function wait({ service }: World, hours: number): Promise<void> {
  await sql`update message set state = 'handed_over', handed_over_at = now() where state = 'queued'`.execute(
    service.db,
  );
  await age(service, hours * 3600);
  await trustRipeChanges({ db: service.db, outbox: createOutbox(), cancelPendingFlows });
}

/** The account as the model would write it. */
async function toState(world: World) {
  const { service, accountId, addresses, hashes } = world;
  const { db } = service;
  const account = await db
    .selectFrom('account')
    .where('id', '=', accountId)
    .selectAll()
    .executeTakeFirstOrThrow();
  const pending = await db
    .selectFrom('pending_change')
    .where('account_id', '=', accountId)
    .selectAll()
    .execute();
  for (const { security_answers_hash: hash } of pending) {
    if (hash && !hashes.has(hash)) throw new Error('answers that nobody proposed');
  }
  const nameOf = (address: string | null) =>
    Object.entries(addresses).find(([, each]) => each === address)?.[0] ?? null;
  const sessions: Who[] = [];
  for (const who of ['owner', 'thief'] as const) {
    const token = world.tokens[who];
    if (token && (await service.get('/v1/me', { token })).status === 200) sessions.push(who);
  }
  return {
    lock: account.state,
    mobile: nameOf(account.mobile),
    email: nameOf(account.email),
    answers: hashes.get(account.security_answers_hash),
    barred: [...account.barred_kinds].sort(),
    pending: pending
      .map(({ kind, address, security_answers_hash: hash }) => [
        kind,
        hash ? hashes.get(hash) : nameOf(address),
      ])
      .sort(),
    sessions,
  };
}

const inModel = ({ lock, trusted, barred, pending, sessions }: State) => ({
  lock,
  mobile: trusted.mobile,
  email: trusted.email,
  answers: trusted.answers,
  barred: [...barred].sort(),
  pending: Object.entries(pending)
    .map(([kind, change]) => [kind, change?.value])
    .sort(),
  sessions: [...sessions].sort(),
});

/** Notes what a move has brought about: the event whose link can be used, the answers behind a hash. */
async function note(world: World, events: readonly Event[], move: Move): Promise<void> {
  const { db } = world.service;
  if (events.length > world.eventIds.length) {
    const { id } = await db
      .selectFrom('account_event')
      .where('account_id', '=', world.accountId)
      .orderBy('id', 'desc')
      .select('id')
      .executeTakeFirstOrThrow();
    world.eventIds.push(id);
  }
  if (move.do !== 'propose' || move.kind !== 'answers') return;
  const row = await db
    .selectFrom('pending_change')
    .where('account_id', '=', world.accountId)
    .where('kind', '=', 'answers')
    .select('security_answers_hash')
    .executeTakeFirst();
  if (row?.security_answers_hash) world.hashes.set(row.security_answers_hash, move.value as Value);
}

t.setTimeout(60_000 + runs * 20_000);
t.test(`${runs} random sequences leave the account as the model says`, { timeout: 0 }, async (t) => {
  const service = await startTestService(t, { overrides: { background: false } });
  const { db } = service;
  const person = await signUp(service);
  const original = await db.selectFrom('account').selectAll().executeTakeFirstOrThrow();
  const A = await rightAnswers(service);
  const B = A.map((item, index) => ({
    ...item,
    answer: ['نردبان چوبی', 'پل سنگی', 'بادبادک آبی'][index] ?? '',
  }));
  const addresses = {
    M: internationalOf(person.mobile),
    E: `own.${person.nationalCode}@example.org`,
    Y: `planted.${person.nationalCode}@example.org`,
  };
  const outcomes = new Map<string, number>();

  const newWorld = async (hasEmail: boolean): Promise<World> => {
    for (const table of [
      'pending_change',
      'account_event',
      'contact_flow',
      'recovery',
      'message',
      'session',
      'quota',
    ] as const) {
      await db.deleteFrom(table).execute();
    }
    await db
      .updateTable('account')
      .set({
        lock: 'open',
        barred_kinds: [],
        mobile: addresses.M,
        email: hasEmail ? addresses.E : null,
        security_questions: original.security_questions,
        security_answers_hash: original.security_answers_hash,
        password_hash: original.password_hash,
      })
      .execute();
    return {
      service,
      person,
      accountId: original.id,
      addresses,
      answers: { A, B },
      hashes: new Map([[original.security_answers_hash, 'A']]),
      password: goodPassword,
      tokens: {},
      eventIds: [],
    };
  };

  /** A move of somebody, or hours that pass; the account stands as the model says then. */
  async function take(world: World, players: Players, state: State, step: Step): Promise<State> {
    const next =
      typeof step === 'number' ? await waited(world, state, step) : await moved(world, players, state, step);
    const [real, model] = [JSON.stringify(await toState(world)), JSON.stringify(inModel(next))];
    if (real !== model) {
      throw new Error(`after ${JSON.stringify(step)}: the model says ${model}, the service ${real}`);
    }
    return next;
  }

  async function waited(world: World, state: State, hours: number): Promise<State> {
    await wait(world, hours);
    return later(state, hours);
  }

  async function moved(
    world: World,
    players: Players,
    state: State,
    step: Exclude<Step, number>,
  ): Promise<State> {
    const attempts = step.isAnything ? attemptsOf(state, step.by) : movesOf(players, state, step.by);
    const move = attempts[step.pick % attempts.length];
    if (!move) return state;
    await sql`delete from quota`.execute(db);
    const expected = after(players, state, move);
    const happened = await perform(world, players, state, move);
    const outcome = `${move.do} ${happened ? 'happened' : 'refused'}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (happened !== (expected !== null)) throw new Error(`${JSON.stringify(move)}: ${outcome}`);
    if (expected) await note(world, expected.events, move);
    return expected ?? state;
  }

  const move = fc.record({
    pick: fc.nat(),
    isAnything: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    by: fc.constantFrom<Who>('owner', 'thief'),
  });
  const step = fc.oneof(
    { weight: 5, arbitrary: move },
    { weight: 1, arbitrary: fc.constantFrom(1, 20, 71, 73) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.values(thieves)),
      fc.boolean(),
      fc.array<Step>(step, { minLength: 4, maxLength: longest }),
      async ({ has, knowsPassword }, isWithEmail, steps) => {
        const hasEmail = isWithEmail || has.includes('E');
        const world = await newWorld(hasEmail);
        let state = newState(hasEmail, knowsPassword ? ['owner', 'thief'] : ['owner']);
        for (const each of steps) state = await take(world, playersWith(has), state, each);
      },
    ),
    { numRuns: runs, ...seed },
  );
  t.comment(Object.fromEntries([...outcomes].sort()));
  for (const move of ['sign-in', 'recover', 'change-password', 'propose', 'cancel', 'bar', 'dispute']) {
    t.ok(outcomes.has(`${move} happened`), `${move} happened`);
  }
});
