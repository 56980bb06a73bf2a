import type pg from 'pg';
import { Problem } from '../../kernel/problem.ts';
import type { RecordWriter, StoredList } from '../records/index.ts';
import { defaultListRules, type ListRules } from './checks.ts';
import { type Correction, compareLists, takesMostOff } from './corrections.repository.ts';
import type { EmployerList, ListKey } from './employer-list.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import * as lists from './employer-lists.repository.ts';
import { FindingLog } from './findings.ts';
import {
  inheritAttributions,
  lockRegister,
  registerCodes,
  registerNumbers,
  resolveNumbers,
} from './identities.repository.ts';
import type { IntakeReport } from './intake-report.ts';
import { type EmployerListFiles, type EmployerListVerdict, readEmployerList } from './read-employer-list.ts';
import {
  changesSoFar,
  findContested,
  findDisagreeing,
  RegisterBusyError,
  registerWorkshop,
  reweigh,
  updateWorkshop,
} from './register.repository.ts';
import { RowCopy } from './row-copy.ts';

export type EmployerListDependencies = Readonly<{
  pool: pg.Pool;
  records: RecordWriter;
  /** Two-digit years below it are 14xx. */
  centuryPivot: number;
}>;

export type ListSource = Readonly<{
  /** SHA-256, hex, of both files: files that were taken in before are not read again. */
  fileDigest: string;
  /** Opens the files; called again when a transaction has to be repeated. */
  open(): EmployerListFiles;
}>;

export type IntakeOptions = Readonly<{
  /** The same work and the same report, and nothing is kept. */
  dryRun?: boolean;
  /** Whether the sender means it when most people of an earlier list are taken off. */
  confirmRemovals?: boolean;
  /** Whose list may be sent; anybody's unless given. */
  maySubmitFor?: (workshopCode: string) => boolean;
  /** Called in the transaction of a list that is kept. */
  onKept?: (client: pg.ClientBase, report: IntakeReport) => Promise<void>;
}>;

type Recorded = Readonly<{ list: StoredList; corrected: number | null; hasNumbersAlone: boolean }>;

/** A long list takes longer than a request may. */
const statementTimeoutMilliseconds = 10 * 60 * 1000;
/** Lists that share people in odd ways may still deadlock; PostgreSQL then ends one of them. */
const attempts = 5;
const deadlock = '40P01';

/** Thrown to leave a transaction without its changes. */
class Undo extends Error {
  readonly report: IntakeReport;

  constructor(report: IntakeReport) {
    super('undone');
    this.report = report;
  }
}

export type EmployerListService = ReturnType<typeof createEmployerListService>;

export function createEmployerListService({ pool, records, centuryPivot }: EmployerListDependencies) {
  async function inTransaction(
    work: (client: pg.PoolClient) => Promise<IntakeReport>,
  ): Promise<IntakeReport> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`begin; set local statement_timeout = ${statementTimeoutMilliseconds}`);
      const report = await work(client);
      await client.query('commit');
      return report;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      if (error instanceof Undo) return error.report;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async function ingestOnce(
    client: pg.PoolClient,
    source: ListSource,
    options: IntakeOptions,
    lockFirst: boolean,
  ): Promise<IntakeReport> {
    const rules: ListRules = { ...defaultListRules, ...(await lists.findLegalRules(client)), centuryPivot };
    let staged: { id: number; copy: RowCopy } | undefined;
    const stage = async (list: EmployerList) => {
      allow(list.workshopCode, options);
      await lists.lockMonth(client, list);
      if (lockFirst) await lockRegister(client);
      const id = await lists.reserveListId(client);
      return { id, copy: new RowCopy(client, id) };
    };
    let verdict: EmployerListVerdict;
    try {
      verdict = await readEmployerList(source.open(), rules, async (rows, list) => {
        staged ??= await stage(list);
        await staged.copy.write(rows);
      });
      if (!verdict.accepted) throw new Undo(refusal(verdict, options));
      // A list without rows is a list too: it may take everybody off an earlier one.
      staged ??= await stage(verdict.list);
      await staged.copy.end();
    } catch (error) {
      await staged?.copy.abort();
      throw error;
    }
    return keep(client, staged, verdict, source, options);
  }

  /** The rows are in; from here on the order of locks is workshop, register, records, people. */
  async function keep(
    client: pg.PoolClient,
    { id, copy }: Readonly<{ id: number; copy: RowCopy }>,
    verdict: EmployerListVerdict & { accepted: true },
    source: ListSource,
    { dryRun = false, confirmRemovals = false, onKept }: IntakeOptions,
  ): Promise<IntakeReport> {
    const { list, rowCount, contentDigest, warningCount, findings } = verdict;
    const corrected = await lists.findCurrent(client, list);
    if (corrected?.contentDigest === contentDigest) throw new Undo(unchangedReport(corrected, dryRun));

    await registerWorkshop(client, list, id);
    if (corrected) {
      await lists.markReplaced(client, corrected.id, id);
      await inheritAttributions(client, id, corrected.id);
    }
    await lists.insertList(client, { id, list, rowCount, contentDigest, warningCount, warnings: findings });
    await updateWorkshop(client, list.workshopCode);
    const { newPeople, changedPeople } = await record(client, {
      list: { id, ...keyOf(list) },
      corrected: corrected?.id ?? null,
      hasNumbersAlone: copy.hasNumbersAlone,
    });
    const correction = corrected ? await compareLists(client, corrected.id, id) : null;
    if (correction && !confirmRemovals && takesMostOff(correction)) {
      throw new Undo(unconfirmedReport(verdict, correction, dryRun));
    }
    await lists.rememberFiles(client, source.fileDigest, id);
    const report: IntakeReport = {
      state: warningCount > 0 ? 'accepted-with-warnings' : 'accepted',
      dryRun,
      listId: dryRun ? null : id,
      list: { ...keyOf(list), rowCount },
      replaces: corrected?.id ?? null,
      correction,
      replacedBy: null,
      newPeople,
      changedPeople,
      errorCount: 0,
      warningCount,
      findings,
    };
    if (dryRun) throw new Undo(report);
    await onKept?.(client, report);
    return report;
  }

  /** Puts a list into the records in the place of the one it corrects. */
  async function replace(client: pg.PoolClient, list: StoredList, corrected: number | null) {
    if (corrected !== null) {
      await records.lockRecords(client, [corrected, list.id]);
      await records.removeList(client, corrected);
    }
    return records.appendList(client, list);
  }

  /** Registers whoever is new, with the register locked: nobody is brought into it twice. */
  async function register(client: pg.PoolClient, listId: number, hasNumbersAlone: boolean): Promise<number> {
    await lockRegister(client);
    const newCodes = await registerCodes(client, listId);
    if (!hasNumbersAlone || !(await resolveNumbers(client, listId))) return newCodes;
    const newNumbers = await registerNumbers(client, listId);
    if (await resolveNumbers(client, listId)) throw new Error('somebody was registered and is not found');
    return newCodes + newNumbers;
  }

  /** Most lists name nobody new, so the register is looked at once, by the statement that needs it anyway. */
  async function record(client: pg.PoolClient, { list, corrected, hasNumbersAlone }: Recorded) {
    let newPeople = 0;
    let changes = await changesSoFar(client);
    const isMissing = hasNumbersAlone && (await resolveNumbers(client, list.id));
    await client.query('savepoint before_records');
    let appended = isMissing ? null : await replace(client, list, corrected);
    if (appended === null || appended.unknown.length > 0) {
      // Whoever waits for the register holds no record that others wait for.
      await client.query('rollback to savepoint before_records');
      newPeople = await register(client, list.id, hasNumbersAlone);
      changes = await changesSoFar(client);
      appended = await replace(client, list, corrected);
      if (appended.unknown.length > 0) throw new Error('somebody was registered and is not found');
    }
    // Another list may have changed somebody between this one's look at the register and its turn.
    const isStale = (await changesSoFar(client)) !== changes;
    const differing = isStale ? await records.findDiffering(client, list.id) : appended.differing;
    const disagreeing = await findDisagreeing(client, list.id, differing);
    const contested = corrected === null ? [] : await findContested(client, corrected);
    const changedPeople = await reweigh(client, [...disagreeing, ...contested], records.moveRecord);
    return { newPeople, changedPeople };
  }

  return {
    /**
X
     */
    async ingest(source: ListSource, options: IntakeOptions = {}): Promise<IntakeReport> {
      const { dryRun = false } = options;
      const known = (await lists.findListsOfFiles(pool, [source.fileDigest])).get(source.fileDigest);
      if (known?.inForce) {
        allow(known.workshopCode, options);
        return unchangedReport(known, dryRun);
      }
      let lockFirst = false;
      for (let attempt = 1; ; attempt += 1) {
        try {
          const report = await inTransaction((client) => ingestOnce(client, source, options, lockFirst));
          if (report.state === 'unchanged' && report.listId !== null && !dryRun) {
            await lists.rememberFiles(pool, source.fileDigest, report.listId);
          }
          return report;
        } catch (error) {
          if (!isWorthRepeating(error) || attempt === attempts) throw error;
          lockFirst ||= error instanceof RegisterBusyError;
        }
      }
    },

    /** Which of these files have been imported before, as which list, and whether it counts. */
    async findKnown(
      fileDigests: readonly string[],
    ): Promise<Map<string, Readonly<{ inForce: boolean; report: IntakeReport }>>> {
      const known = await lists.findListsOfFiles(pool, fileDigests);
      return new Map(
        [...known].map(([digest, list]) => [
          digest,
          { inForce: list.inForce, report: unchangedReport(list, false) },
        ]),
      );
    },
  };
}

function isWorthRepeating(error: unknown): boolean {
  return error instanceof RegisterBusyError || (error as { code?: string }).code === deadlock;
}

function keyOf({ workshopCode, month, contractRow, listNumber }: ListKey): ListKey {
  return { workshopCode, month, contractRow, listNumber };
}

function unchangedReport(known: lists.KnownList, dryRun: boolean): IntakeReport {
  return {
    state: 'unchanged',
    dryRun,
    listId: known.id,
    list: { ...keyOf(known), rowCount: known.rowCount },
    replaces: null,
    correction: null,
    replacedBy: known.replacedBy,
    newPeople: 0,
    changedPeople: 0,
    errorCount: 0,
    warningCount: known.warningCount,
    findings: known.warnings,
  };
}

/** A stranger to the workshop learns nothing of its lists, not even that they are known already. */
function allow(workshopCode: string, { maySubmitFor }: IntakeOptions): void {
  if (maySubmitFor && !maySubmitFor(workshopCode)) throw new Problem(employerListProblems.workshopNotAllowed);
}

function refusal(verdict: EmployerListVerdict & { accepted: false }, options: IntakeOptions): IntakeReport {
  const { dryRun = false } = options;
  if (verdict.list) allow(verdict.list.workshopCode, options);
  const { list, errorCount, warningCount, findings } = verdict;
  return {
    state: 'refused',
    dryRun,
    listId: null,
    list: list && { ...keyOf(list), rowCount: list.rowCount },
    replaces: null,
    correction: null,
    replacedBy: null,
    newPeople: 0,
    changedPeople: 0,
    errorCount,
    warningCount,
    findings,
  };
}

/** Everything is as it should be, but for a sender who has not said that so many are to go. */
function unconfirmedReport(
  { list, rowCount, warningCount, findings }: EmployerListVerdict & { accepted: true },
  correction: Correction,
  dryRun: boolean,
): IntakeReport {
  const log = new FindingLog(1);
  const { peopleRemoved, peopleBefore } = correction;
  log.add('removals-unconfirmed', { file: 'workers' }, peopleRemoved, peopleBefore);
  return {
    state: 'refused',
    dryRun,
    listId: null,
    list: { ...keyOf(list), rowCount },
    replaces: null,
    correction,
    replacedBy: null,
    newPeople: 0,
    changedPeople: 0,
    errorCount: 1,
    warningCount,
    findings: [...log.findings, ...findings],
  };
}
