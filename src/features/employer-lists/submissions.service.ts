import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/schema.ts';
import { Problem } from '../../kernel/problem.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import type { EmployerListService, ListSource } from './employer-lists.service.ts';
import type { IntakeReport } from './intake-report.ts';
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

export type SubmissionService = ReturnType<typeof createSubmissionService>;

export function createSubmissionService({ db, lists }: { db: Kysely<Database>; lists: EmployerListService }) {
  return {
    /** Takes a list in for a machine client and keeps the report for it. */
    async submit(source: ListSource, sender: ListSender): Promise<Submission> {
      const { id, receivedAt } = await submissions.insert(db, sender.clientId);
      try {
        const report = await lists.ingest(source, {
          maySubmitFor: maySubmitFor(sender),
          onKept: (client, kept) => submissions.finishInside(client, id, kept),
        });
        if (!report.state.startsWith('accepted')) await submissions.finish(db, id, report);
        return { id, state: report.state, receivedAt, report };
      } catch (error) {
        await submissions.remove(db, id);
        throw error;
      }
    },

    /** What would be reported of a list; leaves nothing behind. */
    dryRun: (source: ListSource, sender: ListSender): Promise<IntakeReport> =>
      lists.ingest(source, { dryRun: true, maySubmitFor: maySubmitFor(sender) }),

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
export async function sweepSubmissions(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('employer_list_submission')
    .where('received_at', '<', sql<Date>`now() - make_interval(days => ${keptDays})`)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
