import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { Problem } from '../../kernel/problem.ts';
import { clientProblems } from '../clients/index.ts';
import type { EmployerListService, ListSource } from './employer-lists.service.ts';
import { sourceOfPair } from './file-pairs.ts';
import type { FindingCode } from './finding-rules.ts';
import { FindingLog } from './findings.ts';
import { type IntakeReport, refusedReport } from './intake-report.ts';
import { inTransaction } from './list-transaction.ts';
import { createScratch, removeAbandonedScratch } from './scratch.ts';
import * as submissions from './submissions.repository.ts';
import * as uploads from './uploads.repository.ts';

export type IntakeLanes = Readonly<{
  /** Lists taken in at the same time by this process; each takes a database connection and much of a core. */
  lanes: number;
  /** Lists of processes that died, and failed ones, are looked for this often. */
  lookEverySeconds: number;
  /** Wait before the second attempt at a list; before the n-th n − 1 times as long. */
  retrySeconds: number;
  /** Then its sender is told to send it again. */
  maxAttempts: number;
}>;

export const defaultIntakeLanes: IntakeLanes = {
  lanes: 3,
  lookEverySeconds: 2,
  retrySeconds: 5,
  maxAttempts: 5,
};

export type IntakeQueueDependencies = Readonly<{
  pool: pg.Pool;
  lists: EmployerListService;
  /** Told of what went wrong: the list is tried again. */
  onFailure: (error: unknown) => void;
}> &
  IntakeLanes;

/** The lanes of this process, which take in what was received, by this process or another. */
export function createIntakeQueue(deps: IntakeQueueDependencies) {
  const { onFailure, lanes, lookEverySeconds } = deps;
  const running = new Set<Promise<void>>();
  const waiting = new Map<string, () => void>();
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;

  async function runLane(): Promise<void> {
    try {
      while (!stopping.signal.aborted) {
        const attempted = await takeNext(deps);
        if (attempted === null) return;
        waiting.get(attempted)?.();
      }
    } catch (error) {
      onFailure(error);
    }
  }

  /** Lets a lane look for work, unless all are at it already. */
  function wake(): void {
    if (running.size >= lanes || stopping.signal.aborted) return;
    const lane = runLane();
    running.add(lane);
    void lane.then(() => running.delete(lane));
  }

  async function look(): Promise<void> {
    await removeAbandonedScratch().catch(onFailure);
    while (!stopping.signal.aborted) {
      wake();
      await sleep(lookEverySeconds * 1000, undefined, { signal: stopping.signal, ref: false }).catch(
        () => {},
      );
    }
  }

  return {
    wake,
    /** Ends when this process has been at the list, or stops, or after the time given. */
    async attempted(submissionId: string, withinMs: number): Promise<void> {
      if (stopping.signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(submissionId, resolve);
      const timer = setTimeout(resolve, withinMs);
      await promise;
      clearTimeout(timer);
      waiting.delete(submissionId);
    },
    isStopping: () => stopping.signal.aborted,
    start(): void {
      looking ??= look();
    },
    /** Ends when the lists that are worked on are done; the others wait for another process, or the next start. */
    async stop(): Promise<void> {
      stopping.abort();
      for (const answer of waiting.values()) answer();
      await looking;
      await Promise.all(running);
    },
  };
}

/** Makes an attempt at the list whose turn it is; whose, or `null` when none is ready. */
async function takeNext(deps: IntakeQueueDependencies): Promise<string | null> {
  const { pool, onFailure, retrySeconds, maxAttempts } = deps;
  const next = await uploads.beginNext(pool, retrySeconds);
  if (next === undefined) return null;
  const { submissionId, attempts } = next;
  try {
    await inTransaction(pool, (client) => takeIn(deps, client, submissionId));
  } catch (error) {
    onFailure(error);
    if (attempts >= maxAttempts) await inTransaction(pool, (client) => giveUp(client, submissionId));
  }
  return submissionId;
}

/**
 * A list is claimed, taken in, reported and removed from the queue in one transaction: whenever a process dies, the
 * list is either done or waiting.
 */
async function takeIn(
  { lists }: Pick<IntakeQueueDependencies, 'lists'>,
  client: pg.PoolClient,
  submissionId: string,
): Promise<void> {
  const upload = await uploads.claim(client, submissionId);
  if (upload === undefined) return;
  const folder = await createScratch();
  try {
    const pair = { workshop: join(folder, 'workshop'), workers: join(folder, 'workers') };
    await uploads.writeFiles(client, submissionId, pair);
    const report = await ingest(lists, client, upload, sourceOfPair(pair, upload.fileDigest));
    await submissions.finish(client, submissionId, report);
    await uploads.removeUpload(client, submissionId);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ingest(
  lists: EmployerListService,
  client: pg.PoolClient,
  { confirmRemovals, workshopCodes }: uploads.Upload,
  source: ListSource,
): Promise<IntakeReport> {
  const maySubmitFor = (code: string) => workshopCodes === null || workshopCodes.includes(code);
  try {
    return await lists.ingestInside(client, source, { confirmRemovals, maySubmitFor });
  } catch (error) {
    const isForbidden = error instanceof Problem && error.kind === clientProblems.workshopNotAllowed;
    if (isForbidden) return refusedBecause('workshop-not-allowed');
    throw error;
  }
}

/** The sender learns it from the report, and nothing of the list stays. */
async function giveUp(client: pg.PoolClient, submissionId: string): Promise<void> {
  if ((await uploads.claim(client, submissionId)) === undefined) return;
  await submissions.finish(client, submissionId, refusedBecause('not-processed'));
  await uploads.removeUpload(client, submissionId);
}

/** Says nothing of the list. */
function refusedBecause(code: FindingCode & ('workshop-not-allowed' | 'not-processed')): IntakeReport {
  const log = new FindingLog(1);
  log.add(code, { file: 'workshop' });
  return { ...refusedReport, errorCount: log.errorCount, findings: log.findings };
}
