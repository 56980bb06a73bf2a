import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import { parseCode } from '../../kernel/one-time-code.ts';
import { Problem } from '../../kernel/problem.ts';
import {
  findOwner,
  holdSession,
  insertEvent,
  isAddressKind,
  type Kind,
  notifyOwner,
  restedRecently,
  setBarred,
} from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import type { Guess } from '../one-time-codes/index.ts';
import type { SecurityAnswer } from '../security-questions/index.ts';
import { type SentCode, toSentCode } from './address-changes.ts';
import { judgeContactCode, judgeContactGuess, notOpen, sendCode } from './contact-codes.ts';
import * as flows from './contact-flows.repository.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { contactProblems } from './contacts.problems.ts';

/** `kind` is to be barred; `proof`, another one, proves that it is the owner who says so. */
export type NewBar = Readonly<{ currentPassword: string; kind: Kind; proof: Kind }>;

/** A bar that waits for its proof: a code on its way to the account's own address, or the answers. */
export type StartedBar = Omit<SentCode, 'kind' | 'destination'> & Readonly<{ kind: Kind; proof: Kind }>;

/**
 * Begins to bar a way into the account that somebody else holds: a stolen SIM, a hacked mailbox, known answers.
 * @throws {Problem} `bar-not-possible`, `current-password-not-accepted`, `too-many-messages`
 */
export async function startBar(
  deps: ContactDependencies,
  principal: Principal,
  { currentPassword: password, kind, proof }: NewBar,
  caller: Caller,
): Promise<StartedBar> {
  const { db, currentPassword } = deps;
  const owner = await currentPassword.prove(principal, password, caller);
  return db.transaction().execute(async (trx) => {
    await currentPassword.hold(trx, principal, owner);
    await requireBarrable(trx, principal, { kind, proof });
    const flow = await flows.insertContactFlow(trx, {
      accountId: owner.id,
      kind: proof,
      destination: null,
      barring: kind,
    });
    if (isAddressKind(proof)) await sendCode(deps, trx, owner.id, flow, caller);
    const activity = 'bar-started';
    await recordActivity(trx, { accountId: owner.id, kind: activity, outcome: 'succeeded', origin: caller });
    return { ...toSentCode(flow), kind, proof };
  });
}

/**
 * Judges the proof; the right one bars the kind at once: it neither recovers the account nor speaks for it, but against
 * this very bar, of which it is told with the link.
 */
export async function verifyBar(
  deps: ContactDependencies,
  key: flows.ContactFlowKey & Readonly<{ purpose: 'bar' }>,
  given: Readonly<{ code?: string | undefined; answers?: readonly SecurityAnswer[] | undefined }>,
  caller: Caller,
): Promise<void> {
  const { db, outbox, cancelPendingFlows } = deps;
  const { principal } = key;
  const { accountId } = principal;
  const { code = '', answers } = given;
  const { challengeId } = answers
    ? await judgeContactGuess(deps, { key, isCode: false }, caller, (guess) =>
        judgeAnswers(deps, key, guess, answers),
      )
    : await judgeContactCode(deps, key, parseCode(code) ?? '', caller);
  await db.transaction().execute(async (trx) => {
    await holdSession(trx, principal);
    const flow = await flows.consumeContactFlow(trx, key, challengeId);
    if (!flow?.barring) throw await notOpen(deps, key);
    const { kind: proof, barring: kind } = flow;
    await requireBarrable(trx, principal, { kind, proof });
    await setBarred(trx, accountId, kind, true);
    await cancelPendingFlows(trx, accountId);
    const event = { accountId, cause: 'bar', kinds: [proof], barredKind: kind } as const;
    const eventId = await insertEvent(trx, event);
    await recordActivity(trx, { accountId, kind: `${kind}-barred`, outcome: 'succeeded', origin: caller });
    const content = { purpose: 'kind-barred', parameters: { kind } } as const;
    await notifyOwner(outbox, trx, { accountId, caller }, content);
    const against = { accountId, caller, eventId, barredKind: kind, to: (other: Kind) => other === kind };
    await notifyOwner(outbox, trx, against, { purpose: 'address-barred' });
  });
}

/** @throws {Problem} `bar-not-possible`; the account is locked by the caller */
async function requireBarrable(
  trx: Transaction<Database>,
  principal: Principal,
  { kind, proof }: Readonly<{ kind: Kind; proof: Kind }>,
): Promise<void> {
  const owner = await findOwner(trx, principal);
  const has = (each: Kind) =>
    owner !== undefined &&
    (isAddressKind(each) ? owner[each] !== null : true) &&
    !owner.barredKinds.includes(each);
  const { accountId } = principal;
  const isPossible =
    kind !== proof && has(kind) && has(proof) && !(await restedRecently(trx, accountId, proof));
  if (!isPossible) throw new Problem(contactProblems.barNotPossible);
}

/** Whether they are the answers of the account; whatever is asked for, one slow hash. */
async function judgeAnswers(
  { db, securityAnswers }: ContactDependencies,
  { principal }: flows.ContactFlowKey,
  { isJudged }: Guess,
  answers: readonly SecurityAnswer[],
): Promise<boolean> {
  const owner = isJudged ? await findOwner(db, principal) : undefined;
  const { matches } = await securityAnswers.verify(answers, owner?.securityAnswersHash ?? null);
  return matches;
}
