import { createReadStream } from 'node:fs';
import { compareJalaliMonths, type JalaliMonth } from '../../kernel/jalali.ts';
import { openDbf } from './dbf.ts';
import type { EmployerListService, ListSource } from './employer-lists.service.ts';
import { digestPair, type FilePair, sourceOfPair, withPairs } from './file-pairs.ts';
import type { IntakeReport } from './intake-report.ts';

/** What became of a pair; `null`: one of its files is missing. */
export type ImportedPair = Readonly<{ pair: FilePair; report: IntakeReport | null }>;

export type ImportSummary = Readonly<{
  counts: Readonly<Record<IntakeReport['state'] | 'incomplete', number>>;
  /** Of accepted lists. */
  rows: number;
  /** Of accepted and unchanged lists. */
  newestMonth: JalaliMonth | null;
  /** Whether every list was looked at; `signal` may have ended the work before. */
  complete: boolean;
}>;

export type ImportOptions = Readonly<{
  dryRun?: boolean;
  /** Told of every pair as it is done. */
  onPair?: (imported: ImportedPair, done: number, total: number) => void;
  /** Ends the work after the lists that are under way. */
  signal?: AbortSignal;
}>;

/** Pairs whose digests are looked up by one query. */
const lookedUpAtOnce = 100;
/** Reading one list while the database works on another keeps both busy. */
const workshopsAtOnce = 3;

type Prepared = Readonly<{ pair: FilePair; source: ListSource | null; workshopCode: string }>;

async function prepare(pair: FilePair): Promise<Prepared> {
  const { workshop, workers } = pair;
  if (workshop === null || workers === null) return { pair, source: null, workshopCode: '' };
  const files = { workshop, workers };
  const [digest, workshopCode] = await Promise.all([digestPair(files), peekWorkshopCode(workshop)]);
  return { pair, source: sourceOfPair(files, digest), workshopCode };
}

/** Which workshop a file seems to be about; the reading proper tells whether it is. */
async function peekWorkshopCode(file: string): Promise<string> {
  const table = await openDbf(createReadStream(file), 1);
  if ('code' in table) return '';
  const field = table.fields.find(({ name }) => name === 'DSK_ID');
  for await (const batch of table.batches()) {
    const record = 'records' in batch ? batch.records[0] : undefined;
    return record && field ? record.bytes.toString('latin1', field.start, field.end).trim() : '';
  }
  return '';
}

class Tally {
  readonly counts = { accepted: 0, 'accepted-with-warnings': 0, unchanged: 0, refused: 0, incomplete: 0 };
  rows = 0;
  newestMonth: JalaliMonth | null = null;
  done = 0;

  add(report: IntakeReport | null): void {
    const state = report?.state ?? 'incomplete';
    this.counts[state] += 1;
    this.done += 1;
    if (!report?.list || state === 'refused') return;
    const { month, rowCount } = report.list;
    if (state !== 'unchanged') this.rows += rowCount;
    if (this.newestMonth === null || compareJalaliMonths(month, this.newestMonth) > 0)
      this.newestMonth = month;
  }
}

/**
 * Takes in every list under the paths, folders and zip files. Lists of one workshop go one after the other in
 * the order of their folders' names, several workshops at once. Each list is kept as soon as it is done, and
 * files that were taken in before cost a digest and their share of one query: so an import that was
 * interrupted goes on where it ended when it is run again.
 */
export async function importFolder(
  service: EmployerListService,
  paths: readonly string[],
  options: ImportOptions = {},
): Promise<ImportSummary> {
  const tally = new Tally();
  const total = await withPairs(paths, async (pairs) => {
    for (let start = 0; start < pairs.length && !options.signal?.aborted; start += lookedUpAtOnce) {
      const prepared = await Promise.all(pairs.slice(start, start + lookedUpAtOnce).map(prepare));
      await importPairs(service, prepared, options, (pair, report) => {
        tally.add(report);
        options.onPair?.({ pair, report }, tally.done, pairs.length);
      });
    }
    return pairs.length;
  });
  const { counts, rows, newestMonth, done } = tally;
  return { counts, rows, newestMonth, complete: done === total };
}

async function importPairs(
  service: EmployerListService,
  prepared: readonly Prepared[],
  { dryRun = false, signal }: ImportOptions,
  finish: (pair: FilePair, report: IntakeReport | null) => void,
): Promise<void> {
  const known = await service.findKnown(prepared.flatMap(({ source }) => source?.fileDigest ?? []));
  const workshops = [...Map.groupBy(prepared, ({ workshopCode }) => workshopCode).values()];
  const lane = async () => {
    for (let ofWorkshop = workshops.shift(); ofWorkshop; ofWorkshop = workshops.shift()) {
      for (const { pair, source } of ofWorkshop) {
        if (signal?.aborted) return;
        const report = source && (known.get(source.fileDigest) ?? (await service.takeIn(source, { dryRun })));
        finish(pair, report);
      }
    }
  };
  // A lane that fails leaves no other one behind at work.
  const stop = (error: unknown) => {
    workshops.length = 0;
    throw error;
  };
  const ends = await Promise.allSettled(Array.from({ length: workshopsAtOnce }, () => lane().catch(stop)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
