import type pg from 'pg';
import { Problem } from '../../kernel/problem.ts';
import type { RecordWriter } from '../records/index.ts';
import { type Correction, compareLists, takesMostOff } from './corrections.repository.ts';
import type { ListKey } from './employer-list.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import * as lists from './employer-lists.repository.ts';
import { lockRegister } from './identities.repository.ts';
import { toKey } from './intake-report.ts';
import { recordList, unrecordList } from './list-records.ts';
import { inTransaction, wholeOrNothing } from './list-transaction.ts';
import { updateWorkshop } from './register.repository.ts';

export type WithdrawalDependencies = Readonly<{ pool: pg.Pool; records: RecordWriter }>;

export type WithdrawalRequest = Readonly<{
  listId: number;
  /** Who takes it back, for the trace. */
  by: string;
  /** Whether it is meant that most of its people are taken off the month. */
  confirmRemovals?: boolean;
}>;

export type Withdrawal = Readonly<{
  listId: number;
  list: ListKey & Readonly<{ rowCount: number }>;
  withdrawnAt: Date;
  /** The list whose place it had taken, which counts again. */
  restored: number | null;
  /** From the list to what counts in its place now. */
  correction: Correction;
}>;

/**
 * Takes a list back, as if it had never been in force: the one that it had replaced counts again, or none does.
 * The same content sent again puts it back, as a list of its own.
 * @throws {Problem} `list-replaced`, `list-withdrawn`, `removals-unconfirmed`
 */
export function withdrawList(
  { pool, records }: WithdrawalDependencies,
  request: WithdrawalRequest,
): Promise<Withdrawal> {
  return inTransaction(pool, (client) =>
    wholeOrNothing(client, (lockFirst) => withdrawOnce(records, client, request, lockFirst)),
  );
}

/** In the order of locks that an intake keeps: month, workshop, register, records, people. */
async function withdrawOnce(
  records: RecordWriter,
  client: pg.PoolClient,
  { listId, by, confirmRemovals = false }: WithdrawalRequest,
  lockFirst: boolean,
): Promise<Withdrawal> {
  const list = await findInForce(client, listId);
  if (lockFirst) await lockRegister(client);
  const withdrawnAt = await lists.markWithdrawn(client, listId, by);
  const restored = await lists.restoreReplaced(client, list);
  await updateWorkshop(client, list.workshopCode);
  if (restored === null) {
    await unrecordList(records, client, listId);
  } else {
    const stored = { id: restored, ...toKey(list) };
    await recordList(records, client, { list: stored, corrected: listId, hasNumbersAlone: true });
  }
  const correction = await compareLists(client, listId, restored);
  if (!confirmRemovals && takesMostOff(correction)) {
    const { peopleRemoved, peopleBefore } = correction;
    throw new Problem(employerListProblems.removalsUnconfirmed, {
      parameters: { removed: peopleRemoved, before: peopleBefore },
    });
  }
  const { rowCount } = list;
  return { listId, list: { ...toKey(list), rowCount }, withdrawnAt, restored, correction };
}

/** Looks again when the month is locked: meanwhile a correction may have come in, or another withdrawal. */
async function findInForce(client: pg.PoolClient, listId: number): Promise<lists.KnownList> {
  const found = await lists.findList(client, listId);
  if (found === undefined) throw new Problem(employerListProblems.notFound);
  await lists.lockMonth(client, found);
  const list = (await lists.findList(client, listId)) ?? found;
  if (list.replacedBy !== null) throw new Problem(employerListProblems.replaced);
  if (!list.inForce) throw new Problem(employerListProblems.withdrawn);
  return list;
}
