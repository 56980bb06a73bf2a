import type { Correction } from './corrections.repository.ts';
import type { ListKey } from './employer-list.ts';
import type { Finding } from './findings.ts';

/** What became of a list. */
export type IntakeState = 'accepted' | 'accepted-with-warnings' | 'unchanged' | 'refused';

export type IntakeReport = Readonly<{
  state: IntakeState;
  dryRun: boolean;
  /** `null` for a list that was not kept: refused, or a dry run. */
  listId: number | null;
  /** `null` when not even that could be read. */
  list: (ListKey & Readonly<{ rowCount: number }>) | null;
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
