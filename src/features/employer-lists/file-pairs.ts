import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { ListSource } from './employer-lists.service.ts';
import { createScratch, removeAbandonedScratch } from './scratch.ts';

/** The two files of one list, side by side in a folder; `null` is a file that is not there. */
export type FilePair = Readonly<{
  name: string;
  workshop: string | null;
  workers: string | null;
  /** Why there are none: a zip file that could not be read, or a file that is there twice. */
  unreadable?: string;
}>;

/** A file that calls itself a zip and cannot be read as one. */
export class ZipError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'ZipError';
  }
}

/** More files of lists than were asked for. */
export class TooManyFilesError extends Error {
  override readonly name = 'TooManyFilesError';
}

/** A list of 200,000 workers in the widest layout has 120 MB. */
export const largestFileBytes = 256 * 1024 * 1024;
const maxZipEntries = 1_000_000;

/** How many files of lists one zip file may hold, and how much they may take on disk. */
type ZipLimits = Readonly<{ files: number; bytes: number }>;
const limitsOfMany: ZipLimits = { files: maxZipEntries, bytes: 8 * 1024 * 1024 * 1024 };
/** The one list of an upload. */
const limitsOfOne: ZipLimits = { files: 2, bytes: largestFileBytes };
const readBytes = 64 * 1024;

type Role = 'workshop' | 'workers';

/** Which of the two files a name says it is, in any case, in any folder, and as browsers number a second copy. */
export function toRole(fileName: string): Role | null {
  const name = fileName.slice(fileName.search(/[^/\\]*$/)).toLowerCase();
  const [, kind] = /^dsk(kar|wor)00\s*(?:\([0-9]{1,3}\))?\.dbf$/.exec(name) ?? [];
  if (kind === undefined) return null;
  return kind === 'kar' ? 'workshop' : 'workers';
}

export function isZip(fileName: string): boolean {
  return fileName.toLowerCase().endsWith('.zip');
}

type PairedFiles = Omit<FilePair, 'name'>;
const neither: PairedFiles = { workshop: null, workers: null };

class Pairs {
  readonly #byFolder = new Map<string, PairedFiles>();

  /** Of two files that say they are the same one neither is chosen: nobody knows which is right. */
  add(folder: string, role: Role, file: string): void {
    const pair = this.#byFolder.get(folder) ?? neither;
    const twice = pair.unreadable !== undefined || pair[role] !== null;
    const added = twice
      ? { ...neither, unreadable: 'one of its files is there twice' }
      : { ...pair, [role]: file };
    this.#byFolder.set(folder, added);
  }

  /** In the order of their folders' names: a correction comes after what it corrects. */
  sorted(): FilePair[] {
    return [...this.#byFolder]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, files]) => ({ name, ...files }));
  }
}

/**
 * All pairs under the paths: folders, which are searched to the bottom, and zip files, also inside folders.
 * What was unzipped is gone when `work` has ended.
 */
export async function withPairs<T>(
  paths: readonly string[],
  work: (pairs: readonly FilePair[]) => Promise<T>,
): Promise<T> {
  await removeAbandonedScratch();
  const scratch = await createScratch();
  try {
    const pairs: FilePair[] = [];
    for (const path of paths) pairs.push(...(await findPairs(path, scratch)));
    return await work(pairs);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function findPairs(path: string, scratch: string): Promise<FilePair[]> {
  const isFolder = (await stat(path)).isDirectory();
  const files = isFolder
    ? (await readdir(path, { recursive: true })).map((name) => join(path, name))
    : [path];
  const pairs = new Pairs();
  const unreadable: FilePair[] = [];
  for (const file of files.sort()) {
    const role = toRole(basename(file));
    if (role) pairs.add(dirname(file), role, file);
    else if (isZip(file))
      await unzip(file, scratch, pairs, limitsOfMany).catch((error) => unreadable.push(asPair(file, error)));
  }
  return [...pairs.sorted(), ...unreadable];
}

/** One bad zip file among many does not keep the others out. */
function asPair(name: string, error: unknown): FilePair {
  if (!(error instanceof ZipError)) throw error;
  return { name, ...neither, unreadable: `not a readable zip file: ${error.message}` };
}

/**
 * The one pair in a zip file, unzipped below `scratch`; `null` when it is not whole, or not in one folder.
 * @throws {ZipError} @throws {TooManyFilesError} when there is more in it
 */
export async function unzipPair(zip: string, scratch: string): Promise<CompletePair | null> {
  const pairs = new Pairs();
  await unzip(zip, scratch, pairs, limitsOfOne);
  const [complete] = pairs
    .sorted()
    .flatMap(({ workshop, workers }) => (workshop && workers ? { workshop, workers } : []));
  return complete ?? null;
}

/** Names in a zip are never used as paths: they may point anywhere. */
async function unzip(path: string, scratch: string, pairs: Pairs, limits: ZipLimits): Promise<void> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { autoClose: false });
    if (zip.entryCount > maxZipEntries) throw new Error(`more than ${maxZipEntries} entries`);
    const folder = await mkdtemp(join(scratch, 'zip-'));
    let bytes = 0;
    const found: [folder: string, role: Role, file: string][] = [];
    for await (const entry of zip.eachEntry()) {
      const role = toRole(entry.fileName);
      if (!role) continue;
      if (found.length === limits.files)
        throw new TooManyFilesError(`more than ${limits.files} files of lists`);
      bytes += entry.uncompressedSize;
      if (entry.uncompressedSize > largestFileBytes || bytes > limits.bytes) {
        throw new Error(`${entry.fileName} is too large`);
      }
      const file = join(folder, String(found.length));
      await extract(zip, entry, file);
      found.push([join(path, dirname(entry.fileName)), role, file]);
    }
    // Only now: of a zip that proves bad half-way nothing is taken, and it is named once.
    for (const [name, role, file] of found) pairs.add(name, role, file);
  } catch (error) {
    throw error instanceof TooManyFilesError ? error : new ZipError(error);
  } finally {
    zip?.close();
  }
}

/** yauzl ends the stream with an error when more comes out than the entry said. */
async function extract(zip: ZipFile, entry: Entry, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await pipeline(
    await zip.openReadStreamPromise(entry),
    createWriteStream(file, { flags: 'wx', mode: 0o600 }),
  );
  // Of several versions of a list the one that was saved last counts, wherever it was packed.
  const saved = entry.getLastModDate();
  if (!Number.isNaN(saved.getTime())) await utimes(file, saved, saved);
}

export type CompletePair = Readonly<{ workshop: string; workers: string }>;

/** SHA-256, hex, of both files. Read into one buffer, which a stream would not reuse. */
export async function digestPair({ workshop, workers }: CompletePair): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(readBytes);
  for (const path of [workshop, workers]) {
    await using file = await open(path);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
    // Where one file ends and the next begins is part of what is digested.
    hash.update(`/${size}/`);
  }
  return hash.digest('hex');
}

export function sourceOfPair({ workshop, workers }: CompletePair, fileDigest: string): ListSource {
  return {
    fileDigest,
    open: () => ({ workshop: opening(workshop), workers: opening(workers) }),
  };
}

/** Opens the file when it is read: of a stream that nobody reads yet an error would end the process. */
function opening(path: string): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => createReadStream(path)[Symbol.asyncIterator]() };
}
