import { type Locale, localise } from '../../kernel/locale.ts';
import { type FindingCode, findingRules, type Severity } from './finding-rules.ts';

/** `workshop` is DSKKAR00, `workers` is DSKWOR00. */
export type ListFile = 'workshop' | 'workers';

export type Finding = Readonly<{
  severity: Severity;
  file: ListFile;
  /** The record's number in the file, from 1; `null` when the whole file is meant. */
  row: number | null;
  /** The column's name in the file, e.g. `DSW_DD`. */
  field: string | null;
  code: FindingCode;
  /** What was found, cut to a readable length. */
  value: string | null;
  /** What the rule calls for, where it calls for one value. */
  expected: string | null;
  /** Whom it is about, where it is about somebody. */
  person: FindingPerson | null;
}>;

/** As the list names them; the insurance number, or else the national code. */
export type FindingPerson = Readonly<{ name: string; number: string }>;

export type FindingPlace = Readonly<{
  file: ListFile;
  row?: number | null;
  field?: string | null;
  person?: FindingPerson | null;
}>;

/** The finding as a sentence for the employer. */
export function findingMessage(finding: Finding, locale: Locale): string {
  return localise(findingRules[finding.code], locale, {
    field: finding.field ?? '',
    value: finding.value ?? '',
    expected: finding.expected ?? '',
  });
}

/** Bytes of a hostile file, made fit for a report: no control characters (PostgreSQL refuses NUL), no half pairs. */
function quoted(value: string | number): string {
  return String(value)
    .slice(0, quotedLength)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\uFFFD');
}

/** Longest value quoted in a finding, in characters. */
const quotedLength = 60;

/** Collects findings of a list of any length: everything is counted, the first `limit` of each severity are kept. */
export class FindingLog {
  readonly findings: Finding[] = [];
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
    log.findings.push(...found.findings);
    log.errorCount = found.errorCount;
    log.warningCount = found.warningCount;
    return log;
  }

  add(
    code: FindingCode,
    place: FindingPlace,
    value: string | number | null = null,
    expected: string | number | null = null,
  ): void {
    const { severity } = findingRules[code];
    const count = severity === 'error' ? ++this.errorCount : ++this.warningCount;
    if (count > this.#limit) return;
    this.findings.push({
      severity,
      file: place.file,
      row: place.row ?? null,
      field: place.field ?? null,
      code,
      value: value === null ? null : quoted(value),
      expected: expected === null ? null : String(expected),
      person: place.person ?? null,
    });
  }

  /** Says whom the findings from the n-th on are about. */
  namePerson(from: number, person: FindingPerson): void {
    for (let index = from; index < this.findings.length; index += 1) {
      this.findings[index] = { ...(this.findings[index] as Finding), person };
    }
  }
}
