import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import t from 'tap';
import { startTestService, type TestService } from '../support/app.ts';
import { goodPassword, type Person, signIn, signUp } from '../support/journey.ts';

/**
 * Sessions of one person against a model of them: whatever is done in whatever order, on either of two
 * replicas, exactly the sessions that the model says live are served, and exactly the tokens it says refresh.
 */

/** By index: whether each still lives, and how often it has been refreshed. */
type Model = { alive: boolean[]; refreshes: number[]; passwordNumber: number };

/** What the model's sessions are in reality, by the same index. */
type Real = {
  readonly replicas: readonly TestService[];
  readonly person: Person;
  readonly sessions: { id: string; refreshTokens: string[]; accessTokens: string[] }[];
};

type Command = fc.AsyncCommand<Model, Real>;

/** Different, and none like another. */
const passwords = [
  goodPassword,
  'Jw5kBsf2Gc',
  'Vd8nXrt6Lm',
  'Hx3pRdn8Yb',
  'Bn6wKtz9Qf',
  'Zr4mVhs7Jd',
  'Gk2xNpc5Ty',
  'Lw9dFqb3Rm',
];
const passwordOf = (number: number) => passwords[number % passwords.length] ?? goodPassword;

const living = (model: Readonly<Model>) => model.alive.flatMap((alive, index) => (alive ? [index] : []));
/** The n-th of some sessions, whatever n is. */
const pick = (indices: readonly number[], n: number) => indices[n % indices.length] ?? 0;

function sessionOf(real: Real, index: number): Real['sessions'][number] {
  const session = real.sessions[index];
  if (!session) throw new Error('the model has lost its way');
  return session;
}

function at(real: Real, n: number): TestService {
  const replica = real.replicas[n % real.replicas.length];
  if (!replica) throw new Error('no replica');
  return replica;
}

function equal(found: unknown, expected: unknown, what: string): void {
  if (found !== expected) throw new Error(`${what}: expected ${expected}, found ${found}`);
}

/** Each refresh has a key of its own, made from its token; a thief knows none. */
const toKey = (refreshToken: string) => createHash('sha256').update(refreshToken).digest('base64url');

const refresh = (real: Real, n: number, refreshToken: string, key: string | null = toKey(refreshToken)) =>
  at(real, n).post(
    '/v1/sessions/refresh',
    { refreshToken },
    // Neither network nor app says who somebody is.
    { headers: { 'user-agent': `app ${n}`, ...(key !== null && { 'idempotency-key': key }) } },
  );

/** As if the last refresh had been so long ago, and those before it longer. */
const age = (real: Real, { id }: { id: string }, seconds: number) =>
  sql`update session set refreshed_at = array(
      select now() - make_interval(secs => ${seconds} + place) from generate_subscripts(refreshed_at, 1) as place)
    where id = ${id}`.execute(at(real, 0).db);

const command = (
  name: string,
  check: (model: Readonly<Model>) => boolean,
  run: (model: Model, real: Real) => Promise<void>,
): Command => ({ check, run, toString: () => name });

const some = (model: Readonly<Model>) => living(model).length > 0;
/** Living, and with a token to replay. */
const refreshed = (model: Readonly<Model>) =>
  living(model).filter((index) => (model.refreshes[index] ?? 0) > 0);
/** Those with a token whose successor has been used. */
const refreshedTwice = (model: Readonly<Model>) =>
  living(model).filter((index) => (model.refreshes[index] ?? 0) > 1);
const someRefreshedTwice = (model: Readonly<Model>) => refreshedTwice(model).length > 0;
const someRefreshed = (model: Readonly<Model>) => refreshed(model).length > 0;

const refreshing = (n: number) =>
  command(`refresh (${n})`, some, async (model, real) => {
    const index = pick(living(model), n);
    const session = sessionOf(real, index);
    const { body, status } = await refresh(real, n, session.refreshTokens.at(-1) ?? '');
    equal(status, 200, 'refresh');
    session.refreshTokens.push(body.refreshToken);
    session.accessTokens.push(body.accessToken);
    model.refreshes[index] = session.refreshTokens.length - 1;
  });

const commands = fc.nat({ max: 1000 }).chain((n) =>
  fc.constantFrom<Command>(
    command(
      `sign in (${n})`,
      (model) => living(model).length < 6,
      async (model, real) => {
        const { body, status } = await at(real, n).post(
          '/v1/sessions',
          { nationalCode: real.person.nationalCode, password: passwordOf(model.passwordNumber) },
          {},
        );
        equal(status, 201, 'sign-in');
        const { sid } = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString());
        real.sessions.push({ id: sid, refreshTokens: [body.refreshToken], accessTokens: [body.accessToken] });
        model.alive.push(true);
        model.refreshes.push(0);
      },
    ),
    // Everyday's business, and what most of the others need.
    refreshing(n),
    refreshing(n),
    refreshing(n),
    command(`retry a refresh (${n})`, someRefreshed, async (model, real) => {
      const session = sessionOf(real, pick(refreshed(model), n));
      const old = session.refreshTokens.at(-2) ?? '';
      // For ten minutes from anywhere, for a day with the key.
      await age(real, session, n % 2 ? 590 : 86_000);
      const { body, status } = await refresh(real, n, old, n % 2 ? null : toKey(old));
      equal(status, 200, 'a retry');
      equal(body.refreshToken, session.refreshTokens.at(-1), 'the successor of a retry');
      session.accessTokens.push(body.accessToken);
    }),
    command(`replay late (${n})`, someRefreshed, async (model, real) => {
      const index = pick(refreshed(model), n);
      const session = sessionOf(real, index);
      const old = session.refreshTokens[n % (session.refreshTokens.length - 1)] ?? '';
      const hasKey = n % 2 === 0;
      await age(real, session, hasKey ? 86_401 : 601);
      equal((await refresh(real, n, old, hasKey ? toKey(old) : null)).status, 401, 'a replay');
      model.alive[index] = false;
    }),
    command(`retry what was superseded (${n})`, someRefreshedTwice, async (model, real) => {
      const { refreshTokens } = sessionOf(real, pick(refreshedTwice(model), n));
      const old = refreshTokens[n % (refreshTokens.length - 2)] ?? '';
      equal((await refresh(real, n, old)).status, 409, 'a retry that comes after the next refresh');
    }),
    command(`replay at once (${n})`, someRefreshedTwice, async (model, real) => {
      const index = pick(refreshedTwice(model), n);
      const { refreshTokens } = sessionOf(real, index);
      const old = refreshTokens[n % (refreshTokens.length - 2)] ?? '';
      equal((await refresh(real, n, old, null)).status, 401, 'a replay of what has been superseded');
      model.alive[index] = false;
    }),
    command(`refresh by a key of another (${n})`, someRefreshed, async (model, real) => {
      const { refreshTokens } = sessionOf(real, pick(refreshed(model), n));
      const key = toKey(refreshTokens[n % (refreshTokens.length - 1)] ?? '');
      equal((await refresh(real, n, refreshTokens.at(-1) ?? '', key)).status, 422, 'a key used before');
    }),
    command(`end one by another (${n})`, some, async (model, real) => {
      const by = pick(living(model), n);
      const index = pick(living(model), n >> 3);
      const { status } = await at(real, n).call('DELETE', `/v1/me/sessions/${sessionOf(real, index).id}`, {
        token: sessionOf(real, by).accessTokens.at(-1) ?? '',
      });
      equal(status, 204, 'ending a session');
      model.alive[index] = false;
    }),
    command(`end ${n % 3 ? 'all others' : 'all'} (${n})`, some, async (model, real) => {
      const by = pick(living(model), n);
      const { status } = await at(real, n).call(
        'DELETE',
        `/v1/me/sessions${n % 3 ? '?except=current' : ''}`,
        { token: sessionOf(real, by).accessTokens.at(-1) ?? '' },
      );
      equal(status, 204, 'ending sessions');
      for (const index of living(model)) if (!(n % 3 && index === by)) model.alive[index] = false;
    }),
    command(`change the password (${n})`, some, async (model, real) => {
      const by = pick(living(model), n);
      const next = passwordOf(model.passwordNumber + 1);
      const { status } = await at(real, n).put(
        '/v1/me/password',
        {
          currentPassword: passwordOf(model.passwordNumber),
          newPassword: next,
          newPasswordConfirmation: next,
        },
        { token: sessionOf(real, by).accessTokens.at(-1) ?? '' },
      );
      equal(status, 200, 'changing the password');
      model.passwordNumber += 1;
      for (const index of living(model)) if (index !== by) model.alive[index] = false;
    }),
    command(
      `use what has ended (${n})`,
      (model) => model.alive.includes(false),
      async (model, real) => {
        const ended = model.alive.flatMap((alive, index) => (alive ? [] : [index]));
        const session = sessionOf(real, pick(ended, n));
        for (const token of [session.refreshTokens.at(-1), session.refreshTokens[0]]) {
          equal((await refresh(real, n, token ?? '')).status, 401, 'refreshing an ended session');
        }
      },
    ),
    command(`look at every session (${n})`, some, async (model, real) => {
      for (const [index, alive] of model.alive.entries()) {
        const { accessTokens } = sessionOf(real, index);
        const token = accessTokens[n % accessTokens.length] ?? '';
        equal(
          (await at(real, n + index).get('/v1/me', { token })).status,
          alive ? 200 : 401,
          `session ${index}`,
        );
      }
      const token = sessionOf(real, pick(living(model), n)).accessTokens.at(-1) ?? '';
      const { body } = await at(real, n).get('/v1/me/sessions', { token });
      const ids = body.sessions.map(({ id }: { id: string }) => id).sort();
      const expected = living(model)
        .map((index) => sessionOf(real, index).id)
        .sort();
      equal(ids.join(), expected.join(), 'the list of sessions');
    }),
  ),
);

t.test('sessions behave as their model in any order of events, on two replicas', async (t) => {
  const service = await startTestService(t);
  const replicas = [service, await service.replica({ background: false })];
  const longRuns = process.env.SESSIONS_MODEL_RUNS;
  const runs = Number(longRuns ?? 24);
  // The same each time unless there are more, so that every kind of event comes up.
  const seed = longRuns ? {} : { seed: 20_261_128 };
  const kinds = new Set<string>();
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands([commands], { maxCommands: 40, size: 'max' }), async (events) => {
      const person = await signUp(service);
      const { body } = await signIn(service, person);
      const { sid } = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString());
      const real: Real = {
        replicas,
        person,
        sessions: [{ id: sid, refreshTokens: [body.refreshToken], accessTokens: [body.accessToken] }],
      };
      const model: Model = { alive: [true], refreshes: [0], passwordNumber: 0 };
      await fc.asyncModelRun(() => ({ model, real }), events);
      for (const event of String(events).split(',')) kinds.add(event.replace(/ \(.*/, ''));
      for (const [index, alive] of model.alive.entries()) {
        for (const token of sessionOf(real, index).accessTokens) {
          const { status } = await at(real, index).get('/v1/me', { token });
          equal(status, alive ? 200 : 401, `session ${index} in the end`);
          seen += 1;
        }
      }
    }),
    { numRuns: runs, endOnFailure: true, ...seed },
  );
  t.ok(seen >= runs, `${seen} tokens were looked at in the end`);
  t.ok(kinds.size >= 11, `kinds of events that happened: ${[...kinds].join()}`);
});
