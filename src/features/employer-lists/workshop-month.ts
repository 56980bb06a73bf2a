import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { type Standing, standingOfList } from './standing.ts';
import type { Page } from './submissions.repository.ts';
import { findMonthLists, type MonthOfWorkshop, sumMonth } from './workshop-month.repository.ts';

/** Sums as the heads of lists declare them: rows, days, and rials. */
export type MonthTotals = Omit<Awaited<ReturnType<typeof sumMonth>>, 'lists'>;

export type WorkshopMonth = MonthOfWorkshop &
  Readonly<{
    /** Of the lists that count. */
    totals: MonthTotals & Readonly<{ lists: number }>;
    /** Newest first. */
    lists: readonly Readonly<{
      id: number;
      /** The caller's own submission of it. */
      submissionId: string | null;
      contractRow: string;
      listNumber: string;
      receivedAt: Date;
      standing: Standing;
      totals: MonthTotals;
    }>[];
    nextCursor: number | null;
  }>;

/**
 * All lists of a workshop's month, a page of them, and which of them count.
 * @param clientId whose submissions are named; `null`: nobody's
 */
export async function findWorkshopMonth(
  db: Kysely<Database>,
  of: MonthOfWorkshop,
  clientId: string | null,
  { before, limit }: Page<number>,
): Promise<WorkshopMonth> {
  // One state of the month: sums and lists are to agree.
  const reading = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  const [totals, found] = await reading.execute(async (trx) => [
    await sumMonth(trx, of),
    // One more than asked for tells whether there is a next page.
    await findMonthLists(trx, of, clientId, { before, limit: limit + 1 }),
  ]);
  const lists = found.slice(0, limit).map((row) => {
    const { id, submissionId, contractRow, listNumber, receivedAt, replacedBy, withdrawnAt, ...sums } = row;
    const standing = standingOfList({ replacedBy, withdrawnAt });
    return { id, submissionId, contractRow, listNumber, receivedAt, standing, totals: sums };
  });
  return { ...of, totals, lists, nextCursor: found.length > limit ? (lists.at(-1)?.id ?? null) : null };
}
