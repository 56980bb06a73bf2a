import { compareSync, hashSync } from 'bcrypt';
import fc from 'fast-check';
import t from 'tap';
import { createHashPool, type HashJob, type HashPool } from '../../src/features/passwords/hash-pool.ts';
import {
  createSlowHasher,
  longestSecret,
  rememberedPasswords,
} from '../../src/features/passwords/hashing.ts';
import { Problem } from '../../src/kernel/problem.ts';
import { type NamedKey, Secret } from '../../src/kernel/secret.ts';

const pepper = (id: string, fill: number): NamedKey => ({
  id,
  key: new Secret(new Uint8Array(32).fill(fill)),
});
const old = pepper('2025', 1);
const current = pepper('2026', 2);

/** Computes at once, and remembers what was asked of it. */
function watchedPool(): { pool: HashPool; jobs: HashJob[]; rounds(): number } {
  const jobs: HashJob[] = [];
  const run = async (job: HashJob) => {
    jobs.push(job);
    if (job.kind === 'hash') return hashSync(job.input, job.cost);
    return job.pairs.map(([input, bcryptString]) => compareSync(input, bcryptString));
  };
  const costs = (job: HashJob) =>
    job.kind === 'hash' ? [job.cost] : job.pairs.map(([, bcryptString]) => Number(bcryptString.slice(4, 6)));
  return {
    pool: {
      run: run as HashPool['run'],
      metrics: () => ({ running: 0, waiting: 0, completed: 0, refused: 0, meanJobSeconds: 0 }),
      close: async () => {},
    },
    jobs,
    rounds: () => jobs.flatMap(costs).reduce((sum, cost) => sum + 2 ** cost, 0),
  };
}

function hasherOf(
  options: { cost?: number; peppers?: NamedKey[]; purpose?: 'password' | 'security-answers' } = {},
) {
  const { cost = 4, peppers = [current, old], purpose = 'password' } = options;
  const watch = watchedPool();
  return { ...watch, hasher: createSlowHasher({ pool: watch.pool, peppers, cost, purpose }) };
}

t.test('a stored hash names its version and pepper, and is bcrypt of the configured cost', async (t) => {
  const stored = await hasherOf({ cost: 5 }).hasher.hash('Sarv7Boland9');
  t.match(stored, /^v1\$2026\$\$2b\$05\$[./A-Za-z0-9]{53}$/);
});

t.test('every character of a password counts', async (t) => {
  const { hasher } = hasherOf();
  const accepts = async (password: string, other: string) =>
    (await hasher.verify(other, await hasher.hash(password))).matches;
  const long = 'پ'.repeat(100);
  t.equal(await accepts(`${long}a`, `${long}b`), false, 'beyond the 72 bytes of bcrypt');
  t.equal(await accepts('abc\0def', 'abc\0xyz'), false, 'after a NUL');
  t.equal(await accepts('abc\0', 'abc'), false, 'a NUL itself');
  t.equal(await accepts('Abc', 'abc'), false, 'case');
  t.equal(await accepts('abc ', 'abc'), false, 'a space at the end');
  t.equal(
    await accepts('caf\u00e9 آب', 'cafe\u0301 ا\u0653ب'),
    true,
    'composed and decomposed forms are the same',
  );
  t.equal(await accepts('ﬁn', 'fin'), false, 'compatibility forms are not');
});

t.test('any text that can be hashed verifies as itself and as nothing else', async (t) => {
  const { hasher } = hasherOf();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), async (one, other) => {
      const stored = await hasher.hash(one);
      const same = one.normalize('NFC') === other.normalize('NFC');
      return (
        (await hasher.verify(one, stored)).matches && (await hasher.verify(other, stored)).matches === same
      );
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('what cannot be hashed is refused at setting and never matches at signing in', async (t) => {
  const { hasher } = hasherOf();
  for (const secret of ['a'.repeat(longestSecret + 1), 'abc\ud800', '\udc00abc']) {
    await t.rejects(hasher.hash(secret), RangeError);
    t.equal(
      (await hasher.verify(secret, await hasher.hash(''))).matches,
      false,
      'not even as the empty text it stands for',
    );
  }
});

t.test('a guess costs one hash of today’s cost, whoever it is about', async (t) => {
  const cost = 7;
  const today = await hasherOf({ cost }).hasher.hash('Sarv7Boland9');
  const stored: Record<string, string | null> = {
    'a stored hash': today,
    nobody: null,
    'a hash of an older pepper': await hasherOf({ cost, peppers: [old] }).hasher.hash('Sarv7Boland9'),
    'a hash of a pepper that is gone': await hasherOf({ cost, peppers: [pepper('gone', 3)] }).hasher.hash(
      'x',
    ),
    'a hash of a lower cost': await hasherOf({ cost: 4 }).hasher.hash('Sarv7Boland9'),
    'a column that is no hash': 'plain',
  };
  for (const [name, value] of Object.entries(stored)) {
    for (const guess of ['Sarv7Boland9', 'wrong', '', 'x'.repeat(5000), 'x\ud800']) {
      const { hasher, jobs, rounds } = hasherOf({ cost });
      await hasher.verify(guess, value);
      t.equal(jobs.length, 1, `${name}: one place in the queue`);
      t.equal(rounds(), 2 ** cost, `${name}: as many rounds`);
    }
  }
});

t.test('nobody’s password matches', async (t) => {
  const { hasher } = hasherOf();
  for (const guess of ['', 'Sarv7Boland9', 'x'.repeat(5000)]) {
    t.same(await hasher.verify(guess, null), { matches: false, needsRehash: false });
  }
});

t.test('a hash is renewed after signing in when its cost or its pepper is not today’s', async (t) => {
  const now = hasherOf({ cost: 5 }).hasher;
  const cases: [string, string, boolean, boolean][] = [
    ['today’s', await now.hash('right'), true, false],
    ['lower cost', await hasherOf({ cost: 4 }).hasher.hash('right'), true, true],
    ['higher cost', await hasherOf({ cost: 6 }).hasher.hash('right'), true, true],
    ['older pepper', await hasherOf({ cost: 5, peppers: [old] }).hasher.hash('right'), true, true],
    ['lower cost, wrong guess', await hasherOf({ cost: 4 }).hasher.hash('other'), false, false],
  ];
  for (const [name, stored, matches, needsRehash] of cases) {
    t.same(await now.verify('right', stored), { matches, needsRehash }, name);
  }
});

t.test('a stolen hash is useless without its pepper', async (t) => {
  const stored = await hasherOf({ peppers: [old] }).hasher.hash('right');
  t.equal(
    (await hasherOf({ peppers: [current] }).hasher.verify('right', stored)).matches,
    false,
    'pepper unknown',
  );
  const impostor = pepper(old.id, 9);
  t.equal(
    (await hasherOf({ peppers: [impostor] }).hasher.verify('right', stored)).matches,
    false,
    'of the same name',
  );
  t.equal(compareSync('right', stored.slice('v1$2025$'.length)), false);
});

t.test('a hash of one kind never verifies as another', async (t) => {
  const stored = await hasherOf({ purpose: 'security-answers' }).hasher.hash('right');
  t.equal((await hasherOf().hasher.verify('right', stored)).matches, false);
  t.equal((await hasherOf({ purpose: 'security-answers' }).hasher.verify('right', stored)).matches, true);
});

t.test('reuse is seen in the newest five hashes, of whatever cost and pepper, in one job', async (t) => {
  const { hasher, jobs } = hasherOf();
  const ancient = await hasherOf({ peppers: [old], cost: 5 }).hasher.hash('ancient');
  const hashes = await Promise.all(['e', 'd', 'c', 'b'].map((password) => hasher.hash(password)));
  jobs.length = 0;
  t.equal(await hasher.isReused('ancient', [...hashes, ancient]), true);
  t.equal(jobs.length, 1);
  t.equal(await hasher.isReused('new', [...hashes, ancient]), false);
  t.equal(rememberedPasswords, 5);
  t.equal(
    await hasher.isReused('ancient', [...hashes, hashes[0] ?? '', ancient]),
    false,
    'the sixth is forgotten',
  );
  t.equal(await hasher.isReused('e', []), false);
});

t.test('a full queue turns callers away at once, and those in it are served', async (t) => {
  const pool = createHashPool({ concurrency: 1, queueLimit: 2, maxWaitSeconds: 60 });
  t.teardown(() => pool.close());
  const hasher = createSlowHasher({ pool, peppers: [current], cost: 8, purpose: 'password' });
  const stored = await hasher.hash('right');
  const verdicts = Array.from({ length: 6 }, () => hasher.verify('right', stored));
  t.same(
    { ...pool.metrics(), meanJobSeconds: 0 },
    { running: 1, waiting: 2, completed: 1, refused: 3, meanJobSeconds: 0 },
  );
  const settled = await Promise.allSettled(verdicts);
  t.same(
    settled.map(({ status }) => status),
    [...Array(3).fill('fulfilled'), ...Array(3).fill('rejected')],
  );
  for (const outcome of settled.slice(3)) {
    const { reason } = outcome as PromiseRejectedResult;
    t.ok(reason instanceof Problem);
    t.equal(reason.kind.code, 'busy');
    t.equal(reason.kind.status, 503);
    t.ok(reason.extras.retryAfterSeconds >= 1);
  }
  t.equal((await hasher.verify('right', stored)).matches, true, 'the queue has room again');
  t.match(pool.metrics(), { running: 0, waiting: 0, completed: 5, refused: 3 });
  t.ok(pool.metrics().meanJobSeconds > 0);
});

t.test('hashing takes place on threads of its own, so the event loop goes on', async (t) => {
  const pool = createHashPool({ concurrency: 1, queueLimit: 4, maxWaitSeconds: 60 });
  t.teardown(() => pool.close());
  let over = false;
  const work = pool.run({ kind: 'hash', input: 'x', cost: 10 }).then(() => {
    over = true;
  });
  let turns = 0;
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    turns += 1;
  }
  await work;
  t.ok(turns > 10, `${turns} turns of the event loop meanwhile`);
});

t.test('closing serves what is queued and may be asked for twice', async (t) => {
  const pool = createHashPool({ concurrency: 1, queueLimit: 4, maxWaitSeconds: 60 });
  const jobs = [1, 2, 3].map(() => pool.run({ kind: 'hash', input: 'x', cost: 6 }));
  await Promise.all([pool.close(), pool.close()]);
  for (const job of jobs) t.match(await job, /^\$2b\$06\$/);
});
