import { isJalaliMonth, type JalaliDate, type JalaliMonth, parseJalaliDate } from '../../kernel/jalali.ts';
import type { DbfField, DbfRecord } from './dbf.ts';
import type { FindingCode, FindingLog, ListFile } from './findings.ts';
import { decodeText, type ListEncoding } from './text-encoding.ts';

/** Columns of a table by name; the ones that a layout does not have are absent. */
export type Columns<Name extends string> = Readonly<Partial<Record<Name, DbfField>>>;

/** Types that store what they show: text, numbers, dates and flags as characters. */
const readableTypes = 'CNFDL';
/** 10¹⁵ rials are more than any wage, and up to there sums and percentages of numbers are exact. */
const amountLimit = 10 ** 15;

const blank = 0x20;
const digitZero = 0x30;
const digitNine = 0x39;

/** Finds columns by name, in whatever order a layout has them; columns nobody asks for are ignored. */
export function findColumns<Needed extends string, Optional extends string>(
  fields: readonly DbfField[],
  needed: readonly Needed[],
  optional: readonly Optional[],
  file: ListFile,
  log: FindingLog,
): Columns<Needed | Optional> {
  const columns: Partial<Record<string, DbfField>> = {};
  const wanted = new Set<string>([...needed, ...optional]);
  for (const field of fields) {
    if (!wanted.has(field.name)) continue;
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

/** The two-digit year of a list: below the pivot it is 14xx, from the pivot on 13xx. */
export function fullYear(twoDigits: number, centuryPivot: number): number {
  return twoDigits + (twoDigits < centuryPivot ? 1400 : 1300);
}

/**
 * Reads the fields of one record after another and reports what is wrong with them, so that the caller can
 * take every value at its word. Unreadable numbers become NaN, which spoils a sum instead of falsifying it.
 */
export class FieldReader<Name extends string> {
  readonly file: ListFile;
  readonly #columns: Columns<Name>;
  readonly #encoding: ListEncoding | null;
  readonly #centuryPivot: number;
  readonly #log: FindingLog;
  /** Said once a file, not once a field. */
  #encodingMissed = false;
  #record: DbfRecord = { number: 0, bytes: Buffer.alloc(0) };
  /** Where the field that was found last lies in the record; a Buffer of its own would cost more than reading it. */
  #start = 0;
  #end = 0;

  constructor(
    file: ListFile,
    columns: Columns<Name>,
    encoding: ListEncoding | null,
    centuryPivot: number,
    log: FindingLog,
  ) {
    this.file = file;
    this.#columns = columns;
    this.#encoding = encoding;
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
    field: Name,
    value: string | number | null = null,
    expected: string | number | null = null,
  ): void {
    this.#log.add(code, { file: this.file, row: this.row, field }, value, expected);
  }

  has(name: Name): boolean {
    return this.#columns[name] !== undefined;
  }

  /** Finds the field without the blanks around it; NULs are blanks, for some writers pad with them. */
  #find(name: Name): void {
    const { bytes } = this.#record;
    const column = this.#columns[name];
    let start = column?.start ?? 0;
    let end = column?.end ?? 0;
    while (end > start && ((bytes[end - 1] ?? blank) === blank || bytes[end - 1] === 0)) end -= 1;
    while (start < end && ((bytes[start] ?? blank) === blank || bytes[start] === 0)) start += 1;
    this.#start = start;
    this.#end = end;
  }

  bytes(name: Name): Buffer {
    this.#find(name);
    return this.#record.bytes.subarray(this.#start, this.#end);
  }

  #latin1(name: Name): string {
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

  #decoded(name: Name): string {
    this.#find(name);
    if (this.#isPlainAscii()) return this.#latin1(name);
    const bytes = this.#record.bytes.subarray(this.#start, this.#end);
    if (this.#encoding !== null) return decodeText(bytes, this.#encoding).trim();
    if (!this.#encodingMissed) this.report('encoding-unknown', name, bytes.toString('hex'));
    this.#encodingMissed = true;
    return '';
  }

  /** Numbers are right-aligned: blanks before one are as they should be. */
  #warnOfLeadingBlanks(name: Name, text: string): void {
    const column = this.#columns[name];
    if (text === '' || column === undefined || column.type === 'N') return;
    if (this.#record.bytes[column.start] === blank) this.report('leading-blanks', name, text);
  }

  /** Persian or Latin text in the file's encoding; '' when the layout has no such column. */
  text(name: Name): string {
    const text = this.#decoded(name);
    this.#warnOfLeadingBlanks(name, text);
    return text;
  }

  /** Text on which nothing depends: '' with a warning where the file's encoding is not known. */
  remark(name: Name): string {
    this.#find(name);
    if (this.#encoding !== null || this.#isPlainAscii()) return this.text(name);
    this.report('text-not-read', name);
    return '';
  }

  /**
   * A number that identifies. Iran System files disagree about the order of Persian digits in a field that has
   * nothing else, so only ASCII digits are believed there: a reversed insurance number is another person's.
   */
  code(name: Name): string {
    const text =
      this.#encoding === 'utf-8'
        ? this.#decoded(name)
        : // Read as Latin-1, 0xA0 and 0xAD would be a blank and a soft hyphen, which number parsers overlook.
          this.bytes(name)
            .toString('latin1')
            .replace(/[^ -~]/g, '\uFFFD');
    this.#warnOfLeadingBlanks(name, text);
    return text;
  }

  /** A whole number, not negative; blank is 0. NaN when it is neither, which has been reported. */
  number(name: Name, invalid: FindingCode, negative: FindingCode = invalid): number {
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

  #oddNumber(name: Name, invalid: FindingCode, negative: FindingCode): number {
    const text = this.#latin1(name);
    // A column declared with decimals writes whole rials as "150000.00".
    const whole = /^([0-9]{1,15})\.0*$/.exec(text)?.[1];
    if (whole !== undefined) return Number(whole);
    this.report(/^-[0-9]+(?:\.[0-9]*)?$/.test(text) ? negative : invalid, name, text);
    return Number.NaN;
  }

  amount(name: Name): number {
    return this.number(name, 'amount-invalid', 'amount-negative');
  }

  /** `null` when the layout has no such column. */
  optionalAmount(name: Name): number | null {
    return this.has(name) ? this.amount(name) : null;
  }

  /** A percentage, which may have decimals; `null` when blank or when the layout has no such column. */
  rate(name: Name): number | null {
    const text = this.#latin1(name);
    if (text === '') return null;
    if (/^[0-9]{1,12}(?:\.[0-9]{0,6})?$/.test(text)) return Number(text);
    this.report('amount-invalid', name, text);
    return null;
  }

  /** The month of two columns; `null` when they are no month, which has been reported. */
  month(yearColumn: Name, monthColumn: Name): JalaliMonth | null {
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

  /** A Jalali date. Blank is none; anything but `YYYYMMDD` is reported, and still read where it has one meaning. */
  date(name: Name): JalaliDate | null {
    const text = this.#latin1(name);
    if (text === '') return null;
    const date = parseJalaliDate(this.#withCentury(text));
    if (date === null || !/^[0-9]{8}$/.test(text)) this.report('date-odd', name, text);
    return date;
  }

  #withCentury(text: string): string {
    const twoDigits = /^([0-9]{2})\/[0-9]{2}\/[0-9]{2}$/.exec(text)?.[1];
    if (twoDigits === undefined) return text;
    return `${fullYear(Number(twoDigits), this.#centuryPivot)}${text.slice(2)}`;
  }
}
