import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createHashPool } from '../../src/features/passwords/hash-pool.ts';
import { createSlowHasher } from '../../src/features/passwords/hashing.ts';
import { prepareKey, rotateKeys } from '../../src/kernel/key-rotation.ts';
import { asKeys } from '../../src/settings/parsers.ts';
import { entry } from '../support/command.ts';

const now = new Date('2026-11-22T10:15:30.5Z');
const later = new Date('2027-01-01T00:00:00Z');
const idsOf = (list: string) => asKeys(list).map(({ id }) => id);
const key = (id: string) => `${id}:${Buffer.alloc(32, id).toString('base64')}`;

t.test('a new key issues at once where none was prepared', async (t) => {
  const list = rotateKeys(key('dev'), { now, keep: 3 });
  t.same(idsOf(list), ['k20261122t101530', 'dev']);
  t.ok(list.endsWith(key('dev')), 'what was there stays as it was');
  t.not(list, rotateKeys(key('dev'), { now, keep: 3 }), 'a key is random');
});

t.test('a prepared key verifies first and issues after the rotation', async (t) => {
  const prepared = prepareKey(`${key('k20260101')}, ${key('k20250101')}`, now);
  t.same(idsOf(prepared), ['k20260101', 'k20261122t101530', 'k20250101']);
  const rotated = rotateKeys(prepared, { now: later, keep: 3 });
  t.same(idsOf(rotated), ['k20261122t101530', 'k20260101', 'k20250101']);
  t.same(idsOf(rotateKeys(rotated, { now: later, keep: 3 })), [
    'k20270101t000000',
    'k20261122t101530',
    'k20260101',
  ]);
});

t.test('ids are never given twice, and an older key never issues again', async (t) => {
  let list = key('zebra');
  const given: string[] = [];
  for (let again = 0; again < 40; again += 1) {
    list = again % 3 === 0 ? prepareKey(list, now) : rotateKeys(list, { now, keep: 2 });
    given.push(...idsOf(list).filter((id) => !given.includes(id)));
    t.match(list, /^[^,]+(,[^,]+){0,2}$/);
  }
  const ours = given.filter((id) => id !== 'zebra');
  t.same(ours, ours.toSorted(), 'each is after all before it, those that were dropped too');
  t.equal(ours[0], 'k20261122t101530');
  for (const id of ours) t.match(id, /^k\d{8}t\d{6}$/);
  t.same(idsOf(rotateKeys(prepareKey(key('zebra'), now), { now, keep: 2 })), ['k20261122t101530', 'zebra']);
});

function keys(environment: Readonly<Record<string, string>>, ...args: string[]) {
  const env = { PATH: process.env.PATH, ...environment };
  return spawnSync(process.execPath, [entry, 'keys', ...args], { env, encoding: 'utf8' });
}

t.test('replicas take new peppers one after the other, and each lets everybody in', async (t) => {
  const pool = createHashPool({ concurrency: 1, queueLimit: 64, maxWaitSeconds: 60 });
  t.teardown(() => pool.close());
  const replica = (list: string) =>
    createSlowHasher({ pool, peppers: asKeys(list), cost: 4, purpose: 'password' });
  /** Whether what either of them hashes is right for the other one. */
  const agree = async (one: string, other: string) => {
    const [a, b] = [replica(one), replica(other)];
    const [byA, byB] = [await a.hash('Sarv7Boland9'), await b.hash('Sarv7Boland9')];
    const verdicts = [await a.verify('Sarv7Boland9', byB), await b.verify('Sarv7Boland9', byA)];
    return verdicts.every(({ matches }) => matches);
  };
  const step = (list: string, name: string) => {
    const { stdout, status } = keys({ PASSWORD_PEPPERS: list }, name, '--peppers');
    t.equal(status, 0);
    return stdout.trim();
  };
  const before = key('k20260101');
  const prepared = step(before, 'prepare');
  const rotated = step(prepared, 'rotate');
  t.same(idsOf(prepared), idsOf(rotated).reverse());
  t.equal(await agree(before, prepared), true, 'while it is put behind the first');
  t.equal(await agree(prepared, rotated), true, 'while it is put in front');
  t.equal(await agree(before, rotated), false, 'which is why it takes two steps');
  t.match(await replica(rotated).verify('Sarv7Boland9', await replica(before).hash('Sarv7Boland9')), {
    matches: true,
    needsRehash: true,
  });
});

t.test('no pepper is ever dropped', async (t) => {
  let list = key('zebra');
  for (let again = 0; again < 4; again += 1) {
    list = keys({ PASSWORD_PEPPERS: list }, 'rotate', '--peppers').stdout.trim();
  }
  t.equal(idsOf(list).length, 5);
  t.equal(keys({ PASSWORD_PEPPERS: list }, 'rotate', '--peppers', '--keep', '2').status, 2);
  t.same(keys({ PASSWORD_PEPPERS: list }, 'list', '--peppers').stdout.trim().split('\n'), idsOf(list));
});

t.test('who could read the file can read what it becomes', async (t) => {
  const file = join(t.testdir({ keys: key('a') }), 'keys');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(file, 1000, 1001);
  for (const mode of [0o444, 0o640, 0o600]) {
    chmodSync(file, mode);
    t.equal(keys({ SECRET_KEYS_FILE: file }, 'rotate').status, 0);
    const after = statSync(file);
    t.equal(after.mode & 0o777, mode);
    if (isRoot) t.match(after, { uid: 1000, gid: 1001 });
  }
  t.equal(idsOf(readFileSync(file, 'utf8')).length, 3);
});

t.test('what cannot be read is said as it is', async (t) => {
  const folder = t.testdir();
  const damaged = join(folder, 'damaged');
  writeFileSync(damaged, 'hidden');
  for (const [environment, reason] of [
    [{ SECRET_KEYS_FILE: join(folder, 'nowhere') }, /^ENOENT: .*nowhere'/],
    [{ SECRET_KEYS_FILE: folder }, /^EISDIR/],
    [{ SECRET_KEYS_FILE: damaged }, /^SECRET_KEYS must be a list like/],
    [{ SECRET_KEYS: 'a:hidden' }, /^SECRET_KEYS must be at least 32 random bytes/],
    [{}, /^neither SECRET_KEYS_FILE nor SECRET_KEYS is set/],
    [{ SECRET_KEYS: key('a'), SECRET_KEYS_FILE: damaged }, /^SECRET_KEYS is given twice/],
  ] as const) {
    const { status, stderr } = keys(environment, 'rotate');
    t.equal(status, 1);
    t.match(stderr, reason);
    t.notMatch(stderr, /hidden|DATA_DIRECTORY|\n +at /);
  }
});

t.test('nothing is read or written but what was named', async (t) => {
  const folder = join(t.testdir(), 'data');
  for (const options of [['list'], ['list', '--development'], ['rotate', '--development']]) {
    t.equal(keys({ DATA_DIRECTORY: folder }, ...options).status, 1, options.join(' '));
  }
  t.notOk(existsSync(folder), 'no folder is made');
  const { status, stdout } = keys({ SECRET_KEYS: key('a') }, 'rotate', '--dry-run');
  t.equal(status, 0);
  t.match(stdout, /^would be: k\d{8}t\d{6}, a\n$/);
});

t.test('a rotation that was not prepared is warned of, and what is dropped is said', async (t) => {
  const three = [key('k20260103'), key('k20260102'), key('k20260101')].join(',');
  const unprepared = keys({ SECRET_KEYS: three }, 'rotate');
  t.match(unprepared.stderr, /^no key was prepared: /);
  t.match(unprepared.stderr, /^dropped: k20260101;/m);
  t.equal(idsOf(unprepared.stdout.trim()).length, 3);
  const prepared = keys({ SECRET_KEYS: key('a') }, 'prepare').stdout.trim();
  t.match(keys({ SECRET_KEYS: prepared }, 'rotate'), { status: 0, stderr: '' });
});
