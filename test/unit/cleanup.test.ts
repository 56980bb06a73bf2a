import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import pino from 'pino';
import t from 'tap';
import { startCleanup } from '../../src/composition/cleanup.ts';
import type { Database } from '../../src/database/schema.ts';

const none = {} as Kysely<Database>;
const log = pino({ level: 'silent' });

t.test(
  'rounds of cleanups never pile up behind one that hangs, and the end waits for one cleanup only',
  async (t) => {
    let began = 0;
    let later = 0;
    let release = () => {};
    const hang = new Promise<void>((resolve) => {
      release = resolve;
    });
    const cleanups = {
      hanging: async () => {
        began += 1;
        await hang;
        return 0;
      },
      later: async () => {
        later += 1;
        return 0;
      },
    };
    const stop = startCleanup(none, cleanups, log, 0.01);
    const waiting = setTimeout(() => {}, 1_000);
    await sleep(200);
    const stopped = stop();
    release();
    await stopped;
    clearTimeout(waiting);
    t.equal(began, 1);
    t.equal(later, 0, 'nothing begins after the end was asked for');
  },
);

t.test('a cleanup that fails keeps neither the others nor the next round', async (t) => {
  const cleaned: string[] = [];
  const stop = startCleanup(
    none,
    {
      failing: async () => {
        cleaned.push('failing');
        throw new Error('no such table');
      },
      working: async () => cleaned.push('working'),
    },
    log,
    0.01,
  );
  await sleep(200);
  await stop();
  t.ok(cleaned.length >= 4, 'again and again');
  t.same(cleaned.slice(0, 4), ['failing', 'working', 'failing', 'working']);
});
