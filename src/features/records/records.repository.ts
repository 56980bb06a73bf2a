import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { liveGrant } from '../../database/live-grant.ts';
import { liveSession } from '../../database/live-session.ts';
import { prepared } from '../../database/prepared.ts';
import type { Database } from '../../database/schema.ts';
import type { Principal, Reader } from '../../kernel/caller.ts';
import { type JalaliMonth, jalaliMonthAt } from '../../kernel/jalali.ts';
import type { Localised } from '../../kernel/locale.ts';
import { entryKey, type MonthEntry } from './month-entry.ts';

/** Goes up when any answer made of a record would be rendered otherwise: those kept, here or by clients, are old then. */
export const answerFormat = 5;

/** A state of a record: `version` counts its own changes, `revision` those of what all records rest on. */
export type RecordState = Readonly<{ version: number; revision: number }>;

export type FoundRecord = RecordState &
  Readonly<{
    insuredPersonId: string;
    /** The whole record, gzip in base64, when it was asked for and is up to date. */
    document: string | null;
    /** The months as stored; `null` when the caller knows this state or gets the document. */
    entries: string | null;
    asOf: JalaliMonth | null;
  }>;

type FoundRow = Omit<FoundRecord, 'asOf'> & { closedMonth: number | null };

type State = Readonly<{ knownVersion: number | null; knownRevision: number | null; wantDocument: boolean }>;

const version = sql`coalesce(record.version, 0)`;

/** What is asked for of the record of the one person that `reader` finds, if it finds one. */
function readRecord<DB, Tables extends keyof DB>(
  db: Kysely<Database>,
  reader: SelectQueryBuilder<DB, Tables, { insuredPersonId: string }>,
  asked: State,
) {
  const isKnown = sql`(${version} = ${asked.knownVersion}::bigint
    and basis.revision = ${asked.knownRevision}::bigint) is true`;
  const isStored = sql`(${asked.wantDocument}::boolean
    and record.document_tag = concat(basis.revision, '.', record.version, '.', ${sql.lit(answerFormat)})) is true`;
  return db
    .selectFrom(reader.as('reader'))
    .innerJoin('record_basis as basis', (join) => join.on('basis.only_row', '=', true))
    .leftJoin('insurance_record as record', 'record.insured_person_id', 'reader.insuredPersonId')
    .select([
      'reader.insuredPersonId',
      sql<number>`${version}`.as('version'),
      'basis.revision',
      'basis.closed_month as closedMonth',
      sql<string | null>`case when not ${isKnown} and ${isStored} then record.document end`.as('document'),
      sql<string | null>`case when not ${isKnown} and not ${isStored}
        then coalesce(record.recent || record.settled, '') end`.as('entries'),
    ]);
}

const readingOwn = prepared<Principal & State, FoundRow>((asked, db) =>
  readRecord(db, liveSession(db, asked).select('account.insured_person_id as insuredPersonId'), asked),
);

/** By a grant that holds now, for a token whose look was counted. */
const readingByGrant = prepared<Omit<GrantReader, 'scopes'> & State, FoundRow>((asked, db) =>
  readRecord(
    db,
    liveGrant(db, asked)
      .innerJoin('record_access', 'record_access.grant_id', 'record_grant.id')
      .where('record_access.token_id', '=', asked.tokenId)
      .select('account.insured_person_id as insuredPersonId'),
    asked,
  ),
);

type GrantReader = Exclude<Reader, Principal>;

/**
 * The statement behind every read of a record: session or grant, account, state and content in one go, each found by
 * its primary key. `undefined` when the session has ended, or the grant does not hold or has not been looked by yet.
 */
export async function findRecord(
  db: Kysely<Database>,
  reader: Reader,
  { known, wantDocument }: Readonly<{ known: RecordState | null; wantDocument: boolean }>,
): Promise<FoundRecord | undefined> {
  const state = {
    knownVersion: known?.version ?? null,
    knownRevision: known?.revision ?? null,
    wantDocument,
  };
  const [row] =
    'grantId' in reader
      ? await readingByGrant(db, { ...reader, ...state })
      : await readingOwn(db, { ...reader, ...state });
  if (!row) return undefined;
  const { closedMonth, ...found } = row;
  return { ...found, asOf: closedMonth === null ? null : jalaliMonthAt(closedMonth) };
}

/** Keeps a rendered record, unless the record has changed since it was read. */
export async function storeDocument(
  db: Kysely<Database>,
  { insuredPersonId, version, revision }: FoundRecord,
  document: string,
): Promise<void> {
  await db
    .updateTable('insurance_record')
    .set({ document, document_tag: `${revision}.${version}.${answerFormat}` })
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

/** What a person is told of the list a month came from. */
export type ListSource = Readonly<{ id: number; number: string; contractRow: string; receivedAt: Date }>;

async function findListSources(
  db: Kysely<Database>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, ListSource>> {
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom('employer_list')
          .where('id', '=', sql<number>`any(${ids}::bigint[])`)
          .select(['id', 'list_number as number', 'contract_row as contractRow', 'received_at as receivedAt'])
          .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** What the rows of lists call the work, by the entry's key; the record itself does not keep it. */
async function findJobTitles(
  db: Kysely<Database>,
  entries: readonly MonthEntry[],
): Promise<ReadonlyMap<string, string>> {
  const listed = entries.filter(({ listId }) => listId !== null);
  if (listed.length === 0) return new Map();
  const { rows } = await sql<{ listId: number; rowNumber: number; jobTitle: string }>`
    select employer_list_id as "listId", row_number as "rowNumber", job_title as "jobTitle"
    from unnest(${listed.map(({ listId }) => listId)}::bigint[], ${listed.map(({ rowNumber }) => rowNumber)}::integer[])
      as wanted (list_id, n)
    join employer_list_row on employer_list_id = list_id and row_number = n
    where job_title <> ''`.execute(db);
  return new Map(
    rows.map(({ listId, rowNumber, jobTitle }) => [
      entryKey({ listId, rowNumber, historyType: 0 }),
      jobTitle,
    ]),
  );
}

/** What entries rest on, and what their codes are called. */
export type Sources = Readonly<{
  names: Names;
  lists: ReadonlyMap<number, ListSource>;
  /** By the entry's key. */
  jobTitles: ReadonlyMap<string, string>;
}>;

export async function findSources(db: Kysely<Database>, entries: readonly MonthEntry[]): Promise<Sources> {
  const [names, lists, jobTitles] = await Promise.all([
    findNames(db, [...new Set(entries.flatMap(({ workshopCode }) => workshopCode ?? []))]),
    findListSources(db, [...new Set(entries.flatMap(({ listId }) => listId ?? []))]),
    findJobTitles(db, entries),
  ]);
  return { names, lists, jobTitles };
}
