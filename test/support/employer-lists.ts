import { defaultListRules, type ListRules } from '../../src/features/employer-lists/checks.ts';
import type { EmployerList, EmployerListRow } from '../../src/features/employer-lists/employer-list.ts';
import {
  type EmployerListFiles,
  type EmployerListVerdict,
  readEmployerList,
} from '../../src/features/employer-lists/read-employer-list.ts';
import { buildDbf, type DbfColumn, type DbfDescription, type DbfValues } from './dbf.ts';

/** A «wide» layout: names of 100 bytes, the newer columns at the end. */
export const workshopLayout: readonly DbfColumn[] = [
  ['DSK_ID', 'C', 10],
  ['DSK_NAME', 'C', 100],
  ['DSK_FARM', 'C', 100],
  ['DSK_ADRS', 'C', 100],
  ['DSK_KIND', 'N', 1],
  ['DSK_YY', 'N', 2],
  ['DSK_MM', 'N', 2],
  ['DSK_LISTNO', 'C', 12],
  ['DSK_DISC', 'C', 100],
  ['DSK_NUM', 'N', 5],
  ['DSK_TDD', 'N', 6],
  ['DSK_TROOZ', 'N', 12],
  ['DSK_TMAH', 'N', 12],
  ['DSK_TMAZ', 'N', 12],
  ['DSK_TMASH', 'N', 12],
  ['DSK_TTOTL', 'N', 12],
  ['DSK_TBIME', 'N', 12],
  ['DSK_TKOSO', 'N', 12],
  ['DSK_BIC', 'N', 12],
  ['DSK_RATE', 'N', 5],
  ['DSK_PRATE', 'N', 2],
  ['DSK_BIMH', 'N', 12],
  ['MON_PYM', 'C', 3],
  ['DSK_INC', 'N', 12],
  ['DSK_SPOUSE', 'N', 12],
];

export const workersLayout: readonly DbfColumn[] = [
  ['DSW_ID', 'C', 10],
  ['DSW_YY', 'N', 2],
  ['DSW_MM', 'N', 2],
  ['DSW_LISTNO', 'C', 12],
  ['DSW_ID1', 'C', 10],
  ['DSW_FNAME', 'C', 100],
  ['DSW_LNAME', 'C', 100],
  ['DSW_DNAME', 'C', 100],
  ['DSW_IDNO', 'C', 15],
  ['DSW_IDPLC', 'C', 100],
  ['DSW_IDATE', 'C', 8],
  ['DSW_BDATE', 'C', 8],
  ['DSW_SEX', 'C', 3],
  ['DSW_NAT', 'C', 10],
  ['DSW_OCP', 'C', 100],
  ['DSW_SDATE', 'C', 8],
  ['DSW_EDATE', 'C', 8],
  ['DSW_DD', 'N', 2],
  ['DSW_ROOZ', 'N', 12],
  ['DSW_MAH', 'N', 12],
  ['DSW_MAZ', 'N', 12],
  ['DSW_MASH', 'N', 12],
  ['DSW_TOTL', 'N', 12],
  ['DSW_BIME', 'N', 12],
  ['DSW_PRATE', 'N', 2],
  ['DSW_JOB', 'C', 6],
  ['PER_NATCOD', 'C', 10],
  ['DSW_INC', 'N', 12],
  ['DSW_SPOUSE', 'C', 10],
];

/** A worker of Aban 1404 about whom there is nothing to say. */
export const worker: DbfValues = {
  DSW_ID: '0987654321',
  DSW_YY: 4,
  DSW_MM: 8,
  DSW_LISTNO: '01',
  DSW_ID1: '00123456',
  DSW_FNAME: 'علی',
  DSW_LNAME: 'احمدی',
  DSW_DNAME: 'رضا',
  DSW_IDNO: '12',
  DSW_IDPLC: 'تهران',
  DSW_IDATE: '',
  DSW_BDATE: '13700101',
  DSW_SEX: 'مرد',
  DSW_NAT: 'ایرانی',
  DSW_OCP: 'کارمند دفتری',
  DSW_SDATE: '',
  DSW_EDATE: '',
  DSW_DD: 30,
  DSW_ROOZ: 5_000_000,
  DSW_MAH: 150_000_000,
  DSW_MAZ: 40_000_000,
  DSW_MASH: 190_000_000,
  DSW_TOTL: 190_000_000,
  DSW_BIME: 13_300_000,
  DSW_PRATE: 0,
  DSW_JOB: '027075',
  PER_NATCOD: '0499370899',
  DSW_INC: 0,
  DSW_SPOUSE: '0',
};

/** The sum of a column over the rows; what is not a number counts as nothing. */
function sum(rows: readonly DbfValues[], column: string): number {
  return rows.reduce((total, row) => total + (Number(row[column]) || 0), 0);
}

/** The row of DSKKAR00 that these rows call for. */
export function toWorkshop(rows: readonly DbfValues[]): DbfValues {
  return {
    DSK_ID: '0987654321',
    DSK_NAME: 'شرکت نمونه',
    DSK_FARM: 'کارفرمای نمونه',
    DSK_ADRS: 'تهران',
    DSK_KIND: 0,
    DSK_YY: 4,
    DSK_MM: 8,
    DSK_LISTNO: '01',
    DSK_NUM: rows.length,
    DSK_TDD: sum(rows, 'DSW_DD'),
    DSK_TROOZ: sum(rows, 'DSW_ROOZ'),
    DSK_TMAH: sum(rows, 'DSW_MAH'),
    DSK_TMAZ: sum(rows, 'DSW_MAZ'),
    DSK_TMASH: sum(rows, 'DSW_MASH'),
    DSK_TTOTL: sum(rows, 'DSW_TOTL'),
    DSK_TBIME: sum(rows, 'DSW_BIME'),
    DSK_TKOSO: 38_000_000,
    DSK_BIC: 5_700_000,
    DSK_RATE: 30,
    MON_PYM: '001',
    DSK_INC: 0,
    DSK_SPOUSE: 0,
  };
}

export type ListChanges = {
  /** Each is laid over `worker`. */
  rows?: readonly DbfValues[];
  workshop?: DbfValues;
  workersFile?: Partial<DbfDescription>;
  workshopFile?: Partial<DbfDescription>;
};

/** Both files of a sound list, changed where the test wants it; the totals follow the rows. */
export function listFiles(changes: ListChanges = {}): { workshop: Buffer; workers: Buffer } {
  const rows = (changes.rows ?? [{}]).map((row) => ({ ...worker, ...row }));
  return {
    workshop: buildDbf({
      columns: workshopLayout,
      rows: [{ ...toWorkshop(rows), ...changes.workshop }],
      ...changes.workshopFile,
    }),
    workers: buildDbf({ columns: workersLayout, rows, ...changes.workersFile }),
  };
}

export type Reading = { verdict: EmployerListVerdict; rows: EmployerListRow[]; lists: EmployerList[] };

/** Reads a list whole, with everything that was handed over on the way. */
export async function readList(files: EmployerListFiles, rules: Partial<ListRules> = {}): Promise<Reading> {
  const rows: EmployerListRow[] = [];
  const lists: EmployerList[] = [];
  const verdict = await readEmployerList(files, { ...defaultListRules, ...rules }, (taken, list) => {
    rows.push(...taken);
    lists.push(list);
  });
  return { verdict, rows, lists };
}

/** `code field row` of every finding, in the order found. */
export function toFindings({ findings }: EmployerListVerdict): string[] {
  return findings.map(({ code, field, row }) => [code, field, row].filter((part) => part !== null).join(' '));
}
