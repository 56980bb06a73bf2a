import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { commonProblems, Problem } from '../../kernel/problem.ts';
import { employerListProblems } from './employer-lists.problems.ts';
import type { ListSource } from './employer-lists.service.ts';
import {
  type CompletePair,
  digestPair,
  isZip,
  largestFileBytes,
  sourceOfPair,
  TooManyFilesError,
  toRole,
  unzipPair,
  ZipError,
} from './file-pairs.ts';
import type { Place } from './intake-room.ts';
import { createScratch } from './scratch.ts';

/** What @fastify/multipart is to allow: the two files or one zip, and nothing else. */
export const uploadLimits = {
  fileSize: largestFileBytes,
  files: 2,
  fields: 0,
  parts: 2,
  fieldNameSize: 100,
  headerPairs: 20,
} as const;

/** An upload on disk. */
export type ReceivedList = Readonly<{
  pair: CompletePair;
  source: ListSource;
  /** SHA-256, hex, of both files. */
  fileDigest: string;
  byteCount: number;
  /** Removes the files. */
  discard(): Promise<void>;
}>;

/** What an upload may take on disk: what it announces, or, if it announces nothing, the most that it may have. */
function announcedBytes({ headers }: FastifyRequest): number {
  const most = uploadLimits.files * uploadLimits.fileSize;
  const announced = Number(headers['content-length'] ?? most);
  return announced <= most ? announced : most;
}

/**
 * Streams an upload to disk: memory holds a few kilobytes of a list of any size. The files are removed whatever
 * happens.
 * @param enter takes room for it, or throws when the queue is full, before anything is read, or when it is not the two files of one list
 */
export async function receiveList(
  request: FastifyRequest,
  enter: (announcedBytes: number) => Promise<Place>,
): Promise<ReceivedList> {
  if (!request.isMultipart()) throw new Problem(commonProblems.unsupportedMediaType);
  const place = await enter(announcedBytes(request));
  let folder: string | null = null;
  const discard = async () => {
    try {
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    } finally {
      place.leave();
    }
  };
  try {
    folder = await createScratch();
    const pair = await receive(request, folder, place).catch((cause) => {
      throw isUnreadable(cause) ? new Problem(commonProblems.malformedRequest, { cause }) : cause;
    });
    const fileDigest = await digestPair(pair);
    return {
      pair,
      source: sourceOfPair(pair, fileDigest),
      fileDigest,
      byteCount: await countBytes(pair),
      discard,
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function countBytes(pair: CompletePair): Promise<number> {
  const sizes = await Promise.all(Object.values(pair).map(async (path) => (await stat(path)).size));
  return sizes.reduce((total, size) => total + size, 0);
}

/** The form's parser says what it cannot read by plain errors; those of disk, network and framework have a code. */
function isUnreadable(error: unknown): boolean {
  return error instanceof Error && !(error instanceof Problem) && !('code' in error);
}

async function receive(request: FastifyRequest, folder: string, place: Place): Promise<CompletePair> {
  const files: { workshop?: string; workers?: string; zip?: string } = {};
  for await (const part of request.files()) {
    const role = isZip(part.filename) ? 'zip' : toRole(part.filename);
    if (role === null || files[role] !== undefined) throw new Problem(employerListProblems.filesMissing);
    const path = join(folder, role);
    await pipeline(part.file, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    if (part.file.truncated) throw new Problem(commonProblems.bodyTooLarge);
    files[role] = path;
  }
  const { workshop, workers, zip } = files;
  if (zip !== undefined && !workshop && !workers) {
    const pair = await unzipOne(zip, folder);
    // What is in a zip file is known only now.
    await place.grow(await countBytes(pair));
    return pair;
  }
  if (workshop === undefined || workers === undefined) throw new Problem(employerListProblems.filesMissing);
  return { workshop, workers };
}

async function unzipOne(zip: string, folder: string): Promise<CompletePair> {
  const pair = await unzipPair(zip, folder).catch((cause) => {
    if (cause instanceof TooManyFilesError) return null;
    throw cause instanceof ZipError ? new Problem(employerListProblems.zipUnreadable, { cause }) : cause;
  });
  if (pair === null) throw new Problem(employerListProblems.filesMissing);
  return pair;
}
