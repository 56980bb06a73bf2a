import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../../src/database/connection.ts';
import { createOutbox } from '../../../src/messaging/outbox.ts';

export type Load = Readonly<{ messages: number; enqueueForMs: number }>;

export const enqueuers = 4;
const rollbackShare = 0.1;

const numberOf = (index: number) => `+98912${String(index).padStart(7, '0')}`;

class RolledBack extends Error {}

/**
 * Enqueues evenly over the planned time, and beside it messages whose cause fails. Returns how many failed:
 * their numbers follow those of the others.
 */
export async function enqueueAll(connection: Connection, plan: Load, random: () => number): Promise<number> {
  let next = 0;
  let rolledBack = 0;
  const started = performance.now();
  const enqueueSome = async () => {
    while (next < plan.messages) {
      const index = next;
      next += 1;
      const due = started + (index / plan.messages) * plan.enqueueForMs;
      await sleep(Math.max(0, due - performance.now()));
      await enqueueOnce(connection, index);
      if (random() < rollbackShare) {
        rolledBack += 1;
        await enqueue(connection, plan.messages + index, { fails: true }).catch(() => {});
      }
    }
  };
  await Promise.all(Array.from({ length: enqueuers }, enqueueSome));
  return rolledBack;
}

/** Tries until it is there: a commit whose answer is lost may have happened or not, which only the table knows. */
async function enqueueOnce(connection: Connection, index: number): Promise<void> {
  for (;;) {
    try {
      const isThere = await connection.db
        .selectFrom('message')
        .select('id')
        .where('destination', '=', numberOf(index))
        .executeTakeFirst();
      return isThere ? undefined : await enqueue(connection, index, { fails: false });
    } catch {
      await sleep(100);
    }
  }
}

async function enqueue({ db }: Connection, index: number, { fails }: { fails: boolean }): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await createOutbox().enqueue(trx, {
      channel: 'sms',
      purpose: 'registration-code',
      locale: 'fa',
      accountId: null,
      destination: numberOf(index),
      challengeId: `0198a1b2-0000-7000-8000-${String(index).padStart(12, '0')}`,
      usefulForSeconds: 600,
    });
    if (fails) throw new RolledBack();
  });
}
