import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { Problem } from '../../kernel/problem.ts';
import { type FlowKey, flowProblems, resendProblem } from '../one-time-codes/index.ts';
import { deskMethod, getChannel } from './methods/index.ts';
import { recoveryProblems } from './recovery.problems.ts';
import * as recoveries from './recovery.repository.ts';

/** Why a step is not taken: it has been, its time has not come, or there is no such recovery. */
export async function stepProblem(
  db: Kysely<Database>,
  key: FlowKey,
  step: 'verification' | 'password',
): Promise<Problem> {
  const flow = await recoveries.findOpenRecovery(db, key);
  if (!flow) return noFlow(db, key);
  if (step === 'password') {
    // Proved, and yet no permission: what it rested on has been ended.
    return new Problem(flow.provedAt ? flowProblems.notOpen : flowProblems.stepNotOpen);
  }
  const isDone = flow.provedMethods.length > 0 && !flow.challengeId;
  return new Problem(isDone ? flowProblems.stepDone : flowProblems.stepNotOpen);
}

async function noFlow(db: Kysely<Database>, key: FlowKey): Promise<Problem> {
  return new Problem((await recoveries.isCompleted(db, key)) ? flowProblems.stepDone : flowProblems.notOpen);
}

/** Why no code was sent, or no answers are asked for. */
export async function challengeProblem(
  db: Kysely<Database>,
  key: FlowKey,
  { method, isOffered }: recoveries.AskedMethod,
): Promise<Problem> {
  const flow = await recoveries.findOpenRecovery(db, key);
  if (!flow) return isOffered ? noFlow(db, key) : new Problem(recoveryProblems.methodNotOffered);
  if (flow.provedAt) return new Problem(flowProblems.stepDone);
  const isPossible = flow.branchRecoveryId === null ? isOffered : method === deskMethod;
  const comesLater = flow.inTwoSteps && flow.provedMethods.length === 0 && getChannel(method) !== null;
  if (!isPossible || comesLater || flow.provedMethods.includes(method))
    return new Problem(recoveryProblems.methodNotOffered);
  return (await resendProblem(db, recoveries.toCodeRow(key))) ?? noFlow(db, key);
}
