import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { Database } from '../../database/schema.ts';
import type { Principal } from '../../kernel/client.ts';
import { type JalaliMonth, jalaliMonthAt, jalaliMonthIndex } from '../../kernel/jalali.ts';
import type { Localised } from '../../kernel/locale.ts';
import { liveSession } from '../accounts/index.ts';

/** Goes up when the documents that are stored would be rendered otherwise. */
const documentFormat = 1;

export type FoundRecord = Readonly<{
  insuredPersonId: string;
  version: number;
  /** Names this state of this person's record; a cache that another person left behind never matches. */
  tag: string;
  /** The whole record, gzip in base64, when it was asked for and is up to date. */
  document: string | null;
  /** The months as stored; `null` when the caller knows this state or gets the document. */
  entries: string | null;
  asOf: JalaliMonth | null;
}>;

type FoundRow = Omit<FoundRecord, 'asOf'> & { closedMonth: number | null };

export type ReadOptions = Readonly<{ knownTags: readonly string[]; wantDocument: boolean }>;

/**
 * The statement behind every read of a record: session, account, version and content in one go, each found by
 * its primary key. It is prepared once a connection, because planning it takes longer than running it.
 */
export function prepareRead(db: Kysely<Database>, pool: pg.Pool) {
  const hole = { accountId: '{accountId}', sessionId: '{sessionId}', tags: '{tags}', document: '{document}' };
  const version = sql`coalesce(record.version, 0)`;
  const tag = sql<string>`concat(${sql.lit(documentFormat)}, '.', basis.revision, '.', ${version}, '.',
    right(account.insured_person_id::text, 12))`;
  const isKnown = sql`${tag} = any(${hole.tags}::text[])`;
  const isStored = sql`(${hole.document}::boolean and record.document_tag = ${tag})`;
  const { sql: text, parameters } = liveSession(db, hole)
    .innerJoin('record_basis as basis', (join) => join.on('basis.only_row', '=', true))
    .leftJoin('insurance_record as record', 'record.insured_person_id', 'account.insured_person_id')
    .select([
      'account.insured_person_id as insuredPersonId',
      sql<number>`${version}`.as('version'),
      tag.as('tag'),
      sql<string | null>`case when not ${isKnown} and ${isStored} then record.document end`.as('document'),
      sql<string | null>`case when not ${isKnown} and ${isStored} is not true
        then coalesce(record.recent || record.settled, '') end`.as('entries'),
      'basis.closed_month as closedMonth',
    ])
    .compile();

  return async (principal: Principal, options: ReadOptions): Promise<FoundRecord | undefined> => {
    const filled = new Map<unknown, unknown>([
      [hole.accountId, principal.accountId],
      [hole.sessionId, principal.sessionId],
      [hole.tags, options.knownTags],
      [hole.document, options.wantDocument],
    ]);
    const values = parameters.map((parameter) => (filled.has(parameter) ? filled.get(parameter) : parameter));
    const { rows } = await pool.query<FoundRow>({ name: 'insurance-record', text, values });
    const [row] = rows;
    if (!row) return undefined;
    const { closedMonth, ...found } = row;
    return { ...found, asOf: closedMonth === null ? null : jalaliMonthAt(closedMonth) };
  };
}

/** Keeps a rendered record, unless the record has changed since it was read. */
export async function storeDocument(
  db: Kysely<Database>,
  { insuredPersonId, version, tag }: FoundRecord,
  document: string,
): Promise<void> {
  await db
    .updateTable('insurance_record')
    .set({ document, document_tag: tag })
    .where('insured_person_id', '=', insuredPersonId)
    .where('version', '=', version)
    .execute();
}

/** What codes in a record are called. */
export type Names = Readonly<{
  workshops: ReadonlyMap<string, string>;
  historyTypes: ReadonlyMap<number, Localised>;
}>;

export async function findNames(db: Kysely<Database>, workshopCodes: readonly string[]): Promise<Names> {
  const [workshops, types] = await Promise.all([
    workshopCodes.length === 0
      ? []
      : db
          .selectFrom('workshop')
          .where('code', '=', sql<string>`any(${workshopCodes})`)
          .select(['code', 'name'])
          .execute(),
    db.selectFrom('history_type').select(['code', 'name_fa as fa', 'name_en as en']).execute(),
  ]);
  return {
    workshops: new Map(workshops.map(({ code, name }) => [code, name])),
    historyTypes: new Map(types.map(({ code, fa, en }) => [code, { fa, en }])),
  };
}

/** Sets the as-of month, forwards or, to mend a mistake, back. Every record that was rendered is so no more. */
export async function setClosedMonth(db: Kysely<Database>, month: JalaliMonth): Promise<void> {
  const closedMonth = jalaliMonthIndex(month);
  await db
    .updateTable('record_basis')
    .set({ closed_month: closedMonth, revision: sql<number>`revision + 1` })
    .where(sql<boolean>`closed_month is distinct from ${closedMonth}`)
    .execute();
}

export async function findClosedMonth(db: Kysely<Database>): Promise<JalaliMonth | null> {
  const { closed_month } = await db
    .selectFrom('record_basis')
    .select('closed_month')
    .executeTakeFirstOrThrow();
  return closed_month === null ? null : jalaliMonthAt(closed_month);
}
