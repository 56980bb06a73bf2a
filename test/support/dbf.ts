/** Writes small dBase III files, right ones and wrong ones, for the tests of their reader. */

export type DbfColumn = readonly [name: string, type: string, length: number];
export type DbfValues = Readonly<Record<string, string | number | Uint8Array>>;

export type DbfDescription = {
  columns: readonly DbfColumn[];
  rows: readonly DbfValues[];
  /** Indexes into `rows` of records that carry the deletion flag. */
  deleted?: readonly number[];
  encode?: (text: string) => Uint8Array;
  version?: number;
  /** What the header claims, where it lies. */
  recordCount?: number;
  headerLength?: number;
  recordLength?: number;
  /** What follows the last record; one 0x1A unless given. */
  tail?: Uint8Array;
};

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

function writeHeader({ columns, rows, ...file }: DbfDescription): Buffer {
  const headerLength = 32 + 32 * columns.length + 1;
  const header = Buffer.alloc(headerLength);
  header[0] = file.version ?? 0x03;
  header.set([125, 9, 1], 1);
  header.writeUInt32LE(file.recordCount ?? rows.length, 4);
  header.writeUInt16LE(file.headerLength ?? headerLength, 8);
  const recordLength = columns.reduce((length, column) => length + column[2], 1);
  header.writeUInt16LE(file.recordLength ?? recordLength, 10);
  columns.forEach(([name, type, length], index) => {
    const offset = 32 + 32 * index;
    header.write(name, offset, 11, 'latin1');
    header.write(type, offset + 11, 1, 'latin1');
    header[offset + 16] = length;
  });
  header[headerLength - 1] = 0x0d;
  return header;
}

/** Text is left-aligned, numbers right-aligned, both cut at the column; absent values are blank. */
function writeField(
  [name, type, length]: DbfColumn,
  values: DbfValues,
  encode: (text: string) => Uint8Array,
) {
  const value = values[name] ?? '';
  const bytes = value instanceof Uint8Array ? value : encode(String(value));
  const field = Buffer.alloc(length, 0x20);
  const kept = bytes.subarray(0, length);
  field.set(kept, type === 'N' ? length - kept.length : 0);
  return field;
}

export function buildDbf(file: DbfDescription): Buffer {
  const encode = file.encode ?? utf8;
  const records = file.rows.map((values, index) => {
    const flag = Buffer.from(file.deleted?.includes(index) ? '*' : ' ');
    return Buffer.concat([flag, ...file.columns.map((column) => writeField(column, values, encode))]);
  });
  return Buffer.concat([writeHeader(file), ...records, file.tail ?? Buffer.from([0x1a])]);
}

const windows1256 = new Map<string, number>(
  Array.from(
    new TextDecoder('windows-1256').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
    (character, byte) => [character, byte],
  ),
);

/** Windows-1256 as payroll programs write it, with ي for ی. */
export function toWindows1256(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll('ی', 'ي'), (character) => windows1256.get(character) ?? 0x3f);
}

/** A source that hands its bytes over in pieces, as an upload does. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
