import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compareJalaliMonths, type JalaliMonth } from '../../kernel/jalali.ts';
import type { EmployerListService, IntakeReport, ListSource } from './employer-lists.service.ts';

/** The two files of one list, side by side in a folder; `null` is a file that is not there. */
export type FilePair = Readonly<{ folder: string; workshop: string | null; workers: string | null }>;

/** What became of a pair; `null`: one of its files is missing. */
export type ImportedPair = Readonly<{ pair: FilePair; report: IntakeReport | null }>;

export type ImportSummary = Readonly<{
  counts: Readonly<Record<IntakeReport['state'] | 'incomplete', number>>;
  /** Of accepted lists. */
  rows: number;
  /** Of accepted and unchanged lists. */
  newestMonth: JalaliMonth | null;
}>;

const workshopFile = 'dskkar00.dbf';
const workersFile = 'dskwor00.dbf';
/** Pairs whose digests are looked up by one query. */
const lookedUpAtOnce = 500;

/** All pairs under the paths, in the order of their folders' names: a correction comes after what it corrects. */
export async function findPairs(paths: readonly string[]): Promise<FilePair[]> {
  const pairs: FilePair[] = [];
  for (const path of paths) {
    const names = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true }) : [''];
    const folders = new Map<string, { workshop: string | null; workers: string | null }>();
    for (const name of names) {
      const file = join(path, name);
      const base = file.slice(dirname(file).length + 1).toLowerCase();
      if (base !== workshopFile && base !== workersFile) continue;
      const pair = folders.get(dirname(file)) ?? { workshop: null, workers: null };
      folders.set(dirname(file), { ...pair, [base === workshopFile ? 'workshop' : 'workers']: file });
    }
    const sorted = [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
    pairs.push(...sorted.map(([folder, files]) => ({ folder, ...files })));
  }
  return pairs;
}

async function digestFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    let size = 0;
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
    }
    // Where one file ends and the next begins is part of what is digested.
    hash.update(`/${size}/`);
  }
  return hash.digest('hex');
}

function sourceOf(fileDigest: string, workshop: string, workers: string): ListSource {
  return {
    fileDigest,
    open: () => ({ workshop: createReadStream(workshop), workers: createReadStream(workers) }),
  };
}

export type ImportOptions = Readonly<{
  dryRun?: boolean;
  /** Told of every pair as it is done. */
  onPair?: (imported: ImportedPair, done: number, total: number) => void;
}>;

/**
 * Takes in every list under the paths, one after the other in the order of their folders' names. Files that
 * were taken in before cost a digest and their share of one query.
 */
export async function importFolder(
  service: EmployerListService,
  paths: readonly string[],
  { dryRun = false, onPair }: ImportOptions = {},
): Promise<ImportSummary> {
  const counts = { accepted: 0, 'accepted-with-warnings': 0, unchanged: 0, refused: 0, incomplete: 0 };
  let rows = 0;
  let newestMonth: JalaliMonth | null = null;
  let done = 0;
  const pairs = await findPairs(paths);
  const finish = (pair: FilePair, report: IntakeReport | null) => {
    const state = report?.state ?? 'incomplete';
    counts[state] += 1;
    if (report?.list && state !== 'refused') {
      const { month, rowCount } = report.list;
      if (state !== 'unchanged') rows += rowCount;
      if (newestMonth === null || compareJalaliMonths(month, newestMonth) > 0) newestMonth = month;
    }
    done += 1;
    onPair?.({ pair, report }, done, pairs.length);
  };
  for (let start = 0; start < pairs.length; start += lookedUpAtOnce) {
    const sources = await Promise.all(
      pairs.slice(start, start + lookedUpAtOnce).map(async (pair) => {
        const { workshop, workers } = pair;
        if (workshop === null || workers === null) return { pair, source: null };
        return { pair, source: sourceOf(await digestFiles([workshop, workers]), workshop, workers) };
      }),
    );
    const known = await service.findKnown(sources.flatMap(({ source }) => source?.fileDigest ?? []));
    for (const { pair, source } of sources) {
      const report = source && (known.get(source.fileDigest) ?? (await service.takeIn(source, { dryRun })));
      finish(pair, report);
    }
  }
  return { counts, rows, newestMonth };
}
