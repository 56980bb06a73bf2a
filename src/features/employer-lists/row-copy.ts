import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type JalaliDate, jalaliToGregorian } from '../../kernel/jalali.ts';
import type { EmployerListRow } from './employer-list.ts';

type Value = string | number | null;

const dateValue = (date: JalaliDate | null): Value => (date === null ? null : jalaliToGregorian(date));

/** Every column of employer_list_row with where its value comes from. */
const columns: readonly (readonly [name: string, value: (row: EmployerListRow) => Value])[] = [
  ['row_number', (row) => row.row],
  ['national_code', (row) => row.nationalCode],
  ['insurance_number', (row) => row.insuranceNumber],
  ['first_name', (row) => row.firstName],
  ['last_name', (row) => row.lastName],
  ['father_name', (row) => row.fatherName],
  ['birth_certificate_number', (row) => row.birthCertificateNumber],
  ['birth_certificate_place', (row) => row.birthCertificatePlace],
  ['birth_certificate_date', (row) => dateValue(row.birthCertificateDate)],
  ['birth_date', (row) => dateValue(row.birthDate)],
  ['sex', (row) => row.sex],
  ['nationality', (row) => row.nationality],
  ['job_title', (row) => row.jobTitle],
  ['job_code', (row) => row.jobCode],
  ['start_date', (row) => dateValue(row.startDate)],
  ['end_date', (row) => dateValue(row.endDate)],
  ['days', (row) => row.days],
  ['daily_wage', (row) => row.dailyWage],
  ['daily_seniority_pay', (row) => row.dailySeniorityPay],
  ['monthly_wage', (row) => row.monthlyWage],
  ['benefits', (row) => row.benefits],
  ['insurable_wage', (row) => row.insurableWage],
  ['total_pay', (row) => row.totalPay],
  ['worker_premium', (row) => row.workerPremium],
  ['spouse_pay', (row) => row.spousePay],
  ['commission_rate', (row) => row.commissionRate],
];

const special = /[\\\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function copyText(value: Value): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return value.replace(special, (character) => escapes[character] ?? character);
}

/** A row in COPY's text format. */
export function copyLine(listId: number, row: EmployerListRow): string {
  let line = String(listId);
  for (const [, value] of columns) line += `\t${copyText(value(row))}`;
  return `${line}\n`;
}

export const rowColumns: readonly string[] = ['employer_list_id', ...columns.map(([name]) => name)];

/** Streams rows into employer_list_row; the connection does nothing else until the end. */
export class RowCopy {
  readonly #stream: ReturnType<typeof copyFrom>;
  readonly #listId: number;
  #failure: Error | undefined;

  constructor(client: pg.PoolClient, listId: number) {
    this.#listId = listId;
    this.#stream = client.query(copyFrom(`copy employer_list_row (${rowColumns.join(', ')}) from stdin`));
    // Kept for the next call: an error between two of them must not go unhandled.
    this.#stream.on('error', (error) => {
      this.#failure = error;
    });
  }

  async write(rows: readonly EmployerListRow[]): Promise<void> {
    if (this.#failure) throw this.#failure;
    let text = '';
    for (const row of rows) text += copyLine(this.#listId, row);
    if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#stream.end();
    await finished(this.#stream);
  }

  /** Gives up; what was streamed goes with the transaction. */
  async abort(): Promise<void> {
    if (this.#stream.writableFinished || this.#failure) return;
    this.#stream.destroy(new Error('given up'));
    await finished(this.#stream).catch(() => {});
  }
}
