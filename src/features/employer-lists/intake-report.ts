import type { JalaliMonth } from '../../kernel/jalali.ts';
import type { Finding } from './findings.ts';

/** What names a list: another list with the same key is the same list again, or a corrected one. */
export type ListKey = Readonly<{ workshopCode: string; month: JalaliMonth; listNumber: string }>;

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
  /** For an unchanged list: the later one that has corrected it since. */
  replacedBy: number | null;
  newPeople: number;
  /** How much the list says of people that the register did not have. */
  newClaims: number;
  errorCount: number;
  warningCount: number;
  findings: readonly Finding[];
}>;
