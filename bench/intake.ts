import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { connect } from '../src/database/connection.ts';
import { defaultListRules } from '../src/features/employer-lists/checks.ts';
import type { EmployerListRow } from '../src/features/employer-lists/employer-list.ts';
import { createEmployerListService, importFolder } from '../src/features/employer-lists/index.ts';
import { readEmployerList } from '../src/features/employer-lists/read-employer-list.ts';
import { recordWriter } from '../src/features/records/index.ts';
import { getList, type ListFiles } from './support/lists.ts';
import { type Bench, compare } from './support/measure.ts';

/** A month of a few large employers, taken in as `import-lists` does: several workshops at once. */
const workshops = ['1000000001', '1000000002', '1000000003', '1000000004'];
const peopleOfWorkshop = 5_000;
const people = workshops.length * peopleOfWorkshop;
const rounds = 7;

/** What a competent person would write: the same rows, read already, into one plain table. */
async function copyRows(client: pg.PoolClient, rows: readonly EmployerListRow[]): Promise<void> {
  const stream = client.query(copyFrom('copy plain_row from stdin'));
  for (let start = 0; start < rows.length; start += 1000) {
    const lines = rows
      .slice(start, start + 1000)
      .map((row) => `${Object.values(row).map(plainText).join('\t')}\n`);
    stream.write(lines.join(''));
  }
  stream.end();
  await finished(stream);
}

function plainText(value: EmployerListRow[keyof EmployerListRow]): string {
  if (value === null) return '\\N';
  if (typeof value === 'object') return `${value.year}-${value.month}-${value.day}`;
  return typeof value === 'number' ? String(value) : value.replaceAll('\\', '\\\\');
}

const plainTable = `create table plain_row (
  row integer, insurance_number text, national_code text, first_name text, last_name text, father_name text,
  birth_certificate_number text, birth_certificate_place text, birth_certificate_date text, birth_date text,
  sex text, nationality text, job_title text, job_code text, start_date text, end_date text, days integer,
  daily_wage bigint, daily_seniority_pay bigint, monthly_wage bigint, benefits bigint, insurable_wage bigint,
  total_pay bigint, worker_premium bigint, spouse_pay bigint, commission_rate numeric)`;

async function writeList(folder: string, { workshop, workers }: ListFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'DSKKAR00.DBF'), workshop);
  await writeFile(join(folder, 'DSKWOR00.DBF'), workers);
}

async function read(files: ListFiles): Promise<EmployerListRow[]> {
  const rows: EmployerListRow[] = [];
  await readEmployerList(files, defaultListRules, (taken) => {
    rows.push(...taken);
  });
  return rows;
}

export const bench: Bench = async ({ createDatabase, progress }) => {
  const url = await createDatabase('intake');
  const { pool, close } = connect({ url, poolSize: 4 });
  const service = createEmployerListService({ pool, records: recordWriter, centuryPivot: 50 });
  await pool.query(plainTable);
  const folder = await mkdtemp(join(tmpdir(), 'savabegh-bench-lists-'));
  let month = 0;
  const ingest = async () => {
    month += 1;
    const ofMonth = join(folder, String(month));
    for (const [index, workshop] of workshops.entries()) {
      await writeList(
        join(ofMonth, workshop),
        getList({ people: peopleOfWorkshop, month, workshop, from: index * peopleOfWorkshop }),
      );
    }
    const started = performance.now();
    const { rows } = await importFolder(service, [ofMonth]);
    if (rows !== people) throw new Error(`${rows} rows taken in`);
    return people / ((performance.now() - started) / 1000);
  };
  progress('the first month brings everybody into the register');
  await ingest();
  const rows = await read(getList({ people, month: 1 }));
  const client = await pool.connect();
  const measurement = await compare({
    measure: 'list intake',
    unit: 'rows/s',
    rounds,
    target: 0.35,
    subject: ingest,
    async baseline() {
      const started = performance.now();
      await copyRows(client, rows);
      return people / ((performance.now() - started) / 1000);
    },
  });
  client.release();
  await close();
  await rm(folder, { recursive: true });
  return [measurement];
};
