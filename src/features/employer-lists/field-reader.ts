import { isJalaliMonth, type JalaliDate, type JalaliMonth } from '../../kernel/jalali.ts';
import type { ColumnEncodings } from './column-encodings.ts';
import type { DbfField, DbfRecord } from './dbf.ts';
import type { FindingCode } from './finding-rules.ts';
import type { FindingLog, ListFile } from './findings.ts';
import { type ListDateKind, readListDate } from './list-dates.ts';
import { decodeText, isReadable } from './text-encoding.ts';

/** Columns of a table by name; the ones that a layout does not have are absent. */
export type Columns<Name extends string> = Readonly<Partial<Record<Name, DbfField>>>;

/** Types that store what they show: text, numbers, dates and flags as characters. */
const readableTypes = 'CNFDL';
/** A number that says where its text is, in a file that nobody sends. */
const memoType = 'M';
/** 10¹⁵ rials are more than any wage, and up to there sums and percentages of numbers are exact. */
const amountLimit = 10 ** 15;

const blank = 0x20;
const point = 0x2e;
const digitZero = 0x30;
const digitNine = 0x39;

type WantedColumns<Needed extends string, Optional extends string> = Readonly<{
  needed: readonly Needed[];
  optional: readonly Optional[];
  /** Those of them that hold text. */
  texts: readonly string[];
}>;

/** Finds columns by name, in whatever order a layout has them; columns nobody asks for are ignored. */
export function findColumns<Needed extends string, Optional extends string>(
  fields: readonly DbfField[],
  { needed, optional, texts }: WantedColumns<Needed, Optional>,
  file: ListFile,
  log: FindingLog,
): Columns<Needed | Optional> {
  const columns: Partial<Record<string, DbfField>> = {};
  const wanted = new Set<string>([...needed, ...optional]);
  const optionalTexts = texts.filter((text) => optional.some((name) => name === text));
  for (const field of fields) {
    if (!wanted.has(field.name)) continue;
    if (field.type === memoType && optionalTexts.includes(field.name)) continue;
    if (columns[field.name] !== undefined) log.add('column-repeated', { file, field: field.name });
    if (!readableTypes.includes(field.type)) {
      log.add('column-type-invalid', { file, field: field.name }, field.type);
    }
    columns[field.name] = field;
  }
  for (const name of needed) {
    if (columns[name] === undefined) log.add('column-missing', { file, field: name });
  }
  return columns as Columns<Needed | Optional>;
}

const isNumeric = ({ type }: DbfField) => type === 'N' || type === 'F';

/** Where a number ends without decimals that are all zero. */
function endOfWhole(bytes: Buffer, start: number, end: number): number {
  let last = end - 1;
  while (last > start && bytes[last] === digitZero) last -= 1;
  return bytes[last] === point && last > start ? last : end;
}

/** The two-digit year of a list: below the pivot it is 14xx, from the pivot on 13xx. */
export function fullYear(twoDigits: number, centuryPivot: number): number {
  return twoDigits + (twoDigits < centuryPivot ? 1400 : 1300);
}

/**
 * Reads the fields of one record after another and reports what is wrong with them, so that the caller can
 * take every value at its word. Unreadable numbers become NaN, which spoils a sum instead of falsifying it.
 * Numbers of columns that not every layout has are read as such: none and 0 are two things.
 */
export class FieldReader<Needed extends string, Optional extends string> {
  readonly file: ListFile;
  readonly #columns: Columns<Needed | Optional>;
  readonly #encodings: ColumnEncodings;
  readonly #centuryPivot: number;
  readonly #log: FindingLog;
  #record: DbfRecord = { number: 0, bytes: Buffer.alloc(0) };
  /** Where the field that was found last lies in the record; a Buffer of its own would cost more than reading it. */
  #start = 0;
  #end = 0;

  constructor(
    file: ListFile,
    columns: Columns<Needed | Optional>,
    encodings: ColumnEncodings,
    centuryPivot: number,
    log: FindingLog,
  ) {
    this.file = file;
    this.#columns = columns;
    this.#encodings = encodings;
    this.#centuryPivot = centuryPivot;
    this.#log = log;
  }

  get row(): number {
    return this.#record.number;
  }

  read(record: DbfRecord): void {
    this.#record = record;
  }

  report(
    code: FindingCode,
    field: Needed | Optional,
    value: string | number | null = null,
    expected: string | number | null = null,
  ): void {
    this.#log.add(code, { file: this.file, row: this.row, field }, value, expected);
  }

  has(name: Needed | Optional): boolean {
    return this.#columns[name] !== undefined;
  }

  /**
   * Finds the field without the blanks around it. A zero ends a text, whatever an earlier one has left behind
   * it; zeros before a number are padding. A whole number is one also where its column was declared with decimals.
   */
  #find(name: Needed | Optional): void {
    const { bytes } = this.#record;
    const column = this.#columns[name];
    let start = column?.start ?? 0;
    let end = column?.end ?? 0;
    const isNumber = column !== undefined && isNumeric(column);
    while (start < end && (bytes[start] === blank || (isNumber && bytes[start] === 0))) start += 1;
    for (let offset = start; offset < end; offset += 1) if (bytes[offset] === 0) end = offset;
    while (end > start && bytes[end - 1] === blank) end -= 1;
    if (isNumber) end = endOfWhole(bytes, start, end);
    this.#start = start;
    this.#end = end;
  }

  isBlank(name: Needed | Optional): boolean {
    this.#find(name);
    return this.#start === this.#end;
  }

  #bytes(name: Needed | Optional): Buffer {
    this.#find(name);
    return this.#record.bytes.subarray(this.#start, this.#end);
  }

  #latin1(name: Needed | Optional): string {
    this.#find(name);
    return this.#end > this.#start ? this.#record.bytes.toString('latin1', this.#start, this.#end) : '';
  }

  #isPlainAscii(): boolean {
    const { bytes } = this.#record;
    for (let offset = this.#start; offset < this.#end; offset += 1) {
      const byte = bytes[offset] ?? 0;
      if (byte < 0x20 || byte > 0x7e) return false;
    }
    return true;
  }

  #decoded(name: Needed | Optional): string {
    this.#find(name);
    if (this.#isPlainAscii()) return this.#latin1(name);
    const encoding = this.#encodings.of(name);
    const bytes = this.#record.bytes.subarray(this.#start, this.#end);
    return encoding === null ? '\uFFFD' : decodeText(bytes, encoding).trim();
  }

  /** Numbers are right-aligned: blanks before one are as they should be. */
  #warnOfLeadingBlanks(name: Needed | Optional, text: string): void {
    const column = this.#columns[name];
    if (text === '' || column === undefined || isNumeric(column)) return;
    if (this.#record.bytes[column.start] === blank) this.report('leading-blanks', name, text);
  }

  /** Persian or Latin text; '' when the layout has no such column, and with a warning where it cannot be read. */
  text(name: Needed | Optional): string {
    const text = this.#decoded(name);
    if (!isReadable(text)) return this.#unreadable(name, text);
    this.#warnOfLeadingBlanks(name, text);
    return text;
  }

  #unreadable(name: Needed | Optional, text: string): string {
    if (this.#encodings.of(name) !== null || text !== '\uFFFD') this.report('text-unreadable', name, text);
    else this.report('encoding-unknown', name, this.#bytes(name).toString('hex'));
    return '';
  }

  /** Text that nothing depends on: nothing is said of it. */
  hint(name: Needed | Optional): string {
    return this.#decoded(name);
  }

  /** Text that decides: what cannot be read is an error of the code given. */
  key(name: Needed | Optional, invalid: FindingCode): string {
    const text = this.#decoded(name);
    if (!isReadable(text)) this.report(invalid, name, text);
    this.#warnOfLeadingBlanks(name, text);
    return text;
  }

  /**
   * A number that identifies. Iran System files disagree about the order of Persian digits in a field that has
   * nothing else, so only ASCII digits are believed there: a reversed insurance number is another person's.
   */
  code(name: Needed | Optional): string {
    const bytes = this.#bytes(name);
    const persianDigits = this.#encodings.of(name) === 'utf-8' && bytes.every((byte) => byte >= blank);
    // Read as Latin-1, 0xA0 and 0xAD would be a blank and a soft hyphen, which number parsers overlook.
    const text = persianDigits ? this.#decoded(name) : bytes.toString('latin1').replace(/[^ -~]/g, '\uFFFD');
    this.#warnOfLeadingBlanks(name, text);
    return text;
  }

  /** A whole number, not negative; blank is 0. NaN when it is neither, which has been reported. */
  number(name: Needed, invalid: FindingCode): number {
    return this.#number(name, invalid, invalid);
  }

  #number(name: Needed | Optional, invalid: FindingCode, negative: FindingCode): number {
    this.#find(name);
    const { bytes } = this.#record;
    let value = 0;
    for (let offset = this.#start; offset < this.#end; offset += 1) {
      const byte = bytes[offset] ?? 0;
      if (byte < digitZero || byte > digitNine) return this.#oddNumber(name, invalid, negative);
      value = value * 10 + byte - digitZero;
    }
    if (value < amountLimit) return value;
    this.report(invalid, name, this.#latin1(name));
    return Number.NaN;
  }

  #oddNumber(name: Needed | Optional, invalid: FindingCode, negative: FindingCode): number {
    const text = this.#latin1(name);
    // Nothing, as some writers leave it and others reckon it.
    if (/^(?:\.|-0+(?:\.0*)?)$/.test(text)) return 0;
    // In a column of text too, whole rials may stand as "150000.00".
    const whole = /^([0-9]{1,15})\.0*$/.exec(text)?.[1];
    if (whole !== undefined) return Number(whole);
    this.report(/^-[0-9]+(?:\.[0-9]*)?$/.test(text) ? negative : invalid, name, text);
    return Number.NaN;
  }

  amount(name: Needed): number {
    return this.#number(name, 'amount-invalid', 'amount-negative');
  }

  /** `null` when the layout has no such column. */
  optionalAmount(name: Optional): number | null {
    return this.has(name) ? this.#number(name, 'amount-invalid', 'amount-negative') : null;
  }

  /** A percentage, which may have decimals; `null` when blank or when the layout has no such column. */
  rate(name: Needed | Optional): number | null {
    const text = this.#latin1(name);
    if (text === '' || text === '.') return null;
    if (/^[0-9]{1,12}(?:\.[0-9]{0,6})?$/.test(text)) return Number(text);
    this.report('amount-invalid', name, text);
    return null;
  }

  /** The month of two columns; `null` when they are no month, which has been reported. */
  month(yearColumn: Needed, monthColumn: Needed): JalaliMonth | null {
    const yearText = this.#latin1(yearColumn);
    const monthText = this.#latin1(monthColumn);
    const month = {
      year: this.#year(yearText),
      month: /^[0-9]{1,2}$/.test(monthText) ? Number(monthText) : 0,
    };
    if (isJalaliMonth(month)) return month;
    this.report('month-invalid', monthColumn, `${yearText}/${monthText}`);
    return null;
  }

  #year(text: string): number {
    if (/^[0-9]{4}$/.test(text)) return Number(text);
    return /^[0-9]{1,2}$/.test(text) ? fullYear(Number(text), this.#centuryPivot) : 0;
  }

  /**
   * A Jalali date; blank is none. Two-digit years are those of the list's month or before, and what is no date,
   * or no birth date of somebody who works in that month, is reported and not taken.
   */
  date(name: Needed | Optional, month: JalaliMonth | null, kind: ListDateKind = 'any'): JalaliDate | null {
    const text = this.#latin1(name);
    if (text === '') return null;
    const { date, code, expected } = readListDate(text, month, kind);
    if (code !== null) this.report(code, name, text, expected);
    return date;
  }
}
