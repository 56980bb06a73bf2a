import { gzipSync } from 'node:zlib';
import type { Kysely } from 'kysely';
import type { Database } from '../../database/schema.ts';
import type { Principal, Reader } from '../../kernel/caller.ts';
import { toCursor } from '../../kernel/cursor.ts';
import type { JalaliMonth } from '../../kernel/jalali.ts';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { countMonths } from './counting.ts';
import type { FiguresView } from './figures.schemas.ts';
import { type MonthEntry, parseEntries } from './month-entry.ts';
import type { RecordTable } from './records.csv.ts';
import * as records from './records.repository.ts';
import type { RecordsView } from './records.schemas.ts';
import { allMonthNames, getNotice, viewFigures, viewSummary, viewYears } from './records.view.ts';
import type { SummaryView } from './summary.schemas.ts';
import type { YearDetailView } from './year.schemas.ts';
import { viewYear } from './year.view.ts';

export type RecordFilter = Readonly<{
  fromYear?: number;
  toYear?: number;
  workshop?: string;
  historyType?: number;
  /** Years a page. */
  limit: number;
  /** Where the page begins. */
  newestYear?: number;
}>;

/** Everything: most people's whole working life, and more than anybody's. */
export const wholeRecord: RecordFilter = { limit: 100 };

/** A state of a record, and what was asked for of it unless the caller has that state already. */
export type Answer<T> = Readonly<{ tag: string; content: T | null }>;

/** The end of an id: a copy that somebody else left behind on a machine never passes for one's own. */
const ownerOf = (reader: Reader) => ('grantId' in reader ? reader.grantId : reader.accountId).slice(-12);

function toTag({ revision, version }: records.RecordState, reader: Reader): string {
  return `${revision}.${version}.${records.answerFormat}.${ownerOf(reader)}`;
}

/** The state that one of the tags names, if the caller got it, in the form that answers have now. */
function toState(tags: readonly string[], reader: Reader): records.RecordState | null {
  for (const tag of tags) {
    const [, revision, version] = /^([0-9]{1,15})\.([0-9]{1,15})\./.exec(tag) ?? [];
    const state = { revision: Number(revision), version: Number(version) };
    if (revision !== undefined && tag === toTag(state, reader)) return state;
  }
  return null;
}

export type RecordService = ReturnType<typeof createRecordService>;

export type RecordDependencies = Readonly<{
  db: Kysely<Database>;
  /** Counts the first read of an institution's token, if its grant holds. */
  openLook(reader: Exclude<Reader, Principal>): Promise<void>;
}>;

export function createRecordService({ db, openLook }: RecordDependencies) {
  async function find(
    reader: Reader,
    knownTags: readonly string[],
    wantDocument = false,
  ): Promise<records.FoundRecord & { tag: string }> {
    const read = () => records.findRecord(db, reader, { known: toState(knownTags, reader), wantDocument });
    let found = await read();
    if (!found && 'grantId' in reader) {
      await openLook(reader);
      found = await read();
    }
    if (!found) throw new Problem(commonProblems.notAuthenticated);
    return { ...found, tag: toTag(found, reader) };
  }

  return {
    /**
     * The whole record as gzipped JSON. Rendered by the first read after a change and kept with the record:
     * most people never look, and those who do look several times.
     */
    async wholeRecord(reader: Reader, knownTags: readonly string[]): Promise<Answer<Buffer>> {
      const found = await find(reader, knownTags, true);
      if (found.document !== null) return { tag: found.tag, content: Buffer.from(found.document, 'base64') };
      if (found.entries === null) return { tag: found.tag, content: null };
      const entries = parseEntries(found.entries);
      const view = viewRecords(entries, await records.findSources(db, entries), found.asOf, wholeRecord);
      const content = gzipSync(JSON.stringify(view));
      await records.storeDocument(db, found, content.toString('base64'));
      return { tag: found.tag, content };
    },

    async findRecords(
      reader: Reader,
      knownTags: readonly string[],
      filter: RecordFilter,
    ): Promise<Answer<RecordsView>> {
      const { tag, entries: stored, asOf } = await find(reader, knownTags);
      if (stored === null) return { tag, content: null };
      const entries = parseEntries(stored);
      return { tag, content: viewRecords(entries, await records.findSources(db, entries), asOf, filter) };
    },

    /** The months as lines of a table, oldest first, with the list that each came from. */
    async findTable(
      reader: Reader,
      knownTags: readonly string[],
      filter: RecordFilter,
    ): Promise<Answer<RecordTable>> {
      const { tag, entries: stored } = await find(reader, knownTags);
      if (stored === null) return { tag, content: null };
      const all = parseEntries(stored);
      const matching = all.filter((entry) => matches(entry, filter));
      const { years } = toPage(
        [...new Set(matching.map(({ month }) => month.year))].sort((a, b) => b - a),
        filter,
      );
      const entries = matching.filter(({ month }) => years.includes(month.year));
      return {
        tag,
        content: { entries, months: countMonths(all), ...(await records.findSources(db, entries)) },
      };
    },

    async summarise(reader: Reader, knownTags: readonly string[]): Promise<Answer<SummaryView>> {
      const { tag, entries: stored, asOf } = await find(reader, knownTags);
      if (stored === null) return { tag, content: null };
      const entries = parseEntries(stored);
      const names = await records.findNames(db, toWorkshops(entries));
      return { tag, content: viewSummary(entries, names, asOf) };
    },

    async figures(reader: Reader, knownTags: readonly string[]): Promise<Answer<FiguresView>> {
      const { tag, entries, asOf } = await find(reader, knownTags);
      return { tag, content: entries === null ? null : viewFigures(parseEntries(entries), asOf) };
    },

    /** One year by its number, all twelve months, with the list that each came from. */
    async findYear(
      reader: Reader,
      knownTags: readonly string[],
      year: number,
    ): Promise<Answer<YearDetailView>> {
      const { tag, entries: stored, asOf } = await find(reader, knownTags);
      if (stored === null) return { tag, content: null };
      const entries = parseEntries(stored).filter(({ month }) => month.year === year);
      return { tag, content: viewYear({ year, entries, asOf, ...(await records.findSources(db, entries)) }) };
    },
  };
}

function toWorkshops(entries: readonly MonthEntry[]): string[] {
  return [...new Set(entries.flatMap(({ workshopCode }) => workshopCode ?? []))];
}

function viewRecords(
  all: readonly MonthEntry[],
  sources: records.Sources,
  asOf: JalaliMonth | null,
  filter: RecordFilter,
): RecordsView {
  const matching = all.filter((entry) => matches(entry, filter));
  const months = countMonths(all);
  const views = new Map(viewYears(matching, months, sources).map((view) => [view.year, view]));
  const { years, next } = toPage([...views.keys()], filter);
  const empty = all.length === 0 ? 'no-records' : 'nothing-matches';
  return {
    asOf,
    monthNames: allMonthNames,
    years: years.flatMap((year) => views.get(year) ?? []),
    nextCursor: toCursor(next ?? null),
    notice: years.length === 0 ? getNotice(empty) : null,
  };
}

/** The years of a page, newest first, and the first one of the next page. */
function toPage(newestFirst: readonly number[], { newestYear, limit }: RecordFilter) {
  const years = newestFirst.filter((year) => year <= (newestYear ?? year));
  return { years: years.slice(0, limit), next: years[limit] };
}

function matches({ month, workshopCode, historyType }: MonthEntry, filter: RecordFilter): boolean {
  return (
    month.year >= (filter.fromYear ?? month.year) &&
    month.year <= (filter.toYear ?? month.year) &&
    workshopCode === (filter.workshop ?? workshopCode) &&
    historyType === (filter.historyType ?? historyType)
  );
}
