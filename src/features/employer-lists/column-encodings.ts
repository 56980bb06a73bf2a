import type { DbfField, DbfRecord } from './dbf.ts';
import { EncodingEvidence, type FileEncoding, type ListEncoding, tellEncoding } from './text-encoding.ts';

/** Columns by name; the ones that a layout does not have are absent. */
type Columns = Readonly<Partial<Record<string, DbfField>>>;

const blank = 0x20;

/** The bytes of a field up to its first zero, without the blanks around them. */
export function trimmedField({ bytes }: DbfRecord, { start, end }: DbfField): Buffer {
  let [from, to] = [start, end];
  while (from < to && bytes[from] === blank) from += 1;
  const zero = bytes.indexOf(0, from);
  if (zero !== -1 && zero < to) to = zero;
  while (to > from && bytes[to - 1] === blank) to -= 1;
  return bytes.subarray(from, to);
}

/** In which encoding each column of one file is, learnt from the text in it. */
export class ColumnEncodings {
  #told: FileEncoding | null = null;
  #usual: ListEncoding | null = null;
  /** Whether there was text at all beyond ASCII, told or not. */
  hasText = false;

  /** Looks at the columns of text in these records, unless earlier ones have told already. */
  learn(records: readonly DbfRecord[], columns: Columns, names: readonly string[]): void {
    if (this.#told !== null || records.length === 0) return;
    const evidence = new Map<string, EncodingEvidence>();
    for (const name of names) {
      const column = columns[name];
      if (column === undefined) continue;
      const ofColumn = new EncodingEvidence();
      for (const record of records) ofColumn.add(trimmedField(record, column));
      if (!ofColumn.isEmpty) this.hasText = true;
      evidence.set(name, ofColumn);
    }
    this.#told = tellEncoding(evidence);
  }

  /** What the other file of the list is written in, for text too short to tell by itself. */
  assume(encoding: ListEncoding | null): void {
    this.#usual = encoding;
  }

  get whole(): ListEncoding | null {
    return this.#told?.whole ?? this.#usual;
  }

  of(name: string): ListEncoding | null {
    return this.#told?.exceptions.get(name) ?? this.whole;
  }

  /** Columns that are in another encoding than the rest of the file. */
  get exceptions(): readonly string[] {
    return [...(this.#told?.exceptions.keys() ?? [])];
  }
}
