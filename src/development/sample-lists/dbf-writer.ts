/** A dBase III column: C is text, left-aligned; N is a whole number, right-aligned. Width in bytes. */
export interface DbfColumn {
  name: string;
  type: 'C' | 'N';
  width: number;
}

/** A row by column name; a column that the row lacks is left blank, a value that no column takes is left out. */
export type DbfRow = Readonly<Record<string, string | number>>;

export interface DbfTable {
  columns: readonly DbfColumn[];
  rows: readonly DbfRow[];
  /** For text with anything beyond ASCII; codes and dates are ASCII in every encoding. */
  encodeText: (text: string) => Uint8Array;
  /** Gregorian day of the last change, `2025-09-01`. */
  changedOn: string;
}

const headerSize = 32;
const descriptorSize = 32;
const dBase3 = 0x03;
/** What the employers' programs write there whatever the encoding is, so readers can not rely on it. */
const languageId = 0x7e;
const headerEnd = 0x0d;
const fileEnd = 0x1a;
const blank = 0x20;

/** The bytes of a dBase III file without memo fields, in the form that employers' programs give it. */
export function writeDbf({ columns, rows, encodeText, changedOn }: DbfTable): Uint8Array {
  const headerLength = headerSize + columns.length * descriptorSize + 1;
  const rowLength = 1 + columns.reduce((sum, column) => sum + column.width, 0);
  const file = new Uint8Array(headerLength + rows.length * rowLength + 1);

  const view = new DataView(file.buffer);
  const [year = 0, month = 0, day = 0] = changedOn.split('-').map(Number);
  file.set([dBase3, year - 1900, month, day]);
  view.setUint32(4, rows.length, true);
  view.setUint16(8, headerLength, true);
  view.setUint16(10, rowLength, true);
  file[29] = languageId;
  columns.forEach((column, i) => {
    file.set(descriptor(column), headerSize + i * descriptorSize);
  });
  file[headerLength - 1] = headerEnd;

  // The blank that starts every row is its deletion flag: not deleted.
  file.fill(blank, headerLength, -1);
  rows.forEach((row, i) => {
    let offset = headerLength + i * rowLength + 1;
    for (const column of columns) {
      const bytes = fieldBytes(column, row[column.name] ?? '', encodeText);
      file.set(bytes, column.type === 'N' ? offset + column.width - bytes.length : offset);
      offset += column.width;
    }
  });
  file[file.length - 1] = fileEnd;
  return file;
}

function descriptor({ name, type, width }: DbfColumn): Uint8Array {
  if (!/^[A-Z0-9_]{1,10}$/.test(name)) throw new RangeError(`not a dBase column name: ${name}`);
  const bytes = new Uint8Array(descriptorSize);
  bytes.set(Buffer.from(name, 'latin1'));
  bytes.set(Buffer.from(type, 'latin1'), 11);
  bytes[16] = width;
  return bytes;
}

function fieldBytes(
  column: DbfColumn,
  value: string | number,
  encodeText: DbfTable['encodeText'],
): Uint8Array {
  const text = String(value);
  const bytes = /^[ -~]*$/.test(text) ? Buffer.from(text, 'latin1') : encodeText(text);
  if (column.type === 'N' && !/^\d*$/.test(text))
    throw new RangeError(`${column.name}: ${text} is no number`);
  if (bytes.length > column.width)
    throw new RangeError(`${column.name}: ${text} is over ${column.width} bytes`);
  return bytes;
}
