/**
 * Reader of the dBase III container, written here because of what the kept packages do with hostile files:
 * `dbffile` gives numbers through `parseFloat`, so a wage of "12abc" arrives as 12 and nobody is told. Here a
 * field stays bytes, whoever reads it decides what is valid, and every lie of a header is a fault, not a guess.
 */

export type ByteSource = Uint8Array | AsyncIterable<Uint8Array>;

/** `start` and `end` are offsets into a record, whose byte 0 is the deletion flag. */
export type DbfField = Readonly<{ name: string; type: string; start: number; end: number }>;
/** `number` counts from 1 and counts deleted records too, as dBase programs show it. */
export type DbfRecord = Readonly<{ number: number; bytes: Buffer }>;

export type DbfFaultCode =
  | 'not-dbase'
  | 'header-invalid'
  | 'file-too-large'
  | 'file-cut-short'
  | 'record-count-mismatch'
  | 'record-invalid';
export type DbfFault = Readonly<{ code: DbfFaultCode; row: number | null; value: string | null }>;

/** Records in order, deleted ones apart; or, as the last item, why reading stopped before the end. */
export type DbfBatch =
  | Readonly<{ records: readonly DbfRecord[]; deleted: readonly DbfRecord[] }>
  | Readonly<{ fault: DbfFault }>;

export type DbfTable = Readonly<{
  fields: readonly DbfField[];
  /** What the header claims; `batches` holds the file against it. */
  recordCount: number;
  /** Reads on, once. Holds one batch in memory, whatever the size of the file. Ends the source when left. */
  batches(): AsyncGenerator<DbfBatch, void, undefined>;
  /** Ends the source of a table that will not be read. */
  close(): Promise<void>;
}>;

/** dBase III without and with a memo file beside it. */
const versions: readonly number[] = [0x03, 0x83];
const headerBytes = 32;
const descriptorBytes = 32;
const fieldNameBytes = 11;
const headerTerminator = 0x0d;
const endOfFile = 0x1a;
const activeFlag = 0x20;
const deletedFlag = 0x2a;

/** dBase III's own limits. */
const maxFields = 128;
const maxRecordBytes = 4000;
/** Some writers leave a few bytes between the terminator and the first record. */
const maxHeaderSlackBytes = 264;
const maxHeaderBytes = headerBytes + maxFields * descriptorBytes + maxHeaderSlackBytes;
/** Records handed on at once: enough to make the waiting cheap, little enough to stay flat in memory. */
const batchRecords = 1024;

/** Buffers a source just as far as is asked for. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource) {
    this.#source = source instanceof Uint8Array ? oneChunk(source) : source[Symbol.asyncIterator]();
  }

  get held(): Buffer {
    return this.#held;
  }

  /** Waits until `size` bytes are held or the source has ended. */
  async fill(size: number): Promise<void> {
    const chunks: Uint8Array[] = [this.#held];
    let held = this.#held.length;
    while (held < size) {
      const next = await this.#source.next();
      if (next.done === true) break;
      chunks.push(next.value);
      held += next.value.length;
    }
    if (chunks.length > 1) this.#held = joined(chunks);
  }

  take(size: number): Buffer {
    const taken = this.#held.subarray(0, size);
    this.#held = this.#held.subarray(size);
    return taken;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

/** One chunk is not copied: a whole file in memory is read where it lies. */
function joined(chunks: readonly Uint8Array[]): Buffer {
  const filled = chunks.filter((chunk) => chunk.length > 0);
  const only = filled.length === 1 ? filled[0] : undefined;
  return only === undefined
    ? Buffer.concat(filled)
    : Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}

type Header = Readonly<{ fields: readonly DbfField[]; recordBytes: number; recordCount: number }>;

function fault(
  code: DbfFaultCode,
  value: string | number | null = null,
  row: number | null = null,
): DbfFault {
  return { code, row, value: value === null ? null : String(value) };
}

function readFields(header: Buffer): readonly DbfField[] | DbfFault {
  const fields: DbfField[] = [];
  let start = 1;
  let offset = headerBytes;
  for (; header[offset] !== headerTerminator; offset += descriptorBytes) {
    if (offset + descriptorBytes > header.length) return fault('header-invalid');
    if (fields.length === maxFields) return fault('file-too-large', maxFields);
    const name = header.toString('latin1', offset, offset + fieldNameBytes).split('\0', 1)[0] ?? '';
    const length = header[offset + 16] ?? 0;
    if (length === 0) return fault('header-invalid', name);
    const type = header.toString('latin1', offset + 11, offset + 12);
    fields.push({ name: name.trim().toUpperCase(), type, start, end: start + length });
    start += length;
  }
  const slack = header.length - offset - 1;
  return fields.length === 0 || slack > maxHeaderSlackBytes ? fault('header-invalid') : fields;
}

async function readHeader(reader: ByteReader, maxRecords: number): Promise<Header | DbfFault> {
  await reader.fill(headerBytes);
  const start = reader.held;
  if (!versions.includes(start[0] ?? 0)) return fault('not-dbase');
  if (start.length < headerBytes) return fault('file-cut-short');
  const recordCount = start.readUInt32LE(4);
  const headerLength = start.readUInt16LE(8);
  const recordBytes = start.readUInt16LE(10);
  if (headerLength <= headerBytes) return fault('header-invalid', headerLength);
  if (headerLength > maxHeaderBytes) return fault('file-too-large', headerLength);
  if (recordBytes > maxRecordBytes) return fault('file-too-large', recordBytes);
  if (recordCount > maxRecords) return fault('file-too-large', recordCount);

  await reader.fill(headerLength);
  if (reader.held.length < headerLength) return fault('file-cut-short');
  const fields = readFields(reader.take(headerLength));
  if ('code' in fields) return fields;
  const described = fields.at(-1)?.end;
  return described === recordBytes
    ? { fields, recordBytes, recordCount }
    : fault('header-invalid', recordBytes);
}

/** Nothing but end marks and padding may follow the last record: anything else is a record not counted. */
async function readTail(reader: ByteReader): Promise<DbfFault | null> {
  for (;;) {
    await reader.fill(1);
    const rest = reader.take(reader.held.length);
    if (rest.length === 0) return null;
    if (rest.some((byte) => byte !== endOfFile && byte !== 0)) return fault('record-count-mismatch');
  }
}

function badFlag(flag: number | undefined, row: number): DbfFault {
  return fault(flag === endOfFile ? 'file-cut-short' : 'record-invalid', flag ?? null, row);
}

async function* readBatches(reader: ByteReader, header: Header): AsyncGenerator<DbfBatch, void, undefined> {
  const { recordBytes, recordCount } = header;
  try {
    let number = 0;
    while (number < recordCount) {
      const wanted = Math.min(batchRecords, recordCount - number);
      await reader.fill(wanted * recordBytes);
      const whole = Math.min(wanted, Math.floor(reader.held.length / recordBytes));
      if (whole === 0) return yield { fault: fault('file-cut-short', null, number + 1) };
      const block = reader.take(whole * recordBytes);
      const records: DbfRecord[] = [];
      const deleted: DbfRecord[] = [];
      let bad: DbfFault | null = null;
      for (let offset = 0; offset < block.length && bad === null; offset += recordBytes) {
        number += 1;
        const bytes = block.subarray(offset, offset + recordBytes);
        if (bytes[0] === activeFlag) records.push({ number, bytes });
        else if (bytes[0] === deletedFlag) deleted.push({ number, bytes });
        else bad = badFlag(bytes[0], number);
      }
      yield { records, deleted };
      if (bad !== null) return yield { fault: bad };
    }
    const tail = await readTail(reader);
    if (tail !== null) yield { fault: tail };
  } finally {
    await reader.close();
  }
}

/**
 * Opens a table: reads and checks its header, or tells what is wrong with it. Hostile bytes never throw and
 * never make it allocate more than the bytes it was given; errors of the source itself are thrown on.
 */
export async function openDbf(source: ByteSource, maxRecords: number): Promise<DbfTable | DbfFault> {
  const reader = new ByteReader(source);
  const header = await readHeader(reader, maxRecords);
  if ('code' in header) {
    await reader.close();
    return header;
  }
  const { fields, recordCount } = header;
  return { fields, recordCount, batches: () => readBatches(reader, header), close: () => reader.close() };
}
