import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { Database } from '../../database/schema.ts';
import type { JalaliMonth } from '../../kernel/jalali.ts';
import type { EmployerListSubmissionTable } from './employer-lists.table.ts';
import type { IntakeReport } from './intake-report.ts';

/** Keeps the report; in the transaction of the list, so that one is never there without the other. */
export async function finish(
  client: pg.ClientBase | pg.Pool,
  id: string,
  report: IntakeReport,
): Promise<void> {
  const { state, list, listId } = report;
  await client.query(
    `update employer_list_submission set state = $2, report = $3, workshop_code = coalesce($4, workshop_code),
       year = $5, month = $6, employer_list_id = $7 where id = $1`,
    [id, state, JSON.stringify(report), list?.workshopCode, list?.month.year, list?.month.month, listId],
  );
}

/** Whose submissions: a client's own, as long as it may send for the workshop that they turned out to be of. */
export type Own = Readonly<{ clientId: string; workshops: readonly string[] | null }>;

function ownSubmissions(db: Kysely<Database>, { clientId, workshops }: Own) {
  return db
    .selectFrom('employer_list_submission as submission')
    .leftJoin('employer_list as list', 'list.id', 'submission.employer_list_id')
    .where('submission.client_id', '=', clientId)
    .$if(workshops !== null, (query) =>
      query.where((eb) =>
        eb.or([
          eb('submission.workshop_code', 'is', null),
          eb('submission.workshop_code', '=', sql<string>`any(${workshops}::text[])`),
        ]),
      ),
    )
    .select([
      'submission.id',
      'submission.state',
      'submission.received_at as receivedAt',
      'submission.employer_list_id as listId',
      'list.replaced_by as replacedBy',
      'list.withdrawn_at as withdrawnAt',
    ]);
}

export async function find(db: Kysely<Database>, id: string, own: Own) {
  return ownSubmissions(db, own)
    .where('submission.id', '=', id)
    .select('submission.report')
    .executeTakeFirst();
}

export type SubmissionFilter = Readonly<{
  workshop: string | null;
  month: JalaliMonth | null;
  state: EmployerListSubmissionTable['state']['__select__'] | null;
}>;

export type Page<Key> = Readonly<{
  /** Those before it, in the order of receipt. */
  before: Key | null;
  limit: number;
}>;

/** Newest first, without what was found of each. */
export async function findPage(
  db: Kysely<Database>,
  own: Own,
  { workshop, month, state }: SubmissionFilter,
  { before, limit }: Page<string>,
) {
  return ownSubmissions(db, own)
    .$if(before !== null, (query) => query.where('submission.id', '<', before))
    .$if(workshop !== null, (query) => query.where('submission.workshop_code', '=', workshop))
    .$if(state !== null, (query) => query.where('submission.state', '=', state as 'received'))
    .$if(month !== null, (query) =>
      query
        .where('submission.year', '=', month?.year as number)
        .where('submission.month', '=', month?.month as number),
    )
    .select(sql<Omit<IntakeReport, 'findings'> | null>`submission.report - 'findings'`.as('report'))
    .orderBy('submission.id', 'desc')
    .limit(limit)
    .execute();
}
