import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import { digestBearerSecret, equalInConstantTime, type Keyring, type Mac } from '../../kernel/keyring.ts';
import type { Mobile } from '../../kernel/mobile.ts';
import { type PersonId, personIdParts } from '../../kernel/person-id.ts';
import { derivePrintedCode, printedCodePurpose } from '../../kernel/printed-code.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { insertEventOfAnybody, notifyOwner } from '../accounts/index.ts';
import { recordActivity } from '../activity/index.ts';
import { type MobileOwnership, ownershipProblems } from '../mobile-ownership/index.ts';
import { type ActingOfficer, countAtDesk, holdOfficer } from '../officers/index.ts';
import type { ProofOfWork } from '../proof-of-work/index.ts';
import type { Quotas } from '../quotas/quotas.ts';
import { branchProblems } from './branch.problems.ts';
import * as recoveries from './branch-recoveries.repository.ts';

export type BranchDependencies = Readonly<{
  db: Kysely<Database>;
  keyring: Keyring;
  /** Keyed digest of what a person is known by. */
  subjectOf: Mac;
  quotas: Quotas;
  proofOfWork: ProofOfWork;
  outbox: Outbox;
  mobileOwnership: MobileOwnership;
}>;

export type AtDesk = Readonly<{
  person: PersonId;
  /** Another one than that of the account. */
  mobile: Mobile | null;
  withoutMobile: boolean;
}>;

export type BranchRecovery = Readonly<{
  id: string;
  status: 'issued' | 'approval-needed';
  /** To be printed. */
  code?: string;
  /** From when the code is good, if not at once. */
  opensAt?: Date;
  expiresAt: Date;
}>;

/**
 * Begins a recovery for somebody at the desk. The officer learns nothing: for who has no account there are the same rows,
 * and a code as well, which sets no password.
 * @throws {Problem} `own-account`, `too-many-at-desk`, `ownership-not-askable`, those of `holdOfficer`
 */
export async function startBranchRecovery(
  deps: BranchDependencies,
  principal: Principal,
  { person, mobile, withoutMobile }: AtDesk,
  caller: Caller,
): Promise<BranchRecovery> {
  const { db, keyring, subjectOf, outbox, mobileOwnership } = deps;
  const id = randomUUID();
  const code = withoutMobile ? null : derivePrintedCode(keyring.issue(printedCodePurpose), id);
  return db.transaction().execute(async (trx) => {
    const officer = await holdOfficer(trx, principal);
    if (!withoutMobile && !mobileOwnership.asksAbout(person.kind)) {
      throw new Problem(ownershipProblems.notAskable);
    }
    const account = await recoveries.findAtDesk(trx, person);
    if (account?.id === officer.accountId) throw new Problem(branchProblems.ownAccount);
    await countAtDesk(deps, trx, officer);
    const accountId = account?.id ?? null;
    const expiresAt = await recoveries.insertBranchRecovery(trx, {
      id,
      officer,
      subject: subjectOf(...personIdParts(person)),
      person,
      accountId,
      locale: account?.locale ?? caller.locale,
      way: withoutMobile ? 'two-officers' : mobile === null ? 'own-mobile' : 'new-mobile',
      mobile,
      printedDigest: code === null ? null : digestBearerSecret(code),
    });
    const kind = code !== null ? 'branch-recovery-started' : 'branch-recovery-requested';
    await recordAtDesk(trx, { accountId, kind, officer, caller });
    if (code === null) return { id, status: 'approval-needed', expiresAt };
    const parameters = { branch: officer.branch };
    await notifyOwner(
      outbox,
      trx,
      { accountId, caller: null },
      { purpose: 'branch-recovery-started', parameters },
    );
    return { id, status: 'issued', code, expiresAt };
  });
}

/**
 * The word of a second officer of the branch: there is a code, which opens after 24 hours in which every trusted address
 * can dispute it. The same officer again gets the same code, until a password has been set with it.
 * @throws {Problem} `second-officer-needed`, `approval-not-open`, `own-account`, `too-many-at-desk`, those of
 * `holdOfficer`
 */
export async function approveBranchRecovery(
  deps: BranchDependencies,
  principal: Principal,
  id: string,
  caller: Caller,
): Promise<BranchRecovery> {
  const { db, keyring, outbox } = deps;
  const code = derivePrintedCode(keyring.issue(printedCodePurpose), id);
  return db.transaction().execute(async (trx) => {
    const officer = await holdOfficer(trx, principal);
    const printedDigest = digestBearerSecret(code);
    const approved = await recoveries.approveBranchRecovery(trx, { id, officer, printedDigest });
    if (!approved) return approvedBefore(deps, trx, id, officer);
    await countAtDesk(deps, trx, officer);
    const { accountId, opensAt, expiresAt } = approved;
    const eventId = await insertEventOfAnybody(trx, { accountId, cause: 'branch-recovery' });
    await recoveries.setEvent(trx, id, eventId);
    await recordAtDesk(trx, { accountId, kind: 'branch-recovery-approved', officer, caller });
    const content = { purpose: 'branch-recovery-approved', parameters: { branch: officer.branch } } as const;
    await notifyOwner(outbox, trx, { accountId, caller: null, ...(eventId && { eventId }) }, content);
    return { id, status: 'issued', code, opensAt, expiresAt };
  });
}

/** What has been approved by this officer before, or why it cannot be. */
async function approvedBefore(
  { keyring }: BranchDependencies,
  trx: Transaction<Database>,
  id: string,
  officer: ActingOfficer,
): Promise<BranchRecovery> {
  const found = await recoveries.findAtBranch(trx, id, officer);
  if (found?.accountId === officer.accountId) throw new Problem(branchProblems.ownAccount);
  if (found && found.approvedBy === null && found.requestedBy === officer.accountId) {
    throw new Problem(branchProblems.secondOfficerNeeded);
  }
  const { printedDigest } = found ?? {};
  const code = keyring
    .accept(printedCodePurpose)
    .map((mac) => derivePrintedCode(mac, id))
    .find((each) => printedDigest && equalInConstantTime(digestBearerSecret(each), printedDigest));
  if (!found || !code || found.approvedBy !== officer.accountId) {
    throw new Problem(branchProblems.approvalNotOpen);
  }
  const { opensAt, expiresAt } = found;
  return { id, status: 'issued', code, opensAt, expiresAt };
}

/** Whether a code of this officer's branch has opened nothing yet. @throws {Problem} those of `holdOfficer` */
export async function isUnopened(
  { db }: BranchDependencies,
  principal: Principal,
  id: string,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const officer = await holdOfficer(trx, principal);
    return recoveries.isUnopened(trx, id, officer);
  });
}

type Entry = Readonly<{
  accountId: string | null;
  kind: 'branch-recovery-started' | 'branch-recovery-requested' | 'branch-recovery-approved';
  officer: ActingOfficer;
  caller: Caller;
}>;

function recordAtDesk(
  trx: Transaction<Database>,
  { accountId, kind, officer, caller }: Entry,
): Promise<void> {
  const actor = `officer:${officer.accountId}`;
  return recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin: caller, actor });
}
