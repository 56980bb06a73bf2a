import { sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import { isCodeOf } from '../../kernel/one-time-code.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { channels, isAddressKind, type Kind } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import {
  attemptsPerCode,
  codeTtlSeconds,
  countGuess,
  countProof,
  flowProblems,
  refundGuess,
  sendsPerDay,
} from '../one-time-codes/index.ts';
import { ownFailures } from '../quotas/failures.ts';
import { type Counter, refundUses } from '../quotas/sliding-quotas.ts';
import * as flows from './contact-flows.repository.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { contactProblems } from './contacts.problems.ts';

/** Codes and answers of changes and bars that somebody signed in fails at. */
export const contactProofs = ({ counterKey }: ContactDependencies, accountId: string): Counter => ({
  key: counterKey('contact-proofs', accountId),
  quota: ownFailures,
});

/** Counts a guess, then judges it. @throws {Problem} unless it is the right code, in time */
export async function judgeCode(
  deps: ContactDependencies,
  key: flows.ContactFlowKey,
  code: string,
  caller: Caller,
): Promise<{ challengeId: string; destination: string | null }> {
  const { db, keyring } = deps;
  const { accountId } = key.principal;
  const row = flows.toCodeRow(key);
  const columns = sql<{ destination: string | null; kind: Kind }>`destination, kind`;
  const guess = await countGuess(db, row, columns);
  if (!guess) throw await notOpen(deps, key);
  const { challengeId, attempts, destination } = guess;
  // Where answers are asked for no code was sent, and none is right.
  const isJudged = guess.isJudged && isAddressKind(guess.kind);
  const refund = () => refundGuess(db, row);
  const charged = isJudged ? await countProof(db, [contactProofs(deps, accountId)], refund) : [];
  if (!isCodeOf(keyring, 'contact-change', challengeId, code) || !isJudged) {
    const kind = 'contact-proof-failed';
    await recordActivity(db, { accountId, kind, outcome: 'refused', origin: caller });
    throw new Problem(flowProblems.codeNotAccepted, {
      attemptsLeft: Math.max(0, attemptsPerCode - attempts),
    });
  }
  await refundUses(db, charged);
  return { challengeId, destination };
}

type Sending = Pick<flows.ContactFlow, 'kind' | 'destination' | 'challengeId'>;

/**
 * Counts the account's own codes. What an address may get is counted when the message leaves (`messaging/limits.ts`):
 * whoever asks is not told what others asked for. @throws {Problem} `too-many-messages`
 */
export async function sendCode(
  { quotas, outbox }: ContactDependencies,
  trx: Transaction<Database>,
  accountId: string,
  { kind, destination, challengeId }: Sending,
  { locale, network }: Caller,
): Promise<void> {
  if (!isAddressKind(kind)) return;
  const consumed = await quotas.consume(trx, 'contact-codes', [accountId], sendsPerDay);
  if (!consumed.allowed) {
    throw new Problem(flowProblems.tooManyMessages, { retryAfterSeconds: consumed.resetsInSeconds });
  }
  await outbox.enqueue(trx, {
    channel: channels[kind],
    purpose: 'contact-code',
    locale,
    accountId,
    ...(destination !== null && { destination, counting: { claim: { claimant: accountId } } }),
    challengeId,
    network,
    usefulForSeconds: codeTtlSeconds,
  });
}

/** Why a step of a flow is not taken: nobody is signed in, it has been taken, or there is no such flow. */
export async function notOpen({ db }: ContactDependencies, key: flows.ContactFlowKey): Promise<Problem> {
  const signedIn = await flows.findContactFlows(db, key.principal);
  if (!signedIn) return new Problem(commonProblems.notAuthenticated);
  const isDone = await flows.isCompleted(db, key);
  return new Problem(isDone ? flowProblems.stepDone : contactProblems.changeNotOpen);
}
