import t from 'tap';
import { prepareKey, rotateKeys } from '../../src/kernel/key-rotation.ts';
import { asKeys } from '../../src/settings.ts';

const day = '20261122';
const idsOf = (list: string) => asKeys(list).map(({ id }) => id);
const key = (id: string) => `${id}:${Buffer.alloc(32, id).toString('base64')}`;

t.test('a new key issues at once where none was prepared', async (t) => {
  const list = rotateKeys(key('dev'), { day, keep: 3 });
  t.same(idsOf(list), ['k20261122', 'dev']);
  t.ok(list.endsWith(key('dev')), 'what was there stays as it was');
  t.not(list, rotateKeys(key('dev'), { day, keep: 3 }), 'a key is random');
});

t.test('a prepared key verifies first and issues after the rotation', async (t) => {
  const prepared = prepareKey(`${key('k20260101')}, ${key('k20250101')}`, day);
  t.same(idsOf(prepared), ['k20260101', 'k20261122', 'k20250101']);
  const rotated = rotateKeys(prepared, { day: '20261123', keep: 3 });
  t.same(idsOf(rotated), ['k20261122', 'k20260101', 'k20250101']);
  t.same(idsOf(rotateKeys(rotated, { day: '20270101', keep: 3 })), ['k20270101', 'k20261122', 'k20260101']);
});

t.test('ids are not used twice, and an older key never issues again', async (t) => {
  let list = key('zebra');
  for (let again = 0; again < 4; again += 1) list = rotateKeys(list, { day, keep: 10 });
  t.same(idsOf(list), ['k20261122-4', 'k20261122-3', 'k20261122-2', 'k20261122', 'zebra']);
  t.same(idsOf(rotateKeys(prepareKey(key('zebra'), day), { day, keep: 2 })), ['k20261122', 'zebra']);
});
