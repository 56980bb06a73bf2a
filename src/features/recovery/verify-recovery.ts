import type { Client } from '../../kernel/client.ts';
import type { Keyring } from '../../kernel/keyring.ts';
import { isCodeOf } from '../../kernel/one-time-code.ts';
import { Problem } from '../../kernel/problem.ts';
import { unansweredCounter } from '../../messaging/limits.ts';
import { notifyOwner, upgradeAnswersHash } from '../accounts/index.ts';
import { attemptsPerCode, type FlowKey, flowProblems } from '../flows/flow.ts';
import type { Quota } from '../quotas/quotas.ts';
import { assessProofs, toRequirement } from './methods.ts';
import type { GivenProof, NextStep, RecoveryDependencies } from './recovery.dependencies.ts';
import { recoveryProblems } from './recovery.problems.ts';
import type { Attempt } from './recovery.repository.ts';
import * as recoveries from './recovery.repository.ts';
import { stepProblem } from './step-problems.ts';

/** Failed proofs after which the owner is told, at most once a day. */
export const failuresBeforeWarning = 5;
const warningsPerDay: Quota = { limit: 1, windowSeconds: 24 * 60 * 60 };

/** Judges a guess that has been counted before, in the flow's challenge and in the account's quota. */
export async function verifyRecovery(
  deps: RecoveryDependencies,
  key: FlowKey,
  given: GivenProof,
  client: Client,
  proof: string | null,
): Promise<NextStep> {
  const { db, keyring, pressure } = deps;
  if (given.answers && pressure.isHigh()) await requireWork(deps, key, proof);
  const counted = await recoveries.countAttempt(db, key, client);
  if (!counted) throw await stepProblem(db, key, 'verification');
  const { consumed, attempt } = counted;
  if (!consumed.allowed) {
    throw new Problem(flowProblems.tooManyFailedProofs, { retryAfterSeconds: consumed.resetsInSeconds });
  }
  const right = await isRight(deps, attempt, given).catch(async (error: unknown) => {
    // Not judged, as the service is too busy for a hash: that costs no guess.
    await recoveries.withdrawAttempt(db, key, attempt);
    throw error;
  });
  if (!right && isEarlierCode(keyring, attempt, given.code)) {
    await recoveries.withdrawAttempt(db, key, attempt);
    throw new Problem(flowProblems.codeNotAccepted, {
      attemptsLeft: Math.max(0, attemptsPerCode - attempt.attempts + 1),
    });
  }
  if (!right) throw await refuseProof(deps, attempt, consumed.used, client);
  const step = await accept(deps, key, attempt);
  if (step) {
    await clearUnanswered(deps, attempt, client);
    return step;
  }
  // Right all the same, and a moment late: a double click is no failure.
  await recoveries.withdrawAttempt(db, key, attempt);
  throw await stepProblem(db, key, 'verification');
}

/** Nobody's proof is never right, and the time to find that out is everybody's. */
async function isRight(
  { db, keyring, securityAnswers }: RecoveryDependencies,
  attempt: Attempt,
  given: GivenProof,
): Promise<boolean> {
  const inTime = attempt.challengeLives && attempt.attempts <= attemptsPerCode;
  if (attempt.method !== 'questions') {
    const isCode = isCodeOf(keyring, 'recovery', attempt.challengeId, given.code ?? '');
    return isCode && inTime && attempt.accountId !== null;
  }
  const { accountId, answersHash } = attempt;
  const answers = given.answers ?? [];
  const { matches, needsRehash } = await securityAnswers.verify(answers, answersHash);
  if (needsRehash && accountId !== null && answersHash !== null) {
    await securityAnswers.renew(answers, (hash) => upgradeAnswersHash(db, accountId, answersHash, hash));
  }
  return matches && inTime;
}

/** A code of this very flow, sent for another method or replaced since: nobody guesses that. */
function isEarlierCode(
  keyring: Keyring,
  { method, earlierChallengeIds }: Attempt,
  code: string | undefined,
): boolean {
  if (method === 'questions' || code === undefined) return false;
  return earlierChallengeIds.some((id) => isCodeOf(keyring, 'recovery', id, code));
}

/** @throws {Problem} `proof-of-work-required` unless it was solved, on a device that the account does not know */
async function requireWork(
  { db, proofOfWork }: RecoveryDependencies,
  key: FlowKey,
  proof: string | null,
): Promise<void> {
  if (await recoveries.isOnKnownDevice(db, key)) return;
  const work = proofOfWork({ route: 'answers', subject: key.id, proof });
  if (!(await work.isDone())) throw await work.required();
}

/** Tells the owner of many wrong proofs; what is said to who gave one. */
async function refuseProof(
  deps: RecoveryDependencies,
  attempt: Attempt,
  failures: number,
  client: Client,
): Promise<Problem> {
  deps.pressure.noteFailure();
  await warnOfFailures(deps, { ...attempt, failures }, client);
  const { answersNotAccepted } = recoveryProblems;
  const kind = attempt.method === 'questions' ? answersNotAccepted : flowProblems.codeNotAccepted;
  return new Problem(kind, { attemptsLeft: Math.max(0, attemptsPerCode - attempt.attempts) });
}

/** A code was answered from where it was asked for: the network is no stranger's. */
async function clearUnanswered(
  { db, quotas }: RecoveryDependencies,
  { method, accountId }: Attempt,
  { network }: Client,
): Promise<void> {
  if (method === 'questions' || accountId === null) return;
  const { name, of } = unansweredCounter(method, accountId, network);
  await quotas.clear(db, name, of);
}

/** What the right proof leads to. `undefined`: another request was quicker. */
async function accept(
  { db, settings }: RecoveryDependencies,
  key: FlowKey,
  attempt: Attempt,
): Promise<NextStep | undefined> {
  const proved = [...attempt.provedMethods, attempt.method];
  const requirement = toRequirement(settings.assurance, attempt);
  const isAtDesk = attempt.branchRecoveryId !== null;
  const permits = isAtDesk || assessProofs({ ...requirement, proved }) === 'sufficient';
  const accepted = await recoveries.acceptProof(db, key, { attempt, permits });
  if (!accepted) return undefined;
  const { permissionExpiresAt } = accepted;
  if (permissionExpiresAt) return { next: 'set-password', permissionExpiresAt };
  const methods = settings.methods.filter((method) => !proved.includes(method));
  return methods.length > 0 ? { next: 'prove-another-method', methods } : { next: 'visit-branch' };
}

/** Tells the owner after repeated failures, whoever made them. Nobody is told with the same statements. */
async function warnOfFailures(
  { db, quotas, outbox }: RecoveryDependencies,
  of: { accountId: string | null; subject: Buffer; failures: number },
  client: Client,
): Promise<void> {
  if (of.failures < failuresBeforeWarning) return;
  await db.transaction().execute(async (trx) => {
    const consumed = await quotas.consume(trx, 'recovery-failure-notice', [of.subject], warningsPerDay);
    if (!consumed.allowed) return;
    const content = {
      purpose: 'recovery-failures',
      parameters: { network: client.coarseNetwork },
    } as const;
    await notifyOwner(outbox, trx, { accountId: of.accountId, client }, content);
  });
}
