import type { Caller } from '../../kernel/caller.ts';
import type { Keyring } from '../../kernel/keyring.ts';
import { isCodeOf } from '../../kernel/one-time-code.ts';
import { Problem } from '../../kernel/problem.ts';
import { unansweredCounter } from '../../messaging/limits.ts';
import { notifyOwner, upgradeAnswersHash } from '../accounts/index.ts';
import { type FlowKey, flowProblems, judgeCode, toAttemptsLeft } from '../one-time-codes/index.ts';
import type { Quota } from '../quotas/quotas.ts';
import { refundUses } from '../quotas/sliding-quotas.ts';
import { assessProofs, toRequirement } from './assurance.ts';
import type { Attempt, CountedAttempt } from './guesses.repository.ts';
import * as recoveries from './guesses.repository.ts';
import { getChannel, withoutKindsOf } from './methods/index.ts';
import type { GivenProof, NextStep, RecoveryDependencies } from './recovery.dependencies.ts';
import { recoveryProblems } from './recovery.problems.ts';
import { stepProblem } from './step-problems.ts';
import { askForAnswersFirst, takeAnswersSilently } from './two-steps.repository.ts';

/** Failed proofs after which the owner is told, at most once a day. */
export const failuresBeforeWarning = 5;
const warningsPerDay: Quota = { limit: 1, windowSeconds: 24 * 60 * 60 };

/**
 * Judges a guess that has been counted before, in the flow's challenge and in what the person has of them. Where that is
 * used up nothing closes: answers are taken without a word, then a code decides both.
 * @throws {Problem} `proof-of-work-required`, `code-not-accepted`, `answers-not-accepted`, `too-many-failed-proofs` (at a
 * branch, and of answers after a code), `step-done`, `step-not-open`, `flow-not-open`, `busy`
 */
export async function verifyRecovery(
  deps: RecoveryDependencies,
  key: FlowKey,
  given: GivenProof,
  caller: Caller,
  proof: string | null,
): Promise<NextStep> {
  const { db } = deps;
  const guess = await countGuess(deps, key, { given, caller, proof });
  const { attempt, counted } = guess;
  // A desk's guesses, and answers after a code, are no strangers': nothing has to be hidden.
  const isOwn = attempt.branchRecoveryId !== null || attempt.provedMethods.length > 0;
  if (!counted.allowed && isOwn) {
    await recoveries.withdrawAttempt(db, key, guess);
    throw new Problem(flowProblems.tooManyFailedProofs, { retryAfterSeconds: counted.resetsInSeconds });
  }
  if (getChannel(attempt.method) === null && !attempt.isInTime) {
    // Too late is no secret, and no guess.
    await recoveries.withdrawAttempt(db, key, guess);
    const attemptsLeft = toAttemptsLeft(attempt.attempts - 1);
    throw new Problem(recoveryProblems.answersNotAccepted, { attemptsLeft });
  }
  if (await isWithoutAWord(deps, guess)) return takeSilently(deps, key, guess, given, caller);
  const isRight = await judge(deps, key, guess, { ...given, renews: true });
  if (!isRight) throw await refuseProof(deps, guess, caller);
  const step = await accept(deps, key, guess);
  if (step) {
    await clearUnanswered(deps, attempt, caller);
    return step;
  }
  // Right all the same, and a moment late: a double click is no failure.
  await recoveries.withdrawAttempt(db, key, guess);
  throw await stepProblem(db, key, 'verification');
}

/** @throws {Problem} `proof-of-work-required`, which counts nothing, and what stands in the way of the step */
async function countGuess(
  { db, pressure, proofOfWork }: RecoveryDependencies,
  key: FlowKey,
  { given, caller, proof }: Readonly<{ given: GivenProof; caller: Caller; proof: string | null }>,
): Promise<CountedAttempt> {
  const work = proofOfWork({ route: 'recovery-proof', subject: key.id, proof });
  const isOfAnswers = given.answers !== undefined;
  const guess = { isOfAnswers, isWorkDone: await work.isDone() };
  const isDear = isOfAnswers && !guess.isWorkDone && (await pressure.isHigh());
  if (isDear && (await recoveries.isStartedElsewhere(db, key))) throw await work.required();
  const counted = await recoveries.countAttempt(db, key, caller, guess);
  if (counted) return counted;
  if (!guess.isWorkDone && (await recoveries.isWorkMissing(db, key, guess))) throw await work.required();
  throw await stepProblem(db, key, 'verification');
}

/** Whether it may not be told if this very guess is right: the code after it decides. */
async function isWithoutAWord(
  { pressure }: RecoveryDependencies,
  { attempt: { method, provedMethods, inTwoSteps, isElsewhere }, counted }: CountedAttempt,
): Promise<boolean> {
  if (provedMethods.length > 0) return false;
  if (!counted.allowed || inTwoSteps) return true;
  return getChannel(method) === null && isElsewhere && pressure.areAnswersGuessed();
}

/** The same for everybody, right or wrong. A code is not looked at: answers come first. */
async function takeSilently(
  deps: RecoveryDependencies,
  key: FlowKey,
  guess: CountedAttempt,
  given: GivenProof,
  caller: Caller,
): Promise<NextStep> {
  const { db, pressure, settings } = deps;
  const { attempt, counted } = guess;
  // What is not told is no guess.
  await refundUses(db, counted.charged);
  if (!counted.allowed) await warnOfFailures(deps, { ...attempt, failures: failuresBeforeWarning }, caller);
  const isOfAnswers = getChannel(attempt.method) === null;
  let isTaken: boolean;
  if (isOfAnswers) {
    // Not renewed: a second hash would tell the right ones.
    const uncharged = { attempt, counted: { ...counted, charged: [] } };
    const areRight = await judge(deps, key, uncharged, { ...given, renews: false });
    await pressure.noteGuess({ at: 'answers', isRight: areRight });
    isTaken = await takeAnswersSilently(db, key, { attempt, areRight });
  } else {
    isTaken = await askForAnswersFirst(db, key, attempt);
  }
  if (!isTaken) throw await stepProblem(db, key, 'verification');
  const methods = settings.methods.filter((method) => (getChannel(method) === null) !== isOfAnswers);
  return methods.length > 0 ? { next: 'prove-another-method', methods } : { next: 'visit-branch' };
}

/** Whether the proof is right. What costs no guess is taken back. @throws {Problem} `busy`, `code-not-accepted` */
async function judge(
  deps: RecoveryDependencies,
  key: FlowKey,
  guess: CountedAttempt,
  given: GivenProof & Readonly<{ renews: boolean }>,
): Promise<boolean> {
  const { db, keyring } = deps;
  const { attempt } = guess;
  const isRight = await isRightProof(deps, attempt, given).catch(async (error: unknown) => {
    // Not judged, as the service is too busy for a hash.
    await recoveries.withdrawAttempt(db, key, guess);
    throw error;
  });
  if (isRight || !isEarlierCode(keyring, attempt, given.code)) return isRight;
  await recoveries.withdrawAttempt(db, key, guess);
  const attemptsLeft = toAttemptsLeft(attempt.attempts - 1);
  throw new Problem(flowProblems.codeNotAccepted, { attemptsLeft });
}

/** Nobody's proof is never right, and the time to find that out is everybody's. */
async function isRightProof(
  { db, keyring, securityAnswers }: RecoveryDependencies,
  attempt: Attempt,
  given: GivenProof & Readonly<{ renews: boolean }>,
): Promise<boolean> {
  if (getChannel(attempt.method) !== null) {
    return judgeCode(keyring, 'recovery', attempt, given.code ?? '') && attempt.accountId !== null;
  }
  const { accountId, answersHash } = attempt;
  const answers = given.answers ?? [];
  const { matches, needsRehash } = await securityAnswers.verify(answers, answersHash);
  if (given.renews && needsRehash && accountId !== null && answersHash !== null) {
    await securityAnswers.renew(answers, (hash) => upgradeAnswersHash(db, accountId, answersHash, hash));
  }
  return matches && attempt.isJudged;
}

/** A code of this very flow, sent for another method or replaced since: nobody guesses that. */
function isEarlierCode(
  keyring: Keyring,
  { method, earlierChallengeIds }: Attempt,
  code: string | undefined,
): boolean {
  if (getChannel(method) === null || code === undefined) return false;
  return earlierChallengeIds.some((id) => isCodeOf(keyring, 'recovery', id, code));
}

/** Tells the owner of many wrong proofs; what is said to who gave one. */
async function refuseProof(
  deps: RecoveryDependencies,
  { attempt, counted }: CountedAttempt,
  caller: Caller,
): Promise<Problem> {
  const isOfAnswers = getChannel(attempt.method) === null;
  if (isOfAnswers) await deps.pressure.noteGuess({ at: 'answers', isRight: false });
  await warnOfFailures(deps, { ...attempt, failures: Math.max(counted.used, attempt.attempts) }, caller);
  const kind = isOfAnswers ? recoveryProblems.answersNotAccepted : flowProblems.codeNotAccepted;
  return new Problem(kind, { attemptsLeft: toAttemptsLeft(attempt.attempts) });
}

/** A code was answered from where it was asked for: the network is no stranger's. */
async function clearUnanswered(
  { db, quotas }: RecoveryDependencies,
  { method, subject }: Attempt,
  { network }: Caller,
): Promise<void> {
  const channel = getChannel(method);
  if (channel === null) return;
  const { name, of } = unansweredCounter(channel, subject.toString('base64url'), network);
  await quotas.clear(db, name, of);
}

/** What the right proof leads to. `undefined`: another request was quicker. */
async function accept(
  { db, settings }: RecoveryDependencies,
  key: FlowKey,
  guess: CountedAttempt,
): Promise<NextStep | undefined> {
  const { attempt } = guess;
  const proved = [...attempt.provedMethods, attempt.method];
  const requirement = toRequirement(settings.assurance, attempt);
  const isAtDesk = attempt.branchRecoveryId !== null;
  const permits = isAtDesk || assessProofs({ ...requirement, proved }) === 'sufficient';
  const accepted = await recoveries.acceptProof(db, key, guess, permits);
  if (!accepted) return undefined;
  const { permissionExpiresAt } = accepted;
  if (permissionExpiresAt) return { next: 'set-password', permissionExpiresAt };
  const methods = withoutKindsOf(settings.methods, proved);
  return methods.length > 0 ? { next: 'prove-another-method', methods } : { next: 'visit-branch' };
}

/** Tells the owner after repeated failures, whoever made them. Nobody is told with the same statements. */
async function warnOfFailures(
  { db, quotas, outbox }: RecoveryDependencies,
  of: { accountId: string | null; subject: Buffer; failures: number },
  caller: Caller,
): Promise<void> {
  if (of.failures < failuresBeforeWarning) return;
  await db.transaction().execute(async (trx) => {
    const consumed = await quotas.consume(trx, 'recovery-failure-notice', [of.subject], warningsPerDay);
    if (!consumed.allowed) return;
    await notifyOwner(outbox, trx, { accountId: of.accountId, caller }, { purpose: 'recovery-failures' });
  });
}
