import type pg from 'pg';
import { Problem } from '../../kernel/problem.ts';
import { clientProblems } from '../clients/index.ts';
import type { RecordWriter } from '../records/index.ts';
import { defaultListRules, type ListRules } from './checks.ts';
import { compareLists, takesMostOff } from './corrections.repository.ts';
import type { EmployerList } from './employer-list.ts';
import * as lists from './employer-lists.repository.ts';
import { FindingLog } from './findings.ts';
import { lockRegister } from './identities.repository.ts';
import {
  acceptedReport,
  type IntakeReport,
  refusal,
  toKey,
  unchangedReport,
  unconfirmedReport,
} from './intake-report.ts';
import { recordList } from './list-records.ts';
import { inTransaction, Undo, wholeOrNothing } from './list-transaction.ts';
import { findNeighbourFindings } from './neighbours.repository.ts';
import { type EmployerListFiles, type EmployerListVerdict, readEmployerList } from './read-employer-list.ts';
import { registerWorkshop, updateWorkshop } from './register.repository.ts';
import { RowCopy } from './row-copy.ts';
import { type WithdrawalRequest, withdrawList } from './withdrawal.ts';

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
}>;

/** Files whose list is in the register. */
export type KnownFiles = Readonly<{ inForce: boolean; isWithdrawn: boolean; report: IntakeReport }>;

/** The use cases below on the same dependencies. */
export type EmployerListService = ReturnType<typeof createEmployerListService>;

export function createEmployerListService(deps: EmployerListDependencies) {
  return {
    ingest: (source: ListSource, options?: IntakeOptions) => ingestList(deps, source, options),
    ingestInside: (client: pg.PoolClient, source: ListSource, options?: IntakeOptions) =>
      ingestInside(deps, client, source, options),
    withdraw: (request: WithdrawalRequest) => withdrawList(deps, request),
    findKnown: (fileDigests: readonly string[]) => findKnownFiles(deps, fileDigests),
  };
}

/** Reads, checks and keeps a list in a transaction of its own. @throws {Problem} `workshop-not-allowed` */
function ingestList(
  deps: EmployerListDependencies,
  source: ListSource,
  options: IntakeOptions = {},
): Promise<IntakeReport> {
  return inTransaction(deps.pool, (client) => ingestInside(deps, client, source, options));
}

/**
 * Reads, checks and keeps a list, whole or not at all, inside the caller's transaction.
 * @throws {Problem} `workshop-not-allowed`
 */
async function ingestInside(
  deps: EmployerListDependencies,
  client: pg.PoolClient,
  source: ListSource,
  options: IntakeOptions = {},
): Promise<IntakeReport> {
  const { dryRun = false } = options;
  const known = (await lists.findListsOfFiles(client, [source.fileDigest])).get(source.fileDigest);
  if (known?.inForce) {
    allow(known.workshopCode, options);
    return reportUnchanged(client, known, dryRun);
  }
  const report = await wholeOrNothing(client, (lockFirst) =>
    ingestOnce(deps, client, source, options, lockFirst),
  );
  if (report.state === 'unchanged' && report.listId !== null && !dryRun) {
    await lists.rememberFiles(client, source.fileDigest, report.listId);
  }
  return report;
}

/** A list whose rows are in, and count for nothing yet. */
type Staged = Readonly<{ id: number; copy: RowCopy }>;

async function ingestOnce(
  { records, centuryPivot }: EmployerListDependencies,
  client: pg.PoolClient,
  source: ListSource,
  options: IntakeOptions,
  lockFirst: boolean,
): Promise<IntakeReport> {
  const rules: ListRules = { ...defaultListRules, ...(await lists.findLegalRules(client)), centuryPivot };
  let staged: Staged | undefined;
  const stage = async (list: EmployerList): Promise<Staged> => {
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
    if (!verdict.accepted) {
      if (verdict.list) allow(verdict.list.workshopCode, options);
      throw new Undo(refusal(verdict, options.dryRun ?? false));
    }
    // A list without rows is a list too: it may take everybody off an earlier one.
    staged ??= await stage(verdict.list);
    await staged.copy.end();
  } catch (error) {
    await staged?.copy.abort();
    throw error;
  }
  return keep(records, client, staged, verdict, { source, rules, options });
}

/** The rows are in; from here on the order of locks is workshop, register, records, people. */
async function keep(
  records: RecordWriter,
  client: pg.PoolClient,
  { id, copy }: Staged,
  verdict: EmployerListVerdict & { accepted: true },
  { source, rules, options }: Readonly<{ source: ListSource; rules: ListRules; options: IntakeOptions }>,
): Promise<IntakeReport> {
  const { dryRun = false, confirmRemovals = false } = options;
  const { list, rowCount, contentDigest } = verdict;
  const corrected = await lists.findCurrent(client, list);
  if (corrected?.contentDigest === contentDigest) {
    throw new Undo(await reportUnchanged(client, corrected, dryRun));
  }

  await registerWorkshop(client, list, id);
  if (corrected) await lists.markReplaced(client, corrected.id, id);
  await lists.insertList(client, { id, list, rowCount, contentDigest });
  await updateWorkshop(client, list.workshopCode);
  const { newPeople, changedPeople } = await recordList(records, client, {
    list: { id, ...toKey(list) },
    corrected: corrected?.id ?? null,
    hasNumbersAlone: copy.hasNumbersAlone,
  });
  const correction = corrected ? await compareLists(client, corrected.id, id) : null;
  if (correction && !confirmRemovals && takesMostOff(correction)) {
    throw new Undo(unconfirmedReport(verdict, correction, dryRun));
  }
  // What other lists make of it is not kept: they come and go.
  await lists.storeWarnings(client, id, verdict.warningCount, verdict.findings);
  const log = FindingLog.goingOn(verdict, rules.maxFindings);
  await findNeighbourFindings(client, id, list, rules, log);
  await lists.rememberFiles(client, source.fileDigest, id);
  const report = acceptedReport(verdict, {
    id,
    dryRun,
    replaces: corrected?.id ?? null,
    correction,
    newPeople,
    changedPeople,
    log,
  });
  if (dryRun) throw new Undo(report);
  return report;
}

/** Which of these files have been imported before, as which list, and whether it counts. */
async function findKnownFiles(
  { pool }: Pick<EmployerListDependencies, 'pool'>,
  fileDigests: readonly string[],
): Promise<Map<string, KnownFiles>> {
  const known = await lists.findListsOfFiles(pool, fileDigests);
  return new Map(
    [...known].map(([digest, list]) => [
      digest,
      {
        inForce: list.inForce,
        isWithdrawn: list.withdrawnAt !== null,
        report: unchangedReport(list, false),
      },
    ]),
  );
}

/** With what is found beside the lists that count by now. */
async function reportUnchanged(
  client: pg.ClientBase,
  known: lists.KnownList,
  dryRun: boolean,
): Promise<IntakeReport> {
  const { warningCount, warnings: findings } = known;
  const log = FindingLog.goingOn({ findings, errorCount: 0, warningCount }, defaultListRules.maxFindings);
  await findNeighbourFindings(client, known.id, known, defaultListRules, log);
  return { ...unchangedReport(known, dryRun), warningCount: log.warningCount, findings: log.findings };
}

/** A stranger to the workshop learns nothing of its lists, not even that they are known already. */
function allow(workshopCode: string, { maySubmitFor }: IntakeOptions): void {
  if (maySubmitFor && !maySubmitFor(workshopCode)) throw new Problem(clientProblems.workshopNotAllowed);
}
