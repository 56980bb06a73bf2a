import { compareJalaliMonths, type JalaliMonth } from '../../kernel/jalali.ts';
import type { EmployerListService, ListSource } from './employer-lists.service.ts';
import { digestPair, type FilePair, sourceOfPair, withPairs } from './file-pairs.ts';
import type { IntakeReport } from './intake-report.ts';
import { type ArrangedPair, arrangeVersions } from './versions.ts';

/** What became of a pair; `null`: one of its files is missing. */
export type ImportedPair = Readonly<{
  pair: FilePair;
  report: IntakeReport | null;
  /** Its list was taken back, and stays so. */
  isWithdrawn: boolean;
}>;

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
  /** Whether corrections may take most people off. */
  confirmRemovals?: boolean;
  /** Whether lists that were taken back are imported again. */
  putBack?: boolean;
  /** Told of every pair as it is done. */
  onPair?: (imported: ImportedPair, done: number, total: number) => void;
  /** Ends the work after the lists that are under way. */
  signal?: AbortSignal;
}>;

/** Pairs whose digests are looked up by one query. */
const lookedUpAtOnce = 100;
/** Reading one list while the database works on another keeps both busy. */
const workshopsAtOnce = 3;

type Prepared = ArrangedPair & Readonly<{ source: ListSource | null }>;

async function prepare(arranged: ArrangedPair): Promise<Prepared> {
  const { workshop, workers } = arranged.pair;
  if (workshop === null || workers === null) return { ...arranged, source: null };
  const files = { workshop, workers };
  return { ...arranged, source: sourceOfPair(files, await digestPair(files)) };
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
 * Imports every list under the paths, folders and zip files. Lists of one workshop go one after the other in
 * the order of their folders' names, versions of one list in the order in which they were written, several
 * workshops at once. Each list is kept as soon as it is done, and files that were imported before cost a digest
 * and their share of one query: so an import that was interrupted goes on where it ended when it is run again.
 * Of several versions of a list only the newest of the import is put back in force, and one that was taken back only
 * if that is asked for: importing a folder again undoes nobody's withdrawal.
 */
export async function importFolder(
  service: EmployerListService,
  paths: readonly string[],
  options: ImportOptions = {},
): Promise<ImportSummary> {
  const tally = new Tally();
  const total = await withPairs(paths, async (pairs) => {
    const arranged = await arrangeVersions(pairs);
    for (let start = 0; start < pairs.length && !options.signal?.aborted; start += lookedUpAtOnce) {
      const prepared = await Promise.all(arranged.slice(start, start + lookedUpAtOnce).map(prepare));
      await importPairs(service, prepared, options, (imported) => {
        tally.add(imported.report);
        options.onPair?.(imported, tally.done, pairs.length);
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
  { dryRun = false, confirmRemovals = false, putBack = false, signal }: ImportOptions,
  finish: (imported: ImportedPair) => void,
): Promise<void> {
  const known = await service.findKnown(prepared.flatMap(({ source }) => source?.fileDigest ?? []));
  const workshops = [...Map.groupBy(prepared, ({ workshopCode }) => workshopCode).values()];
  const importPair = async ({ pair, source, isNewest }: Prepared): Promise<ImportedPair> => {
    const earlier = source ? known.get(source.fileDigest) : undefined;
    const isWithdrawn = earlier?.isWithdrawn === true && !putBack;
    const isDone = earlier && (earlier.inForce || isWithdrawn || !isNewest);
    const report =
      source && (isDone ? earlier.report : await service.ingest(source, { dryRun, confirmRemovals }));
    return { pair, report, isWithdrawn };
  };
  const lane = async () => {
    for (let ofWorkshop = workshops.shift(); ofWorkshop; ofWorkshop = workshops.shift()) {
      for (const prepared of ofWorkshop) {
        if (signal?.aborted) return;
        finish(await importPair(prepared));
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
