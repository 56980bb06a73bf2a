import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DBFFile } from 'dbffile';
import { jalaaliMonthLength } from 'jalaali-js';
import t from 'tap';
import { writeDbf } from '../../src/development/sample-lists/dbf-writer.ts';
import { encodeIranSystem } from '../../src/development/sample-lists/iran-system-encoder.ts';
import {
  classicLayout,
  extendedLayout,
  type ListLayout,
  wideLayout,
} from '../../src/development/sample-lists/list-layouts.ts';
import {
  sampleFolderDifferences,
  writeSampleFolder,
} from '../../src/development/sample-lists/sample-folder.ts';
import { samplePeopleToTry } from '../../src/development/sample-lists/sample-people.ts';
import { encodeWindows1256 } from '../../src/development/sample-lists/windows-1256-encoder.ts';
import { parseNationalCode } from '../../src/kernel/national-code.ts';

const samples = path.resolve(import.meta.dirname, '../../samples');
const fixtures = path.resolve(import.meta.dirname, '../fixtures/employer-lists');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const json = async (file: string) => JSON.parse(await readFile(file, 'utf8'));

type Row = Record<string, unknown>;
interface ReadList {
  folder: string;
  kar: Row;
  wor: Row[];
}

const number = (row: Row, column: string): number => Number(row[column] ?? 0);
const text = (row: Row, column: string): string => String(row[column] ?? '');
const sum = (rows: Row[], column: string): number =>
  rows.reduce((total, row) => total + number(row, column), 0);
const worker = (list: ReadList, nationalCode: string): Row | undefined =>
  list.wor.find((row) => row.PER_NATCOD === nationalCode);

/** Reads a file with a dBase library that shares no code with the writer; latin1 keeps the raw bytes of texts. */
async function readDbf(file: string): Promise<{ table: DBFFile; rows: Row[] }> {
  const table = await DBFFile.open(file, { encoding: 'latin1' });
  return { table, rows: await table.readRecords() };
}

async function readSample(folder: string): Promise<ReadList> {
  const kar = await readDbf(path.join(samples, folder, 'DSKKAR00.DBF'));
  const wor = await readDbf(path.join(samples, folder, 'DSKWOR00.DBF'));
  return { folder, kar: kar.rows[0] ?? {}, wor: wor.rows };
}

const layouts: Record<string, ListLayout> = {
  '1018003412': classicLayout,
  '0227145390': extendedLayout,
  '4471902658': wideLayout,
};
const folders: string[] = [];
for (const code of Object.keys(layouts)) {
  for (const month of await readdir(path.join(samples, code))) folders.push(`${code}/${month}`);
}
const lists = await Promise.all(folders.map(readSample));
const month = (code: string, key: string): ReadList => {
  const list = lists.find(({ folder }) => folder === `${code}/${key}`);
  if (!list) throw new Error(`no sample list ${code}/${key}`);
  return list;
};

t.test('the committed samples are what the generator writes', async (t) => {
  t.same(await sampleFolderDifferences(samples), []);
});

t.test('a sample file that is missing, changed or not generated is told', async (t) => {
  const folder = t.testdir();
  await mkdir(path.join(folder, 'old'));
  await writeFile(path.join(folder, 'old/DSKKAR00.DBF'), 'left over');
  await writeFile(path.join(folder, 'README.md'), 'kept');
  await writeSampleFolder(folder);
  t.same(await sampleFolderDifferences(folder), []);
  t.equal(await readFile(path.join(folder, 'README.md'), 'utf8'), 'kept');

  await rm(path.join(folder, '1018003412/1403-01/DSKKAR00.DBF'));
  const altered = path.join(folder, '0227145390/1404-12/DSKWOR00.DBF');
  const bytes = await readFile(altered);
  bytes[bytes.length - 1] = 0;
  await writeFile(altered, bytes);
  await writeFile(path.join(folder, '4471902658/notes.txt'), 'x');
  t.same(await sampleFolderDifferences(folder), [
    'changed: 0227145390/1404-12/DSKWOR00.DBF',
    'missing: 1018003412/1403-01/DSKKAR00.DBF',
    'not generated: 4471902658/notes.txt',
  ]);
});

t.test('Persian text becomes the Iran System bytes that real lists hold', async (t) => {
  const vectors: Record<string, string> = await json(path.join(fixtures, 'iransystem-vectors.json'));
  t.ok(Object.keys(vectors).length >= 19);
  for (const [persian, bytes] of Object.entries(vectors))
    t.equal(hex(encodeIranSystem(persian)), bytes, persian);
  t.equal(hex(encodeIranSystem('۱۴۰۴')), hex(encodeIranSystem('1404')), 'digits of either script');
  t.equal(hex(encodeIranSystem('غ غغغ')), 'e6e7e820e5', 'all four shapes, isolated first and so last');
});

t.test('Windows-1256 text has ي for ی and keeps the Persian letters of the code page', async (t) => {
  t.equal(hex(encodeWindows1256('ی')), 'ed');
  t.equal(hex(encodeWindows1256('ک گ چ پ ژ')), '98 90 8d 81 8e'.replaceAll(' ', '20'));
  t.equal(new TextDecoder('windows-1256').decode(encodeWindows1256('لاله پلاک 15')), 'لاله پلاک 15');
});

t.test('text that would have to be altered is refused', async (t) => {
  t.throws(() => encodeIranSystem('ك'), RangeError);
  t.throws(() => encodeIranSystem('Ali'), RangeError);
  t.throws(() => encodeWindows1256('世'), RangeError);
  const table = {
    columns: [{ name: 'DSW_SEX', type: 'C', width: 3 }],
    encodeText: encodeIranSystem,
  } as const;
  const write = (value: string | number) =>
    writeDbf({ ...table, changedOn: '2025-09-01', rows: [{ DSW_SEX: value }] });
  t.doesNotThrow(() => write('مرد'));
  t.throws(() => write('مردم'), RangeError);
});

t.test('the writer gives files of the real programs byte by byte', async (t) => {
  const { kar, wor } = await json(path.join(fixtures, 'expected.json'));
  for (const [name, layout, encodeText] of [
    ['v27-iransystem', classicLayout, encodeIranSystem],
    ['v6-cp1256', extendedLayout, encodeWindows1256],
  ] as const) {
    const file = { encodeText, changedOn: '2025-09-01' };
    const written = {
      DSKKAR00: writeDbf({ ...file, columns: layout.workshopColumns, rows: [kar] }),
      DSKWOR00: writeDbf({ ...file, columns: layout.workerColumns, rows: wor }),
    };
    for (const [base, bytes] of Object.entries(written)) {
      const real = await readFile(path.join(fixtures, `${base}.synthetic-${name}.DBF`));
      t.equal(hex(bytes), hex(real), `${base} ${name}`);
    }
  }
});

t.test('a dBase library finds the columns of each layout in the sample files', async (t) => {
  const counts = Object.values(layouts).map((layout) => [
    layout.workshopColumns.length,
    layout.workerColumns.length,
  ]);
  t.same(counts, [
    [23, 27],
    [25, 29],
    [26, 31],
  ]);
  for (const [code, layout] of Object.entries(layouts)) {
    const kar = await readDbf(path.join(samples, code, '1404-01/DSKKAR00.DBF'));
    const wor = await readDbf(path.join(samples, code, '1404-01/DSKWOR00.DBF'));
    t.equal(kar.table.recordCount, 1);
    t.same(kar.table.dateOfLastUpdate.toDateString(), 'Sun Apr 20 2025', '1404-01-31');
    for (const [{ table }, columns] of [
      [kar, layout.workshopColumns],
      [wor, layout.workerColumns],
    ] as const) {
      const found = table.fields.map(({ name, type, size }) => ({ name, type, width: size }));
      t.same(found, columns);
      t.same(new Set(table.fields.map(({ decimalPlaces }) => decimalPlaces ?? 0)), new Set([0]));
    }
  }
});

t.test('every month of every workshop is there, and one month has a second list', async (t) => {
  t.equal(lists.length, 3 * 33 + 1);
  for (const { folder, kar } of lists) {
    const [, code, year, monthNumber, listNumber] =
      /^(\d{10})\/(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(folder) ?? [];
    t.equal(text(kar, 'DSK_ID'), code);
    t.equal(1400 + number(kar, 'DSK_YY'), Number(year));
    t.equal(number(kar, 'DSK_MM'), Number(monthNumber));
    t.equal(text(kar, 'DSK_LISTNO'), listNumber ?? '01');
  }
});

t.test('no sample list would be refused', async (t) => {
  for (const { folder, kar, wor } of lists) {
    const monthDays = jalaaliMonthLength(1400 + number(kar, 'DSK_YY'), number(kar, 'DSK_MM'));
    for (const row of wor) {
      t.match(row, {
        DSW_ID: kar.DSK_ID,
        DSW_YY: kar.DSK_YY,
        DSW_MM: kar.DSK_MM,
        DSW_LISTNO: kar.DSK_LISTNO,
        DSW_ID1: /^(\d{8}|\d{10})$/,
      });
      t.ok(number(row, 'DSW_DD') <= monthDays, folder);
    }
    const identities = wor.map((row) => text(row, 'PER_NATCOD') || text(row, 'DSW_ID1'));
    t.equal(new Set(identities).size, wor.length, 'nobody twice');
    t.same(totalsOf(kar), sumsOf(wor), folder);
  }
});

function totalsOf(kar: Row): number[] {
  const columns = ['DSK_NUM', 'DSK_TDD', 'DSK_TMAH', 'DSK_TMAZ', 'DSK_TMASH', 'DSK_TTOTL', 'DSK_TBIME'];
  return columns.map((column) => number(kar, column));
}

function sumsOf(wor: Row[]): number[] {
  const columns = ['DSW_DD', 'DSW_MAH', 'DSW_MAZ', 'DSW_MASH', 'DSW_TOTL', 'DSW_BIME'];
  return [wor.length, ...columns.map((column) => sum(wor, column))];
}

t.test('no sample row would be warned of, but for the foreign national', async (t) => {
  const minimumDailyWage: Record<number, number> = { 1403: 2_388_728, 1404: 3_463_656 };
  const withoutCode = new Set<string>();
  for (const { folder, wor } of lists) {
    for (const row of wor) {
      const days = number(row, 'DSW_DD');
      const insurable = number(row, 'DSW_MASH');
      const daily = number(row, 'DSW_ROOZ');
      const minimum = minimumDailyWage[1400 + number(row, 'DSW_YY')];
      t.equal(number(row, 'DSW_MAH'), (daily + number(row, 'DSW_INC')) * days, folder);
      t.equal(insurable, number(row, 'DSW_MAH') + number(row, 'DSW_MAZ'));
      t.equal(number(row, 'DSW_BIME'), Math.round(insurable * 0.07 + 1e-6));
      t.ok(number(row, 'DSW_TOTL') >= insurable);
      if (minimum) t.ok(daily >= minimum && insurable <= 7 * minimum * days, folder);
      for (const column of ['DSW_BDATE', 'DSW_SDATE', 'DSW_EDATE']) t.match(text(row, column), /^(\d{8})?$/);
      if (text(row, 'PER_NATCOD') === '') withoutCode.add(text(row, 'DSW_ID1'));
    }
  }
  t.same([...withoutCode], ['9104827365']);
});

t.test('the samples hold the cases that records have to cope with', async (t) => {
  const [maryam, pezhman, laleh, mehdi, jamshid, ghazal, yashar, fatemeh] = samplePeopleToTry.map(
    ({ nationalCode }) => nationalCode,
  ) as [string, string, string, string, string, string, string, string];
  const days = (code: string, key: string, person: string) => worker(month(code, key), person)?.DSW_DD;
  const [wood, weaving, software] = ['1018003412', '0227145390', '4471902658'] as const;

  t.equal(days(wood, '1403-12', maryam), 30, 'Esfand of a leap year');
  t.equal(days(wood, '1404-12', maryam), 29, 'Esfand of an ordinary year');
  t.same(
    [days(wood, '1403-05', pezhman), days(weaving, '1403-05', pezhman)],
    [31, 31],
    'two workshops at once',
  );
  t.same([days(wood, '1403-04', laleh), days(weaving, '1403-12', laleh)], [31, 30]);
  for (const key of ['1403-05', '1403-08', '1403-11']) {
    t.same([days(wood, key, laleh), days(weaving, key, laleh)], [undefined, undefined], 'a gap');
  }
  t.match(
    worker(month(weaving, '1403-03'), mehdi),
    { DSW_SDATE: '14030312', DSW_DD: 20 },
    'a start in mid-month',
  );
  t.match(
    worker(month(weaving, '1404-08'), jamshid),
    { DSW_EDATE: '14040820', DSW_DD: 20 },
    'an end in mid-month',
  );
  t.match(
    worker(month(software, '1404-03'), ghazal),
    { DSW_DD: 0, DSW_MAH: 0, DSW_MAZ: 0, DSW_MASH: 0, DSW_TOTL: 0, DSW_BIME: 0 },
    'unpaid leave',
  );
  t.same(
    [days(wood, '1404-06', yashar), days(wood, '1404-06-02', yashar)],
    [undefined, 31],
    'a forgotten worker',
  );
  t.same([days(wood, '1404-06', pezhman), days(wood, '1404-06-02', pezhman)], [21, 10], 'days in two lists');
  t.same(
    [days(wood, '1403-09', fatemeh), days(weaving, '1403-09', fatemeh)],
    [15, 15],
    'a change of workshops',
  );
});

t.test('the lists name people as people.json does', async (t) => {
  const people: typeof samplePeopleToTry = await json(path.join(samples, 'people.json'));
  t.equal(people.length, 8);
  for (const { nationalCode, birthDate, mobile, firstName, lastName } of people) {
    t.equal(parseNationalCode(nationalCode), nationalCode);
    t.equal(mobile, `0912${nationalCode.slice(-7)}`);
    const rows = lists.flatMap(({ wor, folder }) =>
      wor.filter((row) => row.PER_NATCOD === nationalCode).map((row) => ({ row, folder })),
    );
    t.ok(rows.length > 0);
    for (const { row, folder } of rows) {
      const encode = folder.startsWith('0227145390') ? encodeWindows1256 : encodeIranSystem;
      t.equal(row.DSW_BDATE, birthDate.replaceAll('-', ''));
      t.equal(hex(Buffer.from(text(row, 'DSW_FNAME'), 'latin1')), hex(encode(firstName.fa)));
      t.equal(hex(Buffer.from(text(row, 'DSW_LNAME'), 'latin1')), hex(encode(lastName.fa)));
    }
  }
});
