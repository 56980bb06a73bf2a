import type { Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import { type Mobile, maskMobile } from '../../kernel/mobile.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import type { NoticeContent } from '../../messaging/outbox.ts';
import {
  insertEvent,
  type Kind,
  lockAccount,
  maskEmail,
  notifyOwner,
  type Owner,
  setTrusted,
  type TrustedValue,
  upgradeAnswersHash,
} from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import { flowProblems } from '../one-time-codes/index.ts';
import { ownFailures } from '../quotas/failures.ts';
import type { Quota } from '../quotas/quotas.ts';
import { consumeAll, refundUses } from '../quotas/sliding-quotas.ts';
import type { SecurityAnswer } from '../security-questions/index.ts';
import { findContactFlows } from './contact-flows.repository.ts';
import type { ContactDependencies } from './contacts.dependencies.ts';
import { contactProblems } from './contacts.problems.ts';
import * as pending from './pending-changes.repository.ts';

/** Changes of one kind: enough to mend a slip, and no way to flood whoever is told. */
const changesPerDay: Quota = { limit: 3, windowSeconds: 24 * 60 * 60 };

/** What proves that somebody signed in is the owner. */
export type OwnerProof = Readonly<{
  currentPassword: string;
  /** Where no trusted address is left that could be told. */
  currentAnswers?: readonly SecurityAnswer[] | undefined;
}>;

/** An owner who has given the password, and perhaps the answers. */
export type ProvedOwner = Owner & Readonly<{ gaveAnswers: boolean }>;

/**
 * Holds password and answers against the account's. Outside transactions: it is slow.
 * @throws {Problem} `current-password-not-accepted`, `not-authenticated`, `too-many-wrong-passwords`, `busy`
 */
export async function proveOwner(
  { db, counterKey, currentPassword, securityAnswers }: ContactDependencies,
  principal: Principal,
  { currentPassword: password, currentAnswers }: OwnerProof,
  caller: Caller,
): Promise<ProvedOwner> {
  const owner = await currentPassword.prove(principal, password, caller);
  if (!currentAnswers) return { ...owner, gaveAnswers: false };
  // Counted before it is judged, over all sessions: the password alone is no licence to guess.
  const counter = { key: counterKey('current-answers', owner.id), quota: ownFailures };
  const consumed = await consumeAll(db, [counter]);
  if (!consumed.allowed) {
    throw new Problem(flowProblems.tooManyFailedProofs, { retryAfterSeconds: consumed.resetsInSeconds });
  }
  const { securityAnswersHash } = owner;
  const { matches, needsRehash } = await securityAnswers
    .verify(currentAnswers, securityAnswersHash)
    .catch(async (error: unknown) => {
      // A service too busy to judge has not judged.
      await refundUses(db, consumed.charged);
      throw error;
    });
  if (needsRehash) {
    await securityAnswers.renew(currentAnswers, (hash) =>
      upgradeAnswersHash(db, owner.id, securityAnswersHash, hash),
    );
  }
  if (matches) await refundUses(db, consumed.charged);
  else {
    const kind = 'contact-proof-failed';
    await recordActivity(db, { accountId: owner.id, kind, outcome: 'refused', origin: caller });
  }
  return { ...owner, gaveAnswers: matches && !owner.barredKinds.includes('answers') };
}

/**
 * First in the transaction of a change: holds the account, and makes sure that somebody can be told, or that the answers
 * stand for it. Counts the change. @throws {Problem} `current-answers-needed`, `too-many-changes`, `not-authenticated`
 */
export async function beginChange(
  { quotas, currentPassword }: ContactDependencies,
  trx: Transaction<Database>,
  principal: Principal,
  owner: ProvedOwner,
  kind: Kind,
): Promise<void> {
  await currentPassword.hold(trx, principal, owner);
  const isTold = await pending.hasTrustedAddress(trx, owner.id);
  if (!isTold && !owner.gaveAnswers) throw new Problem(contactProblems.answersNeeded);
  const consumed = await quotas.consume(trx, 'changes', [owner.id, kind], changesPerDay);
  if (!consumed.allowed) {
    throw new Problem(contactProblems.tooManyChanges, { retryAfterSeconds: consumed.resetsInSeconds });
  }
}

/**
 * Lets a change wait until its owner could object: every trusted address is told, with the link. Takes the place of
 * the change of that kind that was pending. The account is locked by the caller.
 */
export async function proposeChange(
  { outbox }: ContactDependencies,
  trx: Transaction<Database>,
  accountId: string,
  value: TrustedValue,
  caller: Caller,
): Promise<void> {
  const { kind } = value;
  const eventId = await insertEvent(trx, { accountId, cause: 'change', kinds: [kind] });
  const isTold = await pending.hasTrustedAddress(trx, accountId);
  await pending.replacePending(trx, { id: eventId, accountId, value, isTold });
  const activity = `${kind}-change-pending` as const;
  await recordActivity(trx, { accountId, kind: activity, outcome: 'succeeded', origin: caller });
  await notifyOwner(outbox, trx, { accountId, caller, eventId }, getNotice(value));
}

function getNotice(value: TrustedValue): NoticeContent {
  if (value.kind === 'answers') return { purpose: 'answers-change-pending' };
  if (value.address === null) return { purpose: 'email-removal-pending' };
  const purpose = `${value.kind}-change-pending` as const;
  return { purpose, parameters: { address: maskAddress(value.kind, value.address) } };
}

export function maskAddress(kind: Kind, address: string): string {
  return kind === 'mobile' ? maskMobile(address as Mobile) : maskEmail(address);
}

/**
 * Trusts every change whose time has come: 72 hours after its notices left, while the account is open. Run again and
 * again by every replica: of two at once one gets a change. Returns how many.
 */
export async function trustRipeChanges({
  db,
  outbox,
  cancelPendingFlows,
}: Pick<ContactDependencies, 'db' | 'outbox' | 'cancelPendingFlows'>): Promise<number> {
  let trusted = 0;
  for (const { id, accountId } of await pending.findRipe(db)) {
    trusted += await db.transaction().execute(async (trx) => {
      await lockAccount(trx, accountId);
      const value = await pending.consumeRipe(trx, id);
      if (!value) return 0;
      await setTrusted(trx, accountId, value);
      await cancelPendingFlows(trx, accountId);
      const isRemoval = value.kind === 'email' && value.address === null;
      const kind = isRemoval ? 'email-removed' : (`${value.kind}-changed` as const);
      await recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin: byTime });
      await notifyOwner(outbox, trx, { accountId, caller: null }, { purpose: kind });
      return 1;
    });
  }
  return trusted;
}

const byTime = { coarseNetwork: '', userAgent: '' };

/** What waits for a code, and what waits to be trusted. */
export async function listChanges({ db }: ContactDependencies, principal: Principal) {
  const flows = await findContactFlows(db, principal);
  if (!flows) throw new Problem(commonProblems.notAuthenticated);
  return { flows, pending: await pending.findPending(db, principal.accountId) };
}

/** Takes a pending change back. Needs the current password. */
export async function cancelChange(
  { db, currentPassword }: ContactDependencies,
  principal: Principal,
  { id, currentPassword: password }: { id: string; currentPassword: string },
  caller: Caller,
): Promise<void> {
  const owner = await currentPassword.prove(principal, password, caller);
  await db.transaction().execute(async (trx) => {
    await currentPassword.hold(trx, principal, owner);
    const kind = await pending.deletePending(trx, owner.id, id);
    if (!kind) throw new Problem(contactProblems.changeNotOpen);
    const activity = `${kind}-change-cancelled` as const;
    await recordActivity(trx, { accountId: owner.id, kind: activity, outcome: 'succeeded', origin: caller });
  });
}
