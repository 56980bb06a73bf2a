import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { Database } from '../../database/schema.ts';
import { Problem } from '../../kernel/problem.ts';
import { clientProblems } from '../clients/index.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import type { EmployerListService } from './employer-lists.service.ts';
import { createIntakeQueue, defaultIntakeLanes, type IntakeLanes } from './intake-queue.ts';
import type { IntakeReport } from './intake-report.ts';
import { createIntakeRoom, defaultQueueLimits, type QueueLimits } from './intake-room.ts';
import { inTransaction } from './list-transaction.ts';
import { type ListEnd, type Standing, toStanding } from './standing.ts';
import * as submissions from './submissions.repository.ts';
import type { ReceivedList } from './upload.ts';
import * as uploads from './uploads.repository.ts';
import { peekWorkshopCode } from './versions.ts';
import type { Withdrawal } from './withdrawal.ts';
import type { MonthOfWorkshop } from './workshop-month.repository.ts';
import { findWorkshopMonth } from './workshop-month.ts';

/** The machine client that sends lists, and the workshops it may send them for. */
export type ListSender = Readonly<{
  clientId: string;
  /** `null`: any, for the organisation's own programs. */
  workshops: readonly string[] | null;
}>;

/** `received`: waiting or under way. */
export type SubmissionState = 'received' | IntakeReport['state'];

export type Submission<Report = IntakeReport> = Readonly<{
  id: string;
  state: SubmissionState;
  receivedAt: Date;
  standing: Standing;
  report: Report | null;
}>;

export type SubmissionPage = Readonly<{
  submissions: readonly Submission<Omit<IntakeReport, 'findings'>>[];
  /** `null` on the last page. */
  nextCursor: string | null;
}>;

/** Reports are for the employer to act on; those of lists that were taken in stay with them. */
const keptDays = 90;

export type SubmissionService = ReturnType<typeof createSubmissionService>;

export type SubmissionDependencies = Readonly<{
  db: Kysely<Database>;
  pool: pg.Pool;
  lists: EmployerListService;
  /** Told of what went wrong after the answer had been sent. */
  onFailure?: (error: unknown) => void;
  /** How long a sender waits for the report before the answer says `received`. */
  answerWithinMs?: number;
  queueLimits?: QueueLimits;
  intakeLanes?: IntakeLanes;
}>;

/** Most lists are done in less; HTTP clients usually wait for half a minute. */
const defaultAnswerWithinMs = 20_000;
/** A list may be done by another process, which tells nobody here. */
const askEveryMs = 500;

export function createSubmissionService({
  db,
  pool,
  lists,
  onFailure = () => {},
  answerWithinMs = defaultAnswerWithinMs,
  queueLimits = defaultQueueLimits,
  intakeLanes = defaultIntakeLanes,
}: SubmissionDependencies) {
  const room = createIntakeRoom(queueLimits, () => uploads.countWaiting(pool));
  const queue = createIntakeQueue({ pool, lists, onFailure, ...intakeLanes });

  /** Lays the list into the database: from here on nothing but the database has to live on. */
  async function store(list: ReceivedList, sender: ListSender, confirmRemovals: boolean) {
    const workshopKey = await peekWorkshopCode(list.pair);
    const maySubmit = maySubmitFor(sender);
    // What the first bytes say is enough to refuse at once; the reading proper looks again.
    if (/^[0-9]{10}$/.test(workshopKey) && !maySubmit(workshopKey)) {
      throw new Problem(clientProblems.workshopNotAllowed);
    }
    const { fileDigest, byteCount, pair } = list;
    const { clientId, workshops: workshopCodes } = sender;
    const upload = { clientId, workshopKey, workshopCodes, confirmRemovals, fileDigest, byteCount };
    return inTransaction(pool, (client) => uploads.insertUpload(client, upload, pair));
  }

  async function find(id: string, sender: ListSender): Promise<Submission> {
    const found = await submissions.find(db, id, sender);
    if (!found) throw new Problem(employerListProblems.notFound);
    return toSubmission(found);
  }

  return {
    /** Room for a list that is about to be read. @throws {Problem} `busy` */
    enter: room.enter,

    /**
     * Receives a list, whose report follows when it is its turn. The answer waits for the report, but not for
     * ever: `received` means that it is to be asked for.
     * @throws {Problem} `workshop-not-allowed`
     */
    async submit(list: ReceivedList, sender: ListSender, confirmRemovals: boolean): Promise<Submission> {
      const { id } = await store(list, sender, confirmRemovals).finally(list.discard);
      const until = performance.now() + answerWithinMs;
      queue.wake();
      for (;;) {
        const left = until - performance.now();
        if (left > 0) await queue.attempted(id, Math.min(left, askEveryMs));
        const submission = await find(id, sender);
        if (submission.state !== 'received' || left <= 0 || queue.isStopping()) return submission;
      }
    },

    /** What would be reported of a list; leaves nothing behind. @throws {Problem} `workshop-not-allowed` */
    dryRun: (list: ReceivedList, sender: ListSender, confirmRemovals: boolean): Promise<IntakeReport> =>
      room
        .takeTurn(() =>
          lists.ingest(list.source, { dryRun: true, confirmRemovals, maySubmitFor: maySubmitFor(sender) }),
        )
        .finally(list.discard),

    /** A client's own submission. @throws {Problem} `list-not-found`, also for somebody else's */
    find,

    /** A client's own submissions, newest first. */
    async page(
      sender: ListSender,
      filter: submissions.SubmissionFilter,
      { before, limit }: submissions.Page<string>,
    ): Promise<SubmissionPage> {
      // One more than asked for tells whether there is a next page.
      const found = await submissions.findPage(db, sender, filter, { before, limit: limit + 1 });
      const page = found.slice(0, limit).map(toSubmission);
      return { submissions: page, nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
    },

    /**
     * Takes back the list that a client has sent, or sent again.
     * @throws {Problem} `busy`, `list-not-found`, `list-not-accepted`, `list-replaced`, `list-withdrawn`,
     * `removals-unconfirmed`
     */
    async withdraw(id: string, sender: ListSender, confirmRemovals: boolean): Promise<Withdrawal> {
      const found = await submissions.find(db, id, sender);
      if (!found) throw new Problem(employerListProblems.notFound);
      const { listId } = found;
      if (listId === null) throw new Problem(employerListProblems.notAccepted);
      const place = await room.enter(0);
      const by = sender.clientId;
      return room.takeTurn(() => lists.withdraw({ listId, by, confirmRemovals })).finally(place.leave);
    },

    /** All lists of a workshop's month, whoever sent them, to a client that may act for the workshop. */
    workshopMonth: (clientId: string, of: MonthOfWorkshop, page: submissions.Page<number>) =>
      findWorkshopMonth(db, of, clientId, page),

    start: queue.start,
    /** Ends when nothing is on its way in and nothing is worked on; what waits is in the database. */
    async stop(): Promise<void> {
      await room.emptied();
      await queue.stop();
    },
  };
}

function maySubmitFor({ workshops }: ListSender): (workshopCode: string) => boolean {
  return (workshopCode) => workshops === null || workshops.includes(workshopCode);
}

function toSubmission<Report>({
  listId,
  replacedBy,
  withdrawnAt,
  ...submission
}: Omit<Submission<Report>, 'standing'> & ListEnd & Readonly<{ listId: number | null }>): Submission<Report> {
  const standing = toStanding(submission.state, listId === null ? null : { replacedBy, withdrawnAt });
  return { ...submission, standing };
}

/** Removes reports of lists that were not taken in, when nobody needs them any more; returns how many. */
export async function cleanUpSubmissions(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('employer_list_submission')
    .where('state', 'in', ['unchanged', 'refused'])
    .where('received_at', '<', sql<Date>`now() - make_interval(days => ${keptDays})`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
