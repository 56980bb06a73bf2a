import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Keyring } from '../../kernel/keyring.ts';
import { type NoticeClaim, readNoticeToken } from '../../kernel/notice-token.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import {
  type AddressKind,
  addressKinds,
  isAddressKind,
  type Kind,
  lockAccount,
  lockOut,
  markDisputed,
  notifyOwner,
  type RevokeAllAccess,
  setBarred,
} from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import { disputeProblems } from './disputes.problems.ts';
import * as events from './disputes.repository.ts';

export type DisputeDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  outbox: Outbox;
  revokeAllAccess: RevokeAllAccess;
  /** Ends what was begun at any branch: where one was not the owner's, none is trusted. */
  endBranchRecoveries(trx: Transaction<Database>, accountId: string): Promise<void>;
  /** Keeps a change of the register from happening, or takes it back. */
  disputeRegisterChange(trx: Transaction<Database>, eventId: string): Promise<void>;
}>;

/**
 * "It was not me": ends all access and pending changes, and locks the account until a recovery. What it rests on is the
 * address that the link went to, as long as the account trusts it. The same link again: the same answer, and nothing new.
 * @throws {Problem} `dispute-not-accepted`
 */
export async function dispute(deps: DisputeDependencies, token: string, caller: Caller): Promise<void> {
  const claim = readNoticeToken(deps.keyring, token);
  await deps.db.transaction().execute(async (trx) => {
    const accountId = claim && (await events.findEventAccount(trx, claim.id));
    if (!claim || !accountId) throw new Problem(disputeProblems.notAccepted);
    await lockAccount(trx, accountId);
    const event = await events.findEvent(trx, claim.id);
    const speaker = event && toSpeaker(event, claim);
    if (!event || !speaker || !(await events.isInTime(trx, event.id, event[speaker] ?? ''))) {
      throw new Problem(disputeProblems.notAccepted);
    }
    if (event.disputedAt) return;
    await markDisputed(trx, event.id);
    await apply(trx, event);
    if (event.cause === 'branch-recovery') await deps.endBranchRecoveries(trx, accountId);
    if (event.cause === 'register-change') await deps.disputeRegisterChange(trx, event.id);
    await deps.revokeAllAccess(trx, accountId, null);
    await recordActivity(trx, { accountId, kind: 'account-locked', outcome: 'succeeded', origin: caller });
    await notifyOwner(deps.outbox, trx, { accountId, caller }, { purpose: 'account-locked' });
  });
}

/** The trusted address that the link went to and that may speak against this event; `undefined`: none. */
function toSpeaker(event: events.DisputableEvent, claim: NoticeClaim): AddressKind | undefined {
  return addressKinds.find((kind) => {
    const address = event[kind];
    if (address === null || !claim.wentTo(address)) return false;
    // A barred address speaks against its own bar, and nothing else does.
    if (event.cause === 'bar') return kind === event.barredKind;
    return !event.barredKinds.includes(kind) && !(event.cause === 'recovery' && event.kinds.includes(kind));
  });
}

/** What stands behind the event is not trusted any more. Where address stands against address, one of them is not enough. */
async function apply(
  trx: Transaction<Database>,
  { accountId, cause, kinds, barredKind }: events.DisputableEvent,
): Promise<void> {
  const isOfProof = cause === 'recovery' || cause === 'bar';
  if (barredKind) await setBarred(trx, accountId, barredKind, false);
  for (const kind of isOfProof ? kinds : []) await setBarred(trx, accountId, kind, true);
  const isAddressAgainstAddress = isOfProof && kinds.some((kind: Kind) => isAddressKind(kind));
  await lockOut(trx, accountId, isAddressAgainstAddress ? 'locked-two' : 'locked');
}
