import t from 'tap';
import { createTestDatabase } from '../support/database.ts';
import { runChaos } from './chaos/chaos.ts';

/** Most of it is waiting for the dead to be missed. */
t.setTimeout(100_000);

t.test(
  'with killed workers, failing providers and a database that goes away no message is lost',
  async (t) => {
    const { url, drop } = await createTestDatabase();
    t.teardown(drop);
    const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);
    const report = await runChaos({
      messages: 200,
      databaseUrl: () => url,
      hangs: false,
      enqueueForMs: 4_000,
      killEveryMs: 1_300,
      cutEveryMs: 1_800,
      giveUpAfterMs: 60_000,
      seed,
    });
    t.comment(`CHAOS_SEED=${seed}`, report);
    t.same(report.lost, []);
    t.equal(report.unfinished, 0);
    t.same(report.phantoms, [], 'what was rolled back is not sent');
    t.same(report.duplicatesUnexplained, [], 'twice only where an answer was lost or a worker died');
    t.same(report.sentElsewhere, [], 'no other provider after an open outcome');
    t.same(report.changedTexts, [], 'every repeat is the same message');
    t.ok(report.committed === 200 && report.kills > 0 && report.cuts > 0, 'there was trouble');
    t.equal(report.crashes, 0, 'no worker fell over a database that went away');
    t.same(report.exitCodes, [0, 0], 'workers end cleanly when asked to');
  },
);
