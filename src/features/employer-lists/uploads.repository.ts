import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { parseWorkshopCode } from '../../kernel/workshop-code.ts';
import type { CompletePair } from './file-pairs.ts';

/** The queue of lists that were received: rows with the bytes in pieces. Plain SQL, inside the caller's transaction. */

export type NewUpload = Readonly<{
  clientId: string;
  workshopKey: string;
  workshopCodes: readonly string[] | null;
  confirmRemovals: boolean;
  /** SHA-256, hex, of both files. */
  fileDigest: string;
  byteCount: number;
}>;

export type Upload = Readonly<{
  submissionId: string;
  state: string;
  workshopCodes: readonly string[] | null;
  confirmRemovals: boolean;
  fileDigest: string;
}>;

/** Bytes of a piece: a handful of them is all that a list of any size takes in memory. */
const partBytes = 512 * 1024;
const files = ['workshop', 'workers'] as const;

/** Stores the submission and its two files. */
export async function insertUpload(
  client: pg.ClientBase,
  upload: NewUpload,
  pair: CompletePair,
): Promise<{ id: string; receivedAt: Date }> {
  const { rows } = await client.query<{ id: string; receivedAt: Date }>(
    `insert into employer_list_submission (client_id, workshop_code) values ($1, $2)
     returning id, received_at as "receivedAt"`,
    [upload.clientId, parseWorkshopCode(upload.workshopKey)],
  );
  const submission = rows[0] as { id: string; receivedAt: Date };
  await client.query(
    `insert into employer_list_upload
       (submission_id, workshop_key, workshop_codes, confirm_removals, file_digest, byte_count)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      submission.id,
      upload.workshopKey,
      upload.workshopCodes,
      upload.confirmRemovals,
      Buffer.from(upload.fileDigest, 'hex'),
      upload.byteCount,
    ],
  );
  for (const name of files) await insertParts(client, submission.id, name, pair[name]);
  return submission;
}

async function insertParts(client: pg.ClientBase, id: string, name: string, path: string): Promise<void> {
  await using file = await open(path);
  const buffer = Buffer.allocUnsafe(Math.min(partBytes, (await file.stat()).size));
  for (let position = 0; ; position += 1) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return;
    await client.query(
      'insert into employer_list_upload_part (submission_id, file, position, bytes) values ($1, $2, $3, $4)',
      [id, name, position, buffer.subarray(0, bytesRead)],
    );
  }
}

/** Lists that wait or are worked on, by whatever process, and their bytes. */
export async function countWaiting(pool: pg.Pool): Promise<{ lists: number; bytes: number }> {
  const { rows } = await pool.query<{ lists: number; bytes: number }>(
    'select count(*) as lists, coalesce(sum(byte_count), 0)::bigint as bytes from employer_list_upload',
  );
  return rows[0] ?? { lists: 0, bytes: 0 };
}

export type Attempt = Readonly<{ submissionId: string; attempts: number }>;

/**
 * Chooses the next list and counts the attempt before it is made: also one that ends its process counts. Of one
 * workshop only the list that came first is ready, so that of two versions the later one stands.
 */
export async function beginNext(pool: pg.Pool, retrySeconds: number): Promise<Attempt | undefined> {
  const { rows } = await pool.query<Attempt>(
    `update employer_list_upload
     set attempts = attempts + 1, try_after = now() + make_interval(secs => $1::double precision * (attempts + 1))
     where submission_id = (
       select u.submission_id from employer_list_upload u
       where u.try_after <= now() and not exists (
         select from employer_list_upload earlier
         where earlier.workshop_key = u.workshop_key and earlier.submission_id < u.submission_id
       ) order by u.submission_id for update skip locked limit 1)
     returning submission_id as "submissionId", attempts`,
    [retrySeconds],
  );
  return rows[0];
}

/** Holds the upload until the transaction ends; `undefined` when another lane does, or it is done. */
export async function claim(client: pg.ClientBase, submissionId: string): Promise<Upload | undefined> {
  const { rows } = await client.query<Upload>(
    `select u.submission_id as "submissionId", s.state, u.workshop_codes as "workshopCodes",
       u.confirm_removals as "confirmRemovals", encode(u.file_digest, 'hex') as "fileDigest"
     from employer_list_upload u join employer_list_submission s on s.id = u.submission_id
     where u.submission_id = $1 for update of u skip locked`,
    [submissionId],
  );
  return rows[0];
}

/** Writes the two files into the folder. */
export async function writeFiles(
  client: pg.ClientBase,
  submissionId: string,
  pair: CompletePair,
): Promise<void> {
  for (const name of files) {
    await pipeline(
      Readable.from(readParts(client, submissionId, name)),
      createWriteStream(pair[name], { flags: 'wx', mode: 0o600 }),
    );
  }
}

async function* readParts(client: pg.ClientBase, submissionId: string, name: string) {
  for (let position = 0; ; position += 1) {
    const { rows } = await client.query<{ bytes: Buffer }>(
      'select bytes from employer_list_upload_part where submission_id = $1 and file = $2 and position = $3',
      [submissionId, name, position],
    );
    if (rows[0] === undefined) return;
    yield rows[0].bytes;
  }
}

export async function removeUpload(client: pg.ClientBase | pg.Pool, submissionId: string): Promise<void> {
  await client.query('delete from employer_list_upload where submission_id = $1', [submissionId]);
}
