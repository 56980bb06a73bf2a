import { sql, type Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { channelTo } from '../../messaging/channels.ts';
import { isAddressKind, type Kind } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import {
  codeRefusal,
  codeTtlSeconds,
  countGuess,
  flowProblems,
  type Guess,
  judgeCode,
  judgeGuess,
  sendsPerDay,
} from '../one-time-codes/index.ts';
import { ownFailures } from '../quotas/failures.ts';
import type { Counter } from '../quotas/sliding-quotas.ts';
import * as flows from './contact-flows.repository.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { contactProblems } from './contacts.problems.ts';

/** Codes and answers of changes and bars that somebody signed in fails at. */
const contactProofs = ({ counterKey }: ContactDependencies, accountId: string): Counter => ({
  key: counterKey('contact-proofs', accountId),
  quota: ownFailures,
});

type ContactGuess = Guess & Readonly<{ kind: Kind; destination: string | null }>;

/**
 * Counts a guess, then judges it. A code where answers are asked for, or the other way round, is looked at by nobody.
 * @throws {Problem} unless it is right, in time
 */
export async function judgeContactGuess(
  deps: ContactDependencies,
  { key, isCode }: Readonly<{ key: flows.ContactFlowKey; isCode: boolean }>,
  caller: Caller,
  judge: (guess: ContactGuess) => boolean | Promise<boolean>,
): Promise<ContactGuess> {
  const { db } = deps;
  const { accountId } = key.principal;
  const row = flows.toCodeRow(key);
  const columns = sql<{ destination: string | null; kind: Kind }>`destination, kind`;
  const counted = await countGuess(db, row, columns);
  if (!counted) throw await notOpen(deps, key);
  const guess = { ...counted, isJudged: counted.isJudged && isCode === isAddressKind(counted.kind) };
  const counters = [contactProofs(deps, accountId)] as const;
  if (await judgeGuess(db, { row, guess, counters }, () => judge(guess))) return guess;
  const kind = 'contact-proof-failed';
  await recordActivity(db, { accountId, kind, outcome: 'refused', origin: caller });
  throw codeRefusal(guess);
}

/** The same for the code of a message. */
export const judgeContactCode = (
  deps: ContactDependencies,
  key: flows.ContactFlowKey,
  code: string,
  caller: Caller,
): Promise<ContactGuess> =>
  judgeContactGuess(deps, { key, isCode: true }, caller, (guess) =>
    judgeCode(deps.keyring, 'contact-change', guess, code),
  );

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
    channel: channelTo[kind],
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
