import { mock } from 'node:test';
import t from 'tap';
import { createHashQueue } from '../../src/features/passwords/hash-queue.ts';
import { Problem } from '../../src/kernel/problem.ts';

const rounds = 2 ** 12;

/** Time of its own: a job takes as long as it is told, whatever the machine does. */
function simulate(secondsOf: (job: number) => number) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  const seconds = () => Date.now() / 1000;
  const begin = (job: number) => () =>
    new Promise<{ result: number; seconds: number }>((resolve) => {
      setTimeout(() => resolve({ result: job, seconds: secondsOf(job) }), secondsOf(job) * 1000);
    });
  /** Whoever waited for what has just ended goes on before time does. */
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const pass = async (span: number) => {
    await settle();
    for (let step = 0; step < span * 100; step += 1) {
      mock.timers.tick(10);
      await settle();
    }
  };
  return { seconds, begin, pass };
}

type Outcome = { arrived: number; begun: number | null; refused: number | null; retryAfter: number | null };

t.afterEach(() => mock.timers.reset());

t.test(
  'of 64 hashes at 3 a second nobody waits longer than 5 s, and who would is told at once',
  async (t) => {
    const { seconds, begin, pass } = simulate(() => 1 / 3);
    const queue = createHashQueue({ concurrency: 1, queueLimit: 64, maxWaitSeconds: 5 });
    const outcomes: Outcome[] = [];
    const arrive = (job: number) => {
      const outcome: Outcome = { arrived: seconds(), begun: null, refused: null, retryAfter: null };
      outcomes.push(outcome);
      queue
        .run(rounds, () => {
          outcome.begun = seconds();
          return begin(job)();
        })
        .catch((error: unknown) => {
          if (!(error instanceof Problem)) throw error;
          t.equal(error.kind.code, 'busy');
          outcome.refused = seconds();
          outcome.retryAfter = Number(error.extras.retryAfterSeconds);
        });
    };
    for (let job = 0; job < 64; job += 1) arrive(job);
    await pass(2);
    for (let job = 0; job < 64; job += 1) arrive(job);
    await pass(10);
    const waits = outcomes.flatMap(({ arrived, begun }) => (begun === null ? [] : [begun - arrived]));
    t.ok(Math.max(...waits) <= 5, `the longest wait: ${Math.max(...waits)} s`);
    t.ok(waits.length >= 18, `${waits.length} are served`);
    const refused = outcomes.filter((outcome) => outcome.refused !== null);
    t.equal(refused.length + waits.length, 128);
    for (const { arrived, refused: at, retryAfter } of refused) {
      t.equal(at, arrived, 'told at once');
      t.ok(retryAfter !== null && retryAfter >= 1 && retryAfter <= 5, `${retryAfter} s`);
    }
    t.match(queue.metrics(), { running: 0, waiting: 0, completed: waits.length, refused: refused.length });
  },
);

t.test('a machine that turns slow makes nobody wait longer, and shortens the queue', async (t) => {
  let speed = 1 / 3;
  const { seconds, begin, pass } = simulate(() => speed);
  const queue = createHashQueue({ concurrency: 2, queueLimit: 64, maxWaitSeconds: 5 });
  const waits: number[] = [];
  const ends: Promise<unknown>[] = [];
  const arrive = (job: number) => {
    const arrived = seconds();
    const note = () => waits.push(seconds() - arrived);
    const run = queue.run(rounds, () => {
      note();
      return begin(job)();
    });
    ends.push(run.catch(note));
  };
  for (let job = 0; job < 20; job += 1) arrive(job);
  speed = 2;
  await pass(20);
  t.equal(waits.length, 20);
  t.ok(Math.max(...waits) <= 5, `the longest wait: ${Math.max(...waits)} s`);
  const { refused } = queue.metrics();
  t.ok(refused > 0, 'some are told when their five seconds are over');
  for (let job = 0; job < 20; job += 1) arrive(job);
  t.ok(queue.metrics().waiting <= 6, `${queue.metrics().waiting} wait at two seconds each on two threads`);
  await pass(20);
  await Promise.all(ends);
});

t.test('a job of five comparisons counts as five, and places are bounded in number too', async (t) => {
  const { begin, pass } = simulate(() => 1 / 3);
  const queue = createHashQueue({ concurrency: 1, queueLimit: 3, maxWaitSeconds: 6 });
  const reuse = [1, 2, 3, 4].map((job) => queue.run(5 * rounds, begin(job)).catch(() => 'busy'));
  await pass(10);
  t.same(await Promise.all(reuse), [1, 2, 3, 4], 'three times five thirds of a second are less than six');
  const many = [1, 2, 3, 4, 5].map((job) => queue.run(rounds, begin(job)).catch(() => 'busy'));
  await pass(10);
  t.same(await Promise.all(many), [1, 2, 3, 4, 'busy']);
});

t.test('a job that fails gives its place to the next', async (t) => {
  const { begin, pass } = simulate(() => 1 / 3);
  const queue = createHashQueue({ concurrency: 1, queueLimit: 3, maxWaitSeconds: 5 });
  const failing = queue.run(rounds, () => Promise.reject(new Error('the thread died')));
  const next = queue.run(rounds, begin(1));
  await t.rejects(failing, { message: 'the thread died' });
  await pass(1);
  t.equal(await next, 1);
  await queue.drain();
});
