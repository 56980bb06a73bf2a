import type { Kysely, Transaction } from 'kysely';
import { isDeadlock } from '../../database/deadlocks.ts';
import type { Database } from '../../database/schema.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Outbox } from '../../messaging/outbox.ts';
import { insertEvent, lockAccount, notifyOwner } from '../accounts/index.ts';
import { type ActivityKind, recordActivity } from '../activity/index.ts';
import { branchProblems } from '../branch/index.ts';
import { type ApplyDependencies, applyChange, isOfIdentity, lockPeople, peopleOf } from './apply-change.ts';
import { peopleProblems } from './people.problems.ts';
import * as people from './people.repository.ts';
import { type PersonDetails, pickDiffering } from './person-details.ts';
import type { NewChange, RegisterChange } from './register-changes.repository.ts';
import * as changes from './register-changes.repository.ts';

export type { RegisterChange } from './register-changes.repository.ts';

export type PeopleDependencies = ApplyDependencies & Readonly<{ db: Kysely<Database>; outbox: Outbox }>;

/** Who asks: an officer at a desk (`branch`, and the own `accountId`), or an operator by a command. */
export type Giver = Readonly<{
  /** `officer:ACCOUNT` or `operator:NAME` */
  name: string;
  branch: string | null;
  accountId: string | null;
  origin: Readonly<{ coarseNetwork: string; userAgent: string }>;
}>;

/**
 * Asks for other details of a person. A name is written at once, and so is what an operator asks for of somebody who has no
 * account; whatever tells one person from another waits for somebody else's approval and for 72 hours. For a desk that is so
 * whether there is an account or not, so that it learns nothing.
 * @throws {Problem} `person-not-found`, `nothing-to-change`, `number-of-another-person`, `own-account`
 */
export async function requestMend(
  deps: PeopleDependencies,
  trx: Transaction<Database>,
  giver: Giver,
  { personId, details, reason }: { personId: string; details: Partial<PersonDetails>; reason: string },
): Promise<RegisterChange> {
  const known = await people.findPerson(trx, personId);
  if (!known) throw new Problem(peopleProblems.personNotFound);
  const differing = pickDiffering(details, known);
  if (Object.keys(differing).length === 0) throw new Problem(peopleProblems.nothingToChange);
  const number = known.nationalCode === null ? differing.insuranceNumber : undefined;
  if (await people.isTaken(trx, { ...differing, insuranceNumber: number ?? null }, personId)) {
    throw new Problem(peopleProblems.numberTaken);
  }
  return request(deps, trx, giver, { kind: 'mend', personId, otherId: null, details: differing, reason });
}

/**
 * Asks for two entries to become one person. The one with a national code stays; of two such the first.
 * @throws {Problem} `person-not-found`, `nothing-to-change` for one and the same, `own-account`
 */
export async function requestMerge(
  deps: PeopleDependencies,
  trx: Transaction<Database>,
  giver: Giver,
  { personId, otherId, reason }: { personId: string; otherId: string; reason: string },
): Promise<RegisterChange> {
  if (personId === otherId) throw new Problem(peopleProblems.nothingToChange);
  const [person, other] = [await people.findPerson(trx, personId), await people.findPerson(trx, otherId)];
  if (!person || !other) throw new Problem(peopleProblems.personNotFound);
  const [to, from] =
    person.nationalCode === null && other.nationalCode !== null ? [other, person] : [person, other];
  return request(deps, trx, giver, { kind: 'merge', personId: to.id, otherId: from.id, details: {}, reason });
}

async function request(
  deps: PeopleDependencies,
  trx: Transaction<Database>,
  giver: Giver,
  asked: Omit<NewChange, 'branch' | 'requestedBy'>,
): Promise<RegisterChange> {
  const isIdentity = isOfIdentity(asked);
  // What one may do alone is done at once: who has no account is not to sign up meanwhile.
  const mayBeAlone = giver.branch === null || !isIdentity;
  const accounts = mayBeAlone ? await lockAll(trx, asked) : await people.findAccounts(trx, peopleOf(asked));
  if (giver.accountId !== null && accounts.includes(giver.accountId)) {
    throw new Problem(branchProblems.ownAccount);
  }
  const change = await changes.insertChange(trx, { ...asked, branch: giver.branch, requestedBy: giver.name });
  if (isIdentity && (!mayBeAlone || accounts.length > 0)) {
    await record(trx, accounts, 'register-change-requested', giver);
    return change;
  }
  return applyNow(deps, trx, change, accounts, giver);
}

/** Without a wait: what one may do alone. Accounts and people have been locked. */
async function applyNow(
  deps: PeopleDependencies,
  trx: Transaction<Database>,
  change: RegisterChange,
  accounts: readonly string[],
  giver: Pick<Giver, 'name' | 'origin'>,
): Promise<RegisterChange> {
  if (!(await applyChange(deps, trx, change))) throw new Problem(peopleProblems.numberTaken);
  const settled = await changes.settleChange(trx, change.id, null, 'applied');
  if (!settled) throw new Error('a change that was just asked for is gone');
  await tellOfChange(deps, trx, settled, accounts, giver);
  return settled;
}

/** Accounts before people, as everywhere; returns the accounts. */
async function lockAll(
  trx: Transaction<Database>,
  change: Pick<RegisterChange, 'personId' | 'otherId'>,
): Promise<string[]> {
  for (const id of await people.findAccounts(trx, peopleOf(change))) await lockAccount(trx, id);
  await lockPeople(trx, change);
  return people.findAccounts(trx, peopleOf(change));
}

/**
 * Approves what somebody else has asked for. Everybody whose account it concerns is told with a link; it happens 72 hours
 * after they were.
 * @throws {Problem} `second-officer-needed`, `own-account`, `register-change-not-open`
 */
export async function approveChange(
  { outbox }: Pick<PeopleDependencies, 'outbox'>,
  trx: Transaction<Database>,
  giver: Giver,
  id: string,
): Promise<RegisterChange> {
  const { name: by, branch, accountId } = giver;
  const approved = await changes.approveChange(trx, { id, branch, by, accountId });
  if (!approved) return approvedBefore(trx, giver, id);
  const accounts = await people.findAccounts(trx, peopleOf(approved));
  await tell(outbox, trx, approved, accounts, 'register-change-approved');
  await record(trx, accounts, 'register-change-approved', giver);
  return approved;
}

/** The same again for who has approved it, or why it cannot be. */
async function approvedBefore(
  trx: Transaction<Database>,
  { name, branch, accountId }: Giver,
  id: string,
): Promise<RegisterChange> {
  const found = await changes.findChange(trx, id, branch ?? undefined);
  if (found?.approvedBy === name) return found;
  if (found?.state === 'approval-needed') {
    if (found.requestedBy === name) throw new Problem(branchProblems.secondOfficerNeeded);
    const accounts = await people.findAccounts(trx, peopleOf(found));
    if (accountId !== null && accounts.includes(accountId)) throw new Problem(branchProblems.ownAccount);
  }
  throw new Problem(peopleProblems.changeNotOpen);
}

/**
 * Takes a change back: before it happens at once, by one; afterwards the opposite is asked for, and waits like any other.
 * @throws {Problem} `register-change-not-open`, those of a request
 */
export async function reverseChange(
  deps: PeopleDependencies,
  trx: Transaction<Database>,
  giver: Giver,
  { id, reason }: { id: string; reason: string },
): Promise<RegisterChange> {
  const found = await changes.findChange(trx, id, giver.branch ?? undefined);
  if (!found) throw new Problem(peopleProblems.changeNotOpen);
  if (found.state === 'applied') {
    const opposite = toOpposite(found);
    if (opposite) return request(deps, trx, giver, { ...opposite, reason, reverses: id });
  }
  if (found.state === 'approval-needed' || found.state === 'waiting') {
    const cancelled = await changes.settleChange(trx, id, null, 'cancelled');
    if (cancelled) {
      const accounts = await people.findAccounts(trx, peopleOf(cancelled));
      await record(trx, accounts, 'register-change-cancelled', giver);
      return cancelled;
    }
  }
  throw new Problem(peopleProblems.changeNotOpen);
}

/** What brings back what stood before; a split is taken back by a merge. */
function toOpposite({ kind, personId, otherId, previous }: RegisterChange) {
  if (kind === 'mend')
    return { kind, personId, otherId, details: previous as Partial<PersonDetails> } as const;
  return { kind: kind === 'merge' ? 'split' : 'merge', personId, otherId, details: {} } as const;
}

/**
 * "It was not me", by the owner of an account that was told: what was to happen does not, what has happened is taken back
 * within a minute, by `applyRipeChanges`: the owner waits for no import that holds the register. The caller locks the
 * account out.
 */
export async function disputeChange(trx: Transaction<Database>, eventId: string): Promise<void> {
  const change = await changes.findByEvent(trx, eventId);
  if (!change || (await changes.settleChange(trx, change.id, null, 'cancelled'))) return;
  if (!(await changes.settleChange(trx, change.id, 'applied', 'reversed'))) return;
  await changes.insertChange(trx, {
    ...toOpposite(change),
    // Seen at desks, which learn nothing of accounts.
    reason: change.reason,
    branch: change.branch,
    requestedBy: changes.byOwner,
    reverses: change.id,
  });
}

const byTime = { name: 'time', origin: { coarseNetwork: '', userAgent: '' } } as const;

/**
 * Carries out every change whose time has come. Run again and again by every replica: of two at once one gets a change.
 * Returns how many.
 */
export async function applyRipeChanges(deps: PeopleDependencies): Promise<number> {
  let applied = 0;
  const failures: unknown[] = [];
  for (const id of await changes.findRipe(deps.db)) {
    try {
      applied += await deps.db.transaction().execute((trx) => applyRipe(deps, trx, id));
    } catch (error) {
      // One that fails holds none of the others up. Where a list names the same people the next round does it.
      if (!isDeadlock(error)) failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'changes of the register failed');
  return applied;
}

async function applyRipe(deps: PeopleDependencies, trx: Transaction<Database>, id: string): Promise<number> {
  const found = await changes.findChange(trx, id);
  if (!found) return 0;
  const accounts = await lockAll(trx, found);
  const consumed = await changes.consumeRipe(trx, id);
  if (consumed?.outcome !== 'applied') return 0;
  if (!(await applyChange(deps, trx, consumed))) {
    await changes.settleChange(trx, id, 'applied', 'not-possible');
    // What an owner has disputed stays as it is, and can be taken back by two.
    if (consumed.reverses) await changes.settleChange(trx, consumed.reverses, 'reversed', 'applied');
    await record(trx, accounts, 'register-change-not-possible', byTime);
    return 0;
  }
  await tellOfChange(deps, trx, consumed, accounts, byTime);
  return 1;
}

/** With a link as well: what has happened can still be disputed. */
async function tellOfChange(
  { outbox }: Pick<PeopleDependencies, 'outbox'>,
  trx: Transaction<Database>,
  change: RegisterChange,
  accounts: readonly string[],
  giver: Pick<Giver, 'name' | 'origin'>,
): Promise<void> {
  if (change.reverses) await changes.settleChange(trx, change.reverses, 'applied', 'reversed');
  await tell(outbox, trx, change, accounts, 'register-changed');
  await record(trx, accounts, 'register-changed', giver);
}

async function tell(
  outbox: Outbox,
  trx: Transaction<Database>,
  change: RegisterChange,
  accounts: readonly string[],
  purpose: 'register-change-approved' | 'register-changed',
): Promise<void> {
  const eventIds = [];
  for (const accountId of accounts) {
    const eventId = await insertEvent(trx, { accountId, cause: 'register-change', kinds: [] });
    await notifyOwner(outbox, trx, { accountId, caller: null, eventId }, { purpose });
    eventIds.push(eventId);
  }
  await changes.addEvents(trx, change.id, eventIds);
}

async function record(
  trx: Transaction<Database>,
  accounts: readonly string[],
  kind: ActivityKind,
  { name: actor, origin }: Pick<Giver, 'name' | 'origin'>,
): Promise<void> {
  for (const accountId of accounts) {
    await recordActivity(trx, { accountId, kind, outcome: 'succeeded', origin, actor });
  }
}
