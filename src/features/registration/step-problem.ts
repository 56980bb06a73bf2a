import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { Problem } from '../../kernel/problem.ts';
import { type FlowKey, flowProblems } from '../one-time-codes/index.ts';
import { findProgress } from './registration.repository.ts';

/** Why a step is not taken: it has been, its time has not come, or there is no such registration. */
export async function stepProblem(
  db: Kysely<Database>,
  key: FlowKey,
  step: 'verification' | 'completion',
): Promise<Problem> {
  const progress = await findProgress(db, key);
  if (!progress) return new Problem(flowProblems.notOpen);
  if (progress === 'completed') return new Problem(flowProblems.stepDone);
  const isNext = step === 'completion' ? progress === 'verified' : progress === 'started';
  // Another request was quicker, and has gone back on it.
  if (isNext) return new Problem(flowProblems.notOpen);
  return new Problem(step === 'completion' ? flowProblems.stepNotOpen : flowProblems.stepDone);
}
