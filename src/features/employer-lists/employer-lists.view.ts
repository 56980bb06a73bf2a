import { toCursor } from '../../kernel/cursor.ts';
import { type IntakeReport, refusedReport } from './intake-report.ts';
import type { Standing } from './standing.ts';
import type { SubmissionPage } from './submissions.service.ts';
import type { Withdrawal } from './withdrawal.ts';
import type { WorkshopMonth } from './workshop-month.ts';

/** How lists are shown: ids as text, instants as RFC 3339. */

const idText = (id: number | null) => (id === null ? null : String(id));

export function viewStanding({ counts, reason, replacedBy, withdrawnAt }: Standing) {
  return {
    counts,
    reason,
    replacedBy: idText(replacedBy),
    withdrawnAt: withdrawnAt?.toISOString() ?? null,
  };
}

/** A report without what was found. */
export function viewSummary(report: Omit<IntakeReport, 'findings'>) {
  const { list, listId, replaces, correction, replacedBy, errorCount, warningCount } = report;
  return {
    list,
    listId: idText(listId),
    replaces: idText(replaces),
    correction,
    replacedBy: idText(replacedBy),
    errorCount,
    warningCount,
  };
}

export function viewPage({ submissions, nextCursor }: SubmissionPage) {
  return {
    lists: submissions.map(({ id, state, receivedAt, standing, report }) => ({
      id,
      state,
      receivedAt: receivedAt.toISOString(),
      standing: viewStanding(standing),
      ...viewSummary(report ?? refusedReport),
    })),
    nextCursor: toCursor(nextCursor),
  };
}

export function viewWithdrawal({ listId, list, withdrawnAt, restored, correction }: Withdrawal) {
  return {
    listId: String(listId),
    list,
    withdrawnAt: withdrawnAt.toISOString(),
    restored: idText(restored),
    correction,
  };
}

export function viewMonth({ workshopCode, month, totals, lists, nextCursor }: WorkshopMonth) {
  return {
    workshopCode,
    month,
    totals,
    lists: lists.map(({ id, receivedAt, standing, ...list }) => ({
      listId: String(id),
      ...list,
      receivedAt: receivedAt.toISOString(),
      standing: viewStanding(standing),
    })),
    nextCursor: toCursor(nextCursor),
  };
}
