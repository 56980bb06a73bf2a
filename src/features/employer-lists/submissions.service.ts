import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { Database } from '../../database/schema.ts';
import { Problem } from '../../kernel/problem.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import type { EmployerListService, ListSource } from './employer-lists.service.ts';
import { FindingLog } from './findings.ts';
import { type IntakeReport, refusedReport } from './intake-report.ts';
import { inTransaction } from './list-transaction.ts';
import * as submissions from './submissions.repository.ts';

/** The machine client that sends lists, and the workshops it may send them for. */
export type ListSender = Readonly<{
  clientId: string;
  /** `null`: any, for the organisation's own programs. */
  workshops: readonly string[] | null;
}>;

/** `received`: under way, or for a few minutes yet cut short by the end of its process. */
export type Submission = Readonly<{
  id: string;
  state: 'received' | IntakeReport['state'];
  receivedAt: Date;
  report: IntakeReport | null;
}>;

/** Reports are for the employer to act on; what was accepted stays in the register. */
const keptDays = 90;

/** A list that waits for its turn: `run` or `discard`, one of them and once. */
export type Turn = Readonly<{
  run<T>(work: (source: ListSource) => Promise<T>): Promise<T>;
  discard(): Promise<void>;
}>;

export type SubmissionService = ReturnType<typeof createSubmissionService>;

export type SubmissionDependencies = Readonly<{
  db: Kysely<Database>;
  pool: pg.Pool;
  lists: EmployerListService;
  /** Told of what went wrong after the answer had been sent. */
  onFailure?: (error: unknown) => void;
  /** How long a sender waits for the report before the answer says `received`. */
  answerWithinMs?: number;
}>;

/** Most lists are done in less; HTTP clients usually wait for half a minute. */
const defaultAnswerWithinMs = 20_000;

export function createSubmissionService({
  db,
  pool,
  lists,
  onFailure = () => {},
  answerWithinMs = defaultAnswerWithinMs,
}: SubmissionDependencies) {
  async function ingest(
    source: ListSource,
    id: string,
    sender: ListSender,
    confirmRemovals: boolean,
  ): Promise<IntakeReport> {
    return inTransaction(pool, async (client) => {
      const options = { confirmRemovals, maySubmitFor: maySubmitFor(sender) };
      const report = await lists.ingestInside(client, source, options);
      await submissions.finishInside(client, id, report);
      return report;
    });
  }

  /** A sender who has an answer already learns from the report what a problem would have said. */
  async function giveUp(id: string, error: unknown, isAnswered: boolean): Promise<void> {
    const isForbidden = error instanceof Problem && error.kind === employerListProblems.workshopNotAllowed;
    if (isAnswered && isForbidden) await submissions.finish(db, id, notAllowedReport());
    else await submissions.remove(db, id);
  }

  return {
    /**
     * Takes a list in for a machine client when its turn comes, and keeps the report for it. The answer waits for
     * the report, but not for ever: `received` means that it is to be asked for.
     */
    async submit(upload: Turn, sender: ListSender, confirmRemovals: boolean): Promise<Submission> {
      const { id, receivedAt } = await submissions.insert(db, sender.clientId).catch(async (error) => {
        await upload.discard();
        throw error;
      });
      let isAnswered = false;
      const done = upload
        .run((source) => ingest(source, id, sender, confirmRemovals))
        .then((report): Submission => ({ id, state: report.state, receivedAt, report }))
        .catch(async (error) => {
          await giveUp(id, error, isAnswered);
          throw error;
        });
      done.catch((error) => isAnswered && onFailure(error));
      const waiting = new AbortController();
      const received = async (): Promise<Submission> => {
        await sleep(answerWithinMs, undefined, { signal: waiting.signal, ref: false });
        isAnswered = true;
        return { id, state: 'received', receivedAt, report: null };
      };
      try {
        return await Promise.race([done, received()]);
      } finally {
        waiting.abort();
      }
    },

    /** What would be reported of a list; leaves nothing behind. */
    dryRun: (upload: Turn, sender: ListSender, confirmRemovals: boolean): Promise<IntakeReport> =>
      upload.run((source) =>
        lists.ingest(source, { dryRun: true, confirmRemovals, maySubmitFor: maySubmitFor(sender) }),
      ),

    /** A client's own submission. @throws {Problem} `list-not-found`, also for somebody else's */
    async find(id: string, sender: ListSender): Promise<Submission> {
      const found = await submissions.find(db, id, sender.clientId);
      if (!found) throw new Problem(employerListProblems.notFound);
      return found;
    },
  };
}

function maySubmitFor({ workshops }: ListSender): (workshopCode: string) => boolean {
  return (workshopCode) => workshops === null || workshops.includes(workshopCode);
}

/** Removes reports that nobody needs any more; returns how many. */
export async function cleanUpSubmissions(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('employer_list_submission')
    .where('received_at', '<', sql<Date>`now() - make_interval(days => ${keptDays})`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Says nothing of the list: it is none of this sender's business. */
function notAllowedReport(): IntakeReport {
  const log = new FindingLog(1);
  log.add('workshop-not-allowed', { file: 'workshop', field: 'DSK_ID' });
  return { ...refusedReport, errorCount: log.errorCount, findings: log.findings };
}
