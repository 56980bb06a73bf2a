import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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
  roleOf,
  sourceOfPair,
  TooManyFilesError,
  unzipPair,
  ZipError,
} from './file-pairs.ts';

/** What @fastify/multipart is to allow: the two files or one zip, and nothing else. */
export const uploadLimits = {
  fileSize: largestFileBytes,
  files: 2,
  fields: 0,
  parts: 2,
  fieldNameSize: 100,
  headerPairs: 20,
} as const;

type Received = CompletePair | Readonly<{ zip: string }>;
/** Runs a work when its turn comes. */
type Lane = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Streams an upload to disk, hands over its list, and removes the files whatever happens: memory holds a few
 * kilobytes of a list of any size. What is packed waits for its turn packed: what comes out may be large.
 * @throws {Problem} when it is not the two files of one list
 */
export async function withUploadedList<T>(
  request: FastifyRequest,
  inLane: Lane,
  work: (source: ListSource) => Promise<T>,
): Promise<T> {
  if (!request.isMultipart()) throw new Problem(commonProblems.unsupportedMediaType);
  const folder = await mkdtemp(join(tmpdir(), 'savabegh-upload-'));
  try {
    const received = await receive(request, folder).catch((cause) => {
      throw isUnreadable(cause) ? new Problem(commonProblems.malformedRequest, { cause }) : cause;
    });
    return await inLane(async () => {
      const pair = 'zip' in received ? await unzipOne(received.zip, folder) : received;
      return work(sourceOfPair(pair, await digestPair(pair)));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The form's parser says what it cannot read by plain errors; those of disk, network and framework have a code. */
function isUnreadable(error: unknown): boolean {
  return error instanceof Error && !(error instanceof Problem) && !('code' in error);
}

async function receive(request: FastifyRequest, folder: string): Promise<Received> {
  const files: { workshop?: string; workers?: string; zip?: string } = {};
  for await (const part of request.files()) {
    const role = isZip(part.filename) ? 'zip' : roleOf(part.filename);
    if (role === null || files[role] !== undefined) throw new Problem(employerListProblems.filesMissing);
    const path = join(folder, role);
    await pipeline(part.file, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    if (part.file.truncated) throw new Problem(commonProblems.bodyTooLarge);
    files[role] = path;
  }
  const { workshop, workers, zip } = files;
  if (zip !== undefined && !workshop && !workers) return { zip };
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
