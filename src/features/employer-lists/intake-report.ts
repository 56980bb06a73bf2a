import type { Correction } from './corrections.repository.ts';
import type { EmployerListTotals, ListKey } from './employer-list.ts';
import type { KnownList } from './employer-lists.repository.ts';
import { type Finding, FindingLog } from './findings.ts';
import type { EmployerListVerdict } from './read-employer-list.ts';

/** What became of a list. */
export type IntakeState = 'accepted' | 'accepted-with-warnings' | 'unchanged' | 'refused';

/** The list by its key, and what its sender knows it by. */
export type ReportedList = ListKey &
  Readonly<{ workshopName: string; rowCount: number; totals: EmployerListTotals }>;

export type IntakeReport = Readonly<{
  state: IntakeState;
  dryRun: boolean;
  /** `null` for a list that was not kept: refused, or a dry run. */
  listId: number | null;
  /** `null` when not even that could be read. */
  list: ReportedList | null;
  /** The earlier list that this one corrects. */
  replaces: number | null;
  /** What it does to that one, or would do; `null` when it corrects none. */
  correction: Correction | null;
  /** Of files in an import that are not the newest of their list: the later one that counts. */
  replacedBy: number | null;
  newPeople: number;
  /** People whose details in the register are others because of the list. */
  changedPeople: number;
  errorCount: number;
  warningCount: number;
  findings: readonly Finding[];
}>;

/** Of a list of which nothing is known. */
export const refusedReport: IntakeReport = {
  state: 'refused',
  dryRun: false,
  listId: null,
  list: null,
  replaces: null,
  correction: null,
  replacedBy: null,
  newPeople: 0,
  changedPeople: 0,
  errorCount: 0,
  warningCount: 0,
  findings: [],
};

export function describeList(list: ReportedList): ReportedList {
  const { workshopName, rowCount, totals } = list;
  return { ...toKey(list), workshopName, rowCount, totals };
}

export function toKey({ workshopCode, month, contractRow, listNumber }: ListKey): ListKey {
  return { workshopCode, month, contractRow, listNumber };
}

export function unchangedReport(known: KnownList, dryRun: boolean): IntakeReport {
  return {
    ...refusedReport,
    state: 'unchanged',
    dryRun,
    listId: known.id,
    list: describeList(known),
    replacedBy: known.replacedBy,
    warningCount: known.warningCount,
    findings: known.warnings,
  };
}

export function refusal(verdict: EmployerListVerdict & { accepted: false }, dryRun: boolean): IntakeReport {
  const { list, errorCount, warningCount, findings } = verdict;
  return {
    ...refusedReport,
    dryRun,
    list: list && describeList(list),
    errorCount,
    warningCount,
    findings,
  };
}

/** Of a list that counts from now on, or would. */
export function acceptedReport(
  { list, rowCount }: EmployerListVerdict & { accepted: true },
  {
    id,
    log: { warningCount, findings },
    ...rest
  }: Pick<IntakeReport, 'dryRun' | 'replaces' | 'correction' | 'newPeople' | 'changedPeople'> &
    Readonly<{ id: number; log: Pick<FindingLog, 'warningCount' | 'findings'> }>,
): IntakeReport {
  return {
    state: warningCount > 0 ? 'accepted-with-warnings' : 'accepted',
    listId: rest.dryRun ? null : id,
    list: describeList({ ...list, rowCount }),
    replacedBy: null,
    errorCount: 0,
    warningCount,
    findings,
    ...rest,
  };
}

/** Everything is as it should be, but for a sender who has not said that so many are to go. */
export function unconfirmedReport(
  { list, rowCount, warningCount, findings }: EmployerListVerdict & { accepted: true },
  correction: Correction,
  dryRun: boolean,
): IntakeReport {
  const log = new FindingLog(1);
  const { peopleBefore } = correction;
  log.add('removals-unconfirmed', { file: 'workers' }, correction.peopleRemoved, peopleBefore);
  return {
    ...refusedReport,
    dryRun,
    list: describeList({ ...list, rowCount }),
    correction,
    errorCount: 1,
    warningCount,
    findings: [...log.findings, ...findings],
  };
}
