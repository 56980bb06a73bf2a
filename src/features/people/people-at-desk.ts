import type { Transaction } from 'kysely';
import { transactThroughDeadlocks } from '../../database/deadlocks.ts';
import type { Database } from '../../database/schema.ts';
import { toSqlClient } from '../../database/sql-client.ts';
import type { Caller, Principal } from '../../kernel/caller.ts';
import { type JalaliMonth, jalaliMonthAt } from '../../kernel/jalali.ts';
import { Problem } from '../../kernel/problem.ts';
import { recordActivity } from '../activity/index.ts';
import { findWords } from '../employer-lists/index.ts';
import { type ActingOfficer, countAtDesk, countLookUp, holdOfficer } from '../officers/index.ts';
import type { Quotas } from '../quotas/quotas.ts';
import { peopleProblems } from './people.problems.ts';
import type { RegisteredPerson } from './people.repository.ts';
import * as people from './people.repository.ts';
import { maxClaimsShown, type PersonDetails } from './person-details.ts';
import type { RegisterChange } from './register-changes.repository.ts';
import * as changes from './register-changes.repository.ts';
import {
  approveChange,
  type Giver,
  type PeopleDependencies,
  requestMend,
  requestMerge,
  reverseChange,
} from './register-changes.ts';

/** What officers do for people in the register, and see of them. */
export type DeskDependencies = PeopleDependencies & Readonly<{ quotas: Quotas }>;

/** What one workshop's newest list says of a person. */
export type Claim = Omit<PersonDetails, 'nationalCode'> &
  Readonly<{ workshopCode: string; month: JalaliMonth; listId: number }>;

export type PersonView = RegisteredPerson &
  Readonly<{ contested: boolean; claims: readonly Claim[]; changes: readonly RegisterChange[] }>;

/**
 * Who is known by a number. Whoever has an account sees in its activity that a branch looked.
 * @throws {Problem} `too-many-at-desk`, those of `holdOfficer`
 */
export async function searchPeople(
  deps: DeskDependencies,
  principal: Principal,
  by: Parameters<typeof people.findPeople>[1],
  caller: Caller,
): Promise<RegisteredPerson[]> {
  return deps.db.transaction().execute(async (trx) => {
    const officer = await holdOfficer(trx, principal);
    await countLookUp(deps, trx, officer);
    const found = await people.findPeople(trx, by);
    await recordLook(trx, officer, found, caller);
    return found;
  });
}

/** @throws {Problem} `person-not-found`, `too-many-at-desk`, those of `holdOfficer` */
export async function viewPerson(
  deps: DeskDependencies,
  principal: Principal,
  id: string,
  caller: Caller,
): Promise<PersonView> {
  return deps.db.transaction().execute(async (trx) => {
    const officer = await holdOfficer(trx, principal);
    await countLookUp(deps, trx, officer);
    const view = await readPerson(trx, id);
    if (!view) throw new Problem(peopleProblems.personNotFound);
    await recordLook(trx, officer, [view], caller);
    return view;
  });
}

/** A person with what lists say of them, and with the trace of changes; for who may see it. */
export async function readPerson(trx: Transaction<Database>, id: string): Promise<PersonView | undefined> {
  const person = await people.findPerson(trx, id);
  if (!person) return undefined;
  const words = (await findWords(toSqlClient(trx), [id])).get(id) ?? [];
  const newest = new Map<string, (typeof words)[number]>();
  for (const word of words) {
    const known = newest.get(word.workshopCode);
    if (!known || known.month < word.month || (known.month === word.month && known.listId < word.listId)) {
      newest.set(word.workshopCode, word);
    }
  }
  const claims = [...newest.values()]
    .sort((a, b) => b.month - a.month || b.listId - a.listId)
    .slice(0, maxClaimsShown)
    .map(({ month, row: _, ...claim }) => ({ ...claim, month: jalaliMonthAt(month) }));
  return { ...person, claims, changes: await changes.findChangesOf(trx, id) };
}

async function recordLook(
  trx: Transaction<Database>,
  officer: ActingOfficer,
  found: readonly RegisteredPerson[],
  origin: Caller,
): Promise<void> {
  if (found.length === 0) return;
  const accounts = await people.findAccounts(
    trx,
    found.map(({ id }) => id),
  );
  const actor = `officer:${officer.accountId}`;
  for (const accountId of accounts) {
    await recordActivity(trx, {
      accountId,
      kind: 'looked-up-at-branch',
      outcome: 'succeeded',
      origin,
      actor,
    });
  }
}

type Work<Outcome> = (trx: Transaction<Database>, officer: ActingOfficer, giver: Giver) => Promise<Outcome>;

/** Everything that an officer asks for goes through here. It counts before it is judged, also where it is refused. */
async function act<Outcome = RegisterChange>(
  deps: DeskDependencies,
  principal: Principal,
  origin: Caller,
  work: Work<Outcome>,
  count = countAtDesk,
): Promise<Outcome> {
  await deps.db.transaction().execute(async (trx) => count(deps, trx, await holdOfficer(trx, principal)));
  // It may meet two officers about each other, or a list about the same people.
  return transactThroughDeadlocks(deps.db, async (trx) => {
    const officer = await holdOfficer(trx, principal);
    const { accountId, branch } = officer;
    return work(trx, officer, { name: `officer:${accountId}`, branch, accountId, origin });
  });
}

/**
 * The person as an officer sees it, with the change that was asked for as the first of its changes.
 * @throws {Problem} those of `requestMend`, `too-many-at-desk`, those of `holdOfficer`
 */
export const mendPerson = (
  deps: DeskDependencies,
  principal: Principal,
  asked: Parameters<typeof requestMend>[3],
  caller: Caller,
) =>
  act<PersonView>(deps, principal, caller, async (trx, officer, giver) => {
    const change = await requestMend(deps, trx, giver, asked);
    const view = await readPerson(trx, asked.personId);
    if (!view) throw new Error('a person whose change was just asked for is gone');
    // Who is shown the person has looked, with or without a look before.
    await recordLook(trx, officer, [view], caller);
    return { ...view, changes: [change, ...view.changes.filter(({ id }) => id !== change.id)] };
  });

/** @throws {Problem} those of `requestMerge`, `too-many-at-desk`, those of `holdOfficer` */
export const mergePerson = (
  deps: DeskDependencies,
  principal: Principal,
  asked: Parameters<typeof requestMerge>[3],
  caller: Caller,
) => act(deps, principal, caller, (trx, _officer, giver) => requestMerge(deps, trx, giver, asked));

/** @throws {Problem} those of `approveChange`, `too-many-at-desk`, those of `holdOfficer` */
export const approve = (deps: DeskDependencies, principal: Principal, id: string, caller: Caller) =>
  act(deps, principal, caller, (trx, _officer, giver) => approveChange(deps, trx, giver, id));

/** Stopping a fraud is not among the twenty a day. @throws {Problem} those of `reverseChange`, `too-many-at-desk`, those of `holdOfficer` */
export const reverse = (
  deps: DeskDependencies,
  principal: Principal,
  asked: Parameters<typeof reverseChange>[3],
  caller: Caller,
) =>
  act(deps, principal, caller, (trx, _officer, giver) => reverseChange(deps, trx, giver, asked), countLookUp);
