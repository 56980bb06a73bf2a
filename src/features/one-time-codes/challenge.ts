import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Keyring } from '../../kernel/keyring.ts';
import { type CodePurpose, isCodeOf } from '../../kernel/one-time-code.ts';
import { Problem } from '../../kernel/problem.ts';
import { type Counter, consumeAll, refundUses } from '../quotas/sliding-quotas.ts';
import {
  type CodeRow,
  findPause,
  type Guess,
  type OpenedChallenge,
  refundGuess,
} from './challenge.repository.ts';
import { attemptsPerCode, flowProblems, resendPauseSeconds, sendsPerFlow } from './flow.ts';

/** What is said of a challenge to who is to answer it. */
export const toChallengeView = ({
  codeExpiresAt,
  sends,
  attempts,
}: Pick<OpenedChallenge, 'codeExpiresAt' | 'sends' | 'attempts'>) => ({
  codeExpiresAt,
  resendInSeconds: resendPauseSeconds(sends),
  attemptsLeft: toAttemptsLeft(attempts),
});

export const toAttemptsLeft = (attempts: number): number => Math.max(0, attemptsPerCode - attempts);

/** Why a code is not sent again; `null` when there is no such open row. */
export async function resendProblem(db: Kysely<Database>, row: CodeRow): Promise<Problem | null> {
  const pause = await findPause(db, row);
  if (!pause) return null;
  const isUsedUp = pause.sends >= sendsPerFlow;
  return new Problem(isUsedUp ? flowProblems.tooManyMessages : flowProblems.resendTooEarly, {
    retryAfterSeconds: Math.max(1, isUsedUp ? pause.endsInSeconds : (pause.resendInSeconds ?? 0)),
  });
}

/** Whether it is the code of the challenge, in time and one of the guesses that there are. Takes as long if it is not. */
export function judgeCode(
  keyring: Keyring,
  purpose: CodePurpose,
  { challengeId, isJudged }: Guess,
  code: string,
): boolean {
  return isCodeOf(keyring, purpose, challengeId, code) && isJudged;
}

/**
 * Counts a guess, which its challenge has counted, in what its owner has of them, and judges it. Refunded there if it is
 * right, and in the challenge too if it could not be judged.
 * @throws {Problem} `too-many-failed-proofs`, and what `judge` throws
 */
export async function judgeGuess(
  db: Kysely<Database>,
  {
    row,
    guess,
    counters,
  }: Readonly<{ row: CodeRow; guess: Guess; counters: readonly [Counter, ...Counter[]] }>,
  judge: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const counted = guess.isJudged ? await consumeAll(db, counters) : null;
  if (counted && !counted.allowed) {
    await refundGuess(db, row, guess);
    throw new Problem(flowProblems.tooManyFailedProofs, { retryAfterSeconds: counted.resetsInSeconds });
  }
  const charged = counted?.charged ?? [];
  let isRight: boolean;
  try {
    isRight = await judge();
  } catch (error) {
    await refundGuess(db, row, guess);
    await refundUses(db, charged);
    throw error;
  }
  if (isRight) await refundUses(db, charged);
  return isRight;
}

/** What is said to who gave a wrong code. */
export const codeRefusal = ({ attempts }: Pick<Guess, 'attempts'>): Problem =>
  new Problem(flowProblems.codeNotAccepted, { attemptsLeft: toAttemptsLeft(attempts) });
