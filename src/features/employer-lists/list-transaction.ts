import type pg from 'pg';
import { deadlockAttempts, isDeadlock } from '../../database/deadlocks.ts';
import { RegisterBusyError } from './register.repository.ts';

/** A long list takes longer than a request may, and reading it keeps the connection idle in between. */
const statementTimeoutMs = 10 * 60 * 1000;
const foreignKeyViolation = '23503';

/** Thrown to leave the work without its changes, with its result all the same. */
export class Undo<T> extends Error {
  override readonly name = 'Undo';
  readonly result: T;

  constructor(result: T) {
    super('undone');
    this.result = result;
  }
}

export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(
      `begin; set local statement_timeout = ${statementTimeoutMs}; set local idle_in_transaction_session_timeout = ${statementTimeoutMs}`,
    );
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Runs the work whole or not at all inside the caller's transaction, which goes on either way, and repeats it
 * where it met others at the same work. Locks that the work took are gone with its changes.
 * @param work is told whether to lock the register before anything else
 */
export async function wholeOrNothing<T>(
  client: pg.PoolClient,
  work: (lockFirst: boolean) => Promise<T>,
): Promise<T> {
  let lockFirst = false;
  for (let attempt = 1; ; attempt += 1) {
    await client.query('savepoint whole_or_nothing');
    try {
      const result = await work(lockFirst);
      await client.query('release savepoint whole_or_nothing');
      return result;
    } catch (error) {
      await client.query('rollback to savepoint whole_or_nothing');
      if (error instanceof Undo) return error.result as T;
      const isBusy = isRegisterBusy(error);
      // Lists that share people in odd ways may still deadlock.
      if ((!isBusy && !isDeadlock(error)) || attempt === deadlockAttempts) throw error;
      lockFirst ||= isBusy;
    }
  }
}

/** Also when who was looked up has become part of somebody else before a row could be said to mean them. */
function isRegisterBusy(error: unknown): boolean {
  if (error instanceof RegisterBusyError) return true;
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === foreignKeyViolation && constraint === 'employer_list_row_person_person_fk';
}
