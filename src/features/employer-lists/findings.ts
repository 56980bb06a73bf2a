import {
  compareFindings,
  type FindingCode,
  type FindingRule,
  findingRules,
  type Severity,
} from './finding-rules.ts';

/** `workshop` is DSKKAR00, `workers` is DSKWOR00. */
export type ListFile = 'workshop' | 'workers';

export type Finding = Readonly<{
  severity: Severity;
  file: ListFile;
  /** The record's number in the file, from 1, or the first of several; `null` when the whole file is meant. */
  row: number | null;
  /** How many rows it is said of, the first included; 0 when the whole file is meant. */
  rowCount: number;
  /** The next of those rows, as far as they are kept. */
  moreRows: readonly number[];
  /** The column's name in the file, e.g. `DSW_DD`. */
  field: string | null;
  code: FindingCode;
  /** What was found, cut to a readable length. */
  value: string | null;
  /** What the rule calls for, where it calls for one value. */
  expected: string | null;
  /** Whom it is about, where it is about one person. */
  person: FindingPerson | null;
}>;

/** As the list names them. */
export type FindingPerson = Readonly<{
  name: string;
  insuranceNumber: string | null;
  nationalCode: string | null;
}>;

export type FindingPlace = Readonly<{
  file: ListFile;
  row?: number | null;
  field?: string | null;
  person?: FindingPerson | null;
}>;

/** Bytes of a hostile file, made fit for a report: no control characters (PostgreSQL refuses NUL), no half pairs. */
function quoted(value: string | number): string {
  return String(value)
    .slice(0, quotedLength)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\uFFFD');
}

/** Longest value quoted in a finding, in characters. */
const quotedLength = 60;
/** Rows that a finding names beyond the first. */
const maxMoreRows = 19;

/**
 * Collects findings of a list of any length: everything is counted, the first `limit` of each severity are kept, and
 * what the whole file is to be blamed for is kept in any case. What many rows say alike is one finding.
 */
export class FindingLog {
  readonly #found: Finding[] = [];
  /** Where those that are told once stand in `#found`. */
  readonly #told = new Map<string, number>();
  errorCount = 0;
  warningCount = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds to what has been found by others. */
  static goingOn(
    found: Readonly<{ findings: readonly Finding[]; errorCount: number; warningCount: number }>,
    limit: number,
  ): FindingLog {
    const log = new FindingLog(limit);
    log.#found.push(...found.findings);
    log.errorCount = found.errorCount;
    log.warningCount = found.warningCount;
    return log;
  }

  /** Causes before their consequences. */
  get findings(): readonly Finding[] {
    return this.#found.toSorted(compareFindings);
  }

  /** How many have been kept so far. */
  get size(): number {
    return this.#found.length;
  }

  add(
    code: FindingCode,
    place: FindingPlace,
    value: string | number | null = null,
    expected: string | number | null = null,
  ): void {
    const { severity, once }: FindingRule = findingRules[code];
    const { file, row = null, field = null, person = null } = place;
    const saying = once === 'value' ? `/${value}/${expected}` : '';
    const key = once === undefined || row === null ? null : `${code}/${file}/${field}${saying}`;
    const earlier = key === null ? undefined : this.#told.get(key);
    if (earlier !== undefined && row !== null) {
      this.#tellAgain(earlier, row);
      return;
    }
    const count = severity === 'error' ? ++this.errorCount : ++this.warningCount;
    const isOfWholeFile = row === null && person === null;
    if (count > this.#limit && !isOfWholeFile) return;
    if (key !== null) this.#told.set(key, this.#found.length);
    this.#found.push({
      severity,
      file,
      row,
      rowCount: row === null ? 0 : 1,
      moreRows: [],
      field,
      code,
      value: value === null ? null : quoted(value),
      expected: expected === null ? null : String(expected),
      person,
    });
  }

  #tellAgain(index: number, row: number): void {
    const told = this.#found[index] as Finding;
    const moreRows = told.moreRows.length < maxMoreRows ? [...told.moreRows, row] : told.moreRows;
    this.#found[index] = { ...told, rowCount: told.rowCount + 1, moreRows, person: null };
  }

  /** Says whom the findings from the n-th on are about. */
  namePerson(from: number, person: FindingPerson): void {
    for (let index = from; index < this.#found.length; index += 1) {
      this.#found[index] = { ...(this.#found[index] as Finding), person };
    }
  }
}
