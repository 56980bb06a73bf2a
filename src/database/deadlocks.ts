import type { Kysely, Transaction } from 'kysely';
import type { Database } from './schema.ts';

const deadlock = '40P01';
/** More in a row are no chance meeting. */
export const deadlockAttempts = 5;

/** Whether PostgreSQL ended this transaction because it and others waited for each other in a circle. */
export const isDeadlock = (error: unknown): boolean => (error as { code?: string }).code === deadlock;

/** A transaction that is begun again where it met others in a deadlock: which of them PostgreSQL ends is chance. */
export async function transactThroughDeadlocks<T>(
  db: Kysely<Database>,
  work: (trx: Transaction<Database>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (!isDeadlock(error) || attempt === deadlockAttempts) throw error;
    }
  }
}
