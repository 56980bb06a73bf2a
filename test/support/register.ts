import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Test } from 'tap';
import { connect } from '../../src/database/connection.ts';
import type { Database } from '../../src/database/schema.ts';
import {
  createEmployerListService,
  type EmployerListService,
  type IntakeReport,
  type ListSource,
} from '../../src/features/employer-lists/index.ts';
import { createRecordOperatorService, recordWriter } from '../../src/features/records/index.ts';
import { type MonthEntry, parseEntries } from '../../src/features/records/month-entry.ts';
import { completeNationalCode } from '../../src/kernel/national-code.ts';
import { createTestDatabase } from './database.ts';
import { type DbfValues, inPieces } from './dbf.ts';
import { type ListChanges, listFiles } from './employer-lists.ts';

/** The register on a database of its own, without HTTP. */
export type Register = Readonly<{
  db: Kysely<Database>;
  pool: pg.Pool;
  url: string;
  lists: EmployerListService;
  ingest(files: Files, options?: { dryRun?: boolean; confirmRemovals?: boolean }): Promise<IntakeReport>;
  /** The months of a person as the record has them, oldest first. */
  record(nationalCode: string): Promise<MonthEntry[]>;
  /** People whose record is not what the lists say, as `records verify` counts them. */
  verify(): Promise<number>;
  /** Every row of every table of the register, to be compared before and after. */
  everything(): Promise<string>;
}>;

export type Files = Readonly<{ workshop: Buffer; workers: Buffer }>;

const tables = [
  'insured_person',
  'insured_person_number',
  'insured_person_merge',
  'workshop',
  'employer_list',
  'employer_list_file',
  'employer_list_row',
  'employer_list_row_person',
  'insurance_record',
];

export function toSource({ workshop, workers }: Files): ListSource {
  return {
    fileDigest: createHash('sha256').update(workshop).update(workers).digest('hex'),
    open: () => ({ workshop, workers: inPieces(workers, 64 * 1024) }),
  };
}

export function registerOn(db: Kysely<Database>, pool: pg.Pool, url: string): Register {
  const lists = createEmployerListService({ pool, records: recordWriter, centuryPivot: 50 });
  return {
    db,
    pool,
    url,
    lists,
    ingest: (files, options) => lists.ingest(toSource(files), options),
    async record(nationalCode) {
      const { rows } = await pool.query(
        `select recent || settled as entries from insurance_record
         join insured_person on id = insured_person_id where national_code = $1`,
        [nationalCode],
      );
      return rows.length === 0 ? [] : parseEntries(rows[0].entries);
    },
    verify: () => createRecordOperatorService({ db }).verify({ repair: false }),
    async everything() {
      const parts = tables.map(
        (table) => `(select json_agg(t order by t::text) from ${table} t) as ${table}`,
      );
      const { rows } = await pool.query(`select ${parts.join(', ')}`);
      return JSON.stringify(rows[0]);
    },
  };
}

export async function openRegister(t: Test, poolSize = 8): Promise<Register> {
  const { url, drop } = await createTestDatabase();
  t.teardown(drop);
  const { db, pool, close } = connect({ url, poolSize, applicationName: 'test' });
  t.teardown(close);
  return registerOn(db, pool, url);
}

/** The n-th of the people that tests invent. */
export function toCode(n: number): string {
  const code = completeNationalCode(String(100_000_000 + n * 7));
  if (code === null) throw new Error(`no national code for ${n}`);
  return code;
}

/** A worker's row with sound money for these days. */
export function work(
  nationalCode: string,
  days = 30,
  dailyWage = 5_000_000,
  more: DbfValues = {},
): DbfValues {
  const wage = days * dailyWage;
  return {
    PER_NATCOD: nationalCode,
    DSW_ID1: nationalCode,
    DSW_DD: days,
    DSW_ROOZ: dailyWage,
    DSW_MAH: wage,
    DSW_MAZ: 0,
    DSW_MASH: wage,
    DSW_TOTL: wage,
    DSW_BIME: Math.round(wage * 0.07),
    ...more,
  };
}

export type ListOf = Readonly<{
  workshop?: string;
  name?: string;
  year?: number;
  month?: number;
  number?: string;
  contractRow?: string;
  rows: readonly DbfValues[];
  changes?: ListChanges;
}>;

/** The files of a workshop's month. */
export function list({
  workshop = '0987654321',
  name,
  year = 1404,
  month = 8,
  number = '01',
  contractRow = '001',
  rows,
  changes,
}: ListOf): Files {
  const place = { DSW_ID: workshop, DSW_YY: year % 100, DSW_MM: month, DSW_LISTNO: number };
  return listFiles({
    rows: rows.map((row) => ({ ...row, ...place })),
    ...changes,
    workshop: {
      DSK_ID: workshop,
      DSK_YY: year % 100,
      DSK_MM: month,
      DSK_LISTNO: number,
      MON_PYM: contractRow,
      ...(name !== undefined && { DSK_NAME: name }),
      ...changes?.workshop,
    },
  });
}
