import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { Problem } from '../../kernel/problem.ts';
import { flowProblems, sendsPerFlow } from './flow.ts';
import { type CodeRow, findPause } from './one-time-codes.repository.ts';

/** Why a code is not sent again; `null` when there is no such open row. */
export async function resendProblem(db: Kysely<Database>, row: CodeRow): Promise<Problem | null> {
  const pause = await findPause(db, row);
  if (!pause) return null;
  const isUsedUp = pause.sends >= sendsPerFlow;
  return new Problem(isUsedUp ? flowProblems.tooManyMessages : flowProblems.resendTooEarly, {
    retryAfterSeconds: Math.max(1, isUsedUp ? pause.endsInSeconds : pause.resendInSeconds),
  });
}
