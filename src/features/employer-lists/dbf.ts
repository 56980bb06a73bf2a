/**
 * Reader of the dBase container, written here because of what the kept packages do with hostile files:
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
  /** The day of the last change as the header has it, as a number that grows with it; programs may write any. */
  changedOn: number;
  /** What the header claims; `batches` holds the file against it. */
  recordCount: number;
  /** Reads on, once. Holds one batch in memory, whatever the size of the file. Ends the source when left. */
  batches(): AsyncGenerator<DbfBatch, void, undefined>;
  /** Ends the source of a table that will not be read. */
  close(): Promise<void>;
}>;

/** dBase III and IV without and with a memo file beside it, FoxPro 2 with one, and Visual FoxPro. */
const versions: readonly number[] = [0x03, 0x83, 0x8b, 0xf5, 0x30];
const headerBytes = 32;
const descriptorBytes = 32;
const fieldNameBytes = 11;
const headerTerminator = 0x0d;
const endOfFile = 0x1a;
/** Some writers leave the byte of live records at zero. */
const activeFlags: readonly (number | undefined)[] = [0x20, 0x00];
const deletedFlag = 0x2a;

/** dBase III's own limit. */
const maxFields = 128;
/** Four times dBase III's own, for columns of more than 255 characters. */
const maxRecordBytes = 16_000;
/** Visual FoxPro keeps 263 bytes between the terminator and the first record, other writers a few. */
const maxHeaderSlackBytes = 264;
const maxHeaderBytes = headerBytes + maxFields * descriptorBytes + maxHeaderSlackBytes;
/** Records handed on at once: enough to make the waiting cheap, little enough to stay flat in memory. */
const batchRecords = 1024;
const batchBytes = 4 * 1024 * 1024;

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

type Header = Readonly<{
  changedOn: number;
  fields: readonly DbfField[];
  recordBytes: number;
  recordCount: number;
}>;

function fault(
  code: DbfFaultCode,
  value: string | number | null = null,
  row: number | null = null,
): DbfFault {
  return { code, row, value: value === null ? null : String(value) };
}

type Descriptor = Readonly<{ name: string; type: string; low: number; high: number }>;

/** The descriptors end at a 0x0D or, with writers that forget it, where the header does. */
function readDescriptors(header: Buffer): readonly Descriptor[] | DbfFault {
  const descriptors: Descriptor[] = [];
  let offset = headerBytes;
  for (; offset < header.length && header[offset] !== headerTerminator; offset += descriptorBytes) {
    if (offset + descriptorBytes > header.length) return fault('header-invalid');
    if (descriptors.length === maxFields) return fault('file-too-large', maxFields);
    // What follows the zero is whatever the writer had in memory.
    const name = header.toString('latin1', offset, offset + fieldNameBytes).split('\0', 1)[0] ?? '';
    descriptors.push({
      name: name.trim().toUpperCase(),
      type: header.toString('latin1', offset + 11, offset + 12),
      low: header[offset + 16] ?? 0,
      high: header[offset + 17] ?? 0,
    });
  }
  const slack = header.length - offset - 1;
  return descriptors.length === 0 || slack > maxHeaderSlackBytes ? fault('header-invalid') : descriptors;
}

/** Where the columns lie if texts may be wide: then the byte that numbers have for decimals is the high one. */
function placeFields(descriptors: readonly Descriptor[], wide: boolean): readonly DbfField[] | DbfFault {
  const fields: DbfField[] = [];
  let start = 1;
  for (const { name, type, low, high } of descriptors) {
    const length = wide && type === 'C' ? low + 256 * high : low;
    if (length === 0) return fault('header-invalid', name);
    fields.push({ name, type, start, end: start + length });
    start += length;
  }
  return fields;
}

/** The reading of the descriptors that gives records of the length that the header says. */
function readFields(header: Buffer, recordBytes: number): readonly DbfField[] | DbfFault {
  const descriptors = readDescriptors(header);
  if ('code' in descriptors) return descriptors;
  const readings = [false, true].map((wide) => placeFields(descriptors, wide));
  const fitting = readings.find((fields) => !('code' in fields) && fields.at(-1)?.end === recordBytes);
  return fitting ?? fault('header-invalid', recordBytes);
}

async function readHeader(reader: ByteReader, maxRecords: number): Promise<Header | DbfFault> {
  await reader.fill(headerBytes);
  const start = reader.held;
  if (!versions.includes(start[0] ?? 0)) return fault('not-dbase');
  if (start.length < headerBytes) return fault('file-cut-short');
  const changedOn = start.readUIntBE(1, 3);
  const recordCount = start.readUInt32LE(4);
  const headerLength = start.readUInt16LE(8);
  const recordBytes = start.readUInt16LE(10);
  if (headerLength <= headerBytes) return fault('header-invalid', headerLength);
  if (headerLength > maxHeaderBytes) return fault('file-too-large', headerLength);
  if (recordBytes > maxRecordBytes) return fault('file-too-large', recordBytes);
  if (recordCount > maxRecords) return fault('file-too-large', recordCount);

  await reader.fill(headerLength);
  if (reader.held.length < headerLength) return fault('file-cut-short');
  const fields = readFields(reader.take(headerLength), recordBytes);
  return 'code' in fields ? fields : { changedOn, fields, recordBytes, recordCount };
}

/**
 * What follows the last record counts for nothing after an end mark, as padding, or where it is shorter than a
 * record; a record that the header does not count is somebody who would be lost without a word.
 */
async function readTail(reader: ByteReader, { recordBytes, recordCount }: Header): Promise<DbfFault | null> {
  await reader.fill(recordBytes);
  if (reader.held[0] === endOfFile || reader.held.length < recordBytes) return null;
  for (;;) {
    const rest = reader.take(reader.held.length);
    if (rest.length === 0) return null;
    if (rest.some((byte) => byte !== endOfFile && byte !== 0))
      return fault('record-count-mismatch', recordCount);
    await reader.fill(1);
  }
}

function badFlag(flag: number | undefined, row: number): DbfFault {
  return fault(flag === endOfFile ? 'file-cut-short' : 'record-invalid', flag ?? null, row);
}

async function* readBatches(reader: ByteReader, header: Header): AsyncGenerator<DbfBatch, void, undefined> {
  const { recordBytes, recordCount } = header;
  const maxRecords = Math.max(1, Math.min(batchRecords, Math.floor(batchBytes / recordBytes)));
  try {
    let number = 0;
    while (number < recordCount) {
      const wanted = Math.min(maxRecords, recordCount - number);
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
        if (activeFlags.includes(bytes[0])) records.push({ number, bytes });
        else if (bytes[0] === deletedFlag) deleted.push({ number, bytes });
        else bad = badFlag(bytes[0], number);
      }
      yield { records, deleted };
      if (bad !== null) return yield { fault: bad };
    }
    const tail = await readTail(reader, header);
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
  const { changedOn, fields, recordCount } = header;
  return {
    changedOn,
    fields,
    recordCount,
    batches: () => readBatches(reader, header),
    close: () => reader.close(),
  };
}
