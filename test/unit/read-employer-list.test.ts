import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import t from 'tap';
import { defaultListRules } from '../../src/features/employer-lists/checks.ts';
import type { EmployerList, EmployerListRow } from '../../src/features/employer-lists/employer-list.ts';
import { sourceOfPair } from '../../src/features/employer-lists/file-pairs.ts';
import { readEmployerList } from '../../src/features/employer-lists/read-employer-list.ts';
import { formatJalaliDate, type JalaliDate } from '../../src/kernel/jalali.ts';
import { completeNationalCode } from '../../src/kernel/national-code.ts';
import { type DbfColumn, type DbfValues, inPieces, toWindows1256 } from '../support/dbf.ts';
import {
  listFiles,
  readList,
  toFindings,
  toWorkshop,
  worker,
  workersLayout,
  workshopLayout,
} from '../support/employer-lists.ts';

type Values = Record<string, string | number>;

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/employer-lists/${name}`, import.meta.url));
}

const expected: { kar: Values; wor: Values[] } = JSON.parse(fixture('expected.json').toString());
const layouts = ['v27-iransystem', 'v6-cp1256'] as const;
t.same(
  readdirSync(new URL('../fixtures/employer-lists/', import.meta.url))
    .filter((name) => name.endsWith('.DBF'))
    .sort(),
  ['DSKKAR00', 'DSKWOR00'].flatMap((role) => layouts.map((layout) => `${role}.synthetic-${layout}.DBF`)),
  'every fixture is read here',
);

function fixtureFiles(layout: (typeof layouts)[number]) {
  return {
    workshop: fixture(`DSKKAR00.synthetic-${layout}.DBF`),
    workers: fixture(`DSKWOR00.synthetic-${layout}.DBF`),
  };
}

function dateText(date: JalaliDate | null): string {
  return date === null ? '' : formatJalaliDate(date).replaceAll('-', '');
}

/** What was read, under the names of the columns it came from. */
function workshopValues(list: EmployerList): Values {
  return {
    DSK_ID: list.workshopCode,
    DSK_NAME: list.workshopName,
    DSK_FARM: list.employerName,
    DSK_ADRS: list.workshopAddress,
    DSK_KIND: Number(list.kind),
    DSK_YY: list.month.year - 1400,
    DSK_MM: list.month.month,
    DSK_LISTNO: list.listNumber,
    DSK_DISC: list.description,
    DSK_NUM: list.rowCount,
    DSK_TDD: list.totals.days,
    DSK_TMAH: list.totals.monthlyWage,
    DSK_TMAZ: list.totals.benefits,
    DSK_TMASH: list.totals.insurableWage,
    DSK_TTOTL: list.totals.totalPay,
    DSK_TBIME: list.totals.workerPremium,
    DSK_TKOSO: list.totals.employerPremium ?? '',
    DSK_BIC: list.totals.unemploymentPremium ?? '',
    MON_PYM: list.contractRow,
  };
}

function workerValues(row: EmployerListRow): Values {
  return {
    DSW_ID1: row.insuranceNumber ?? '',
    DSW_FNAME: row.firstName,
    DSW_LNAME: row.lastName,
    DSW_DNAME: row.fatherName,
    DSW_IDNO: row.birthCertificateNumber,
    DSW_IDPLC: row.birthCertificatePlace,
    DSW_IDATE: dateText(row.birthCertificateDate),
    DSW_BDATE: dateText(row.birthDate),
    DSW_SEX: row.sex === 'male' ? 'مرد' : 'زن',
    DSW_NAT: row.nationality,
    DSW_OCP: row.jobTitle,
    DSW_SDATE: dateText(row.startDate),
    DSW_EDATE: dateText(row.endDate),
    DSW_DD: row.days,
    DSW_ROOZ: row.dailyWage,
    DSW_MAH: row.monthlyWage,
    DSW_MAZ: row.benefits,
    DSW_MASH: row.insurableWage,
    DSW_TOTL: row.totalPay,
    DSW_BIME: row.workerPremium,
    DSW_PRATE: row.commissionRate ?? '',
    DSW_JOB: row.jobCode,
    PER_NATCOD: row.nationalCode ?? '',
    ...(row.dailySeniorityPay === null ? {} : { DSW_INC: row.dailySeniorityPay }),
    ...(row.spousePay === null ? {} : { DSW_SPOUSE: String(row.spousePay) }),
  };
}

/** `values` without what a layout of that many columns does not have, and what belongs to the list, not the row. */
function only(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

for (const layout of layouts) {
  t.test(`${layout}: both files decode to what was written, field by field`, async (t) => {
    const { verdict, rows, lists } = await readList(fixtureFiles(layout));
    t.same(toFindings(verdict), []);
    t.match(verdict, { accepted: true, rowCount: 4, errorCount: 0, warningCount: 0 });
    const list = lists[0];
    if (list === undefined) return t.fail('no list');
    const newer = layout === 'v6-cp1256';
    t.strictSame(workshopValues(list), only(expected.kar, Object.keys(workshopValues(list))));

    const listNames = ['DSW_ID', 'DSW_YY', 'DSW_MM', 'DSW_LISTNO'];
    const names = workersLayout.map(([name]) => name).slice(0, newer ? 29 : 27);
    const personNames = names.filter((name) => !listNames.includes(name));
    t.equal(rows.length, expected.wor.length);
    rows.forEach((row, index) => {
      t.equal(row.row, index + 1);
      t.strictSame(workerValues(row), only(expected.wor[index] ?? {}, personNames));
    });
  });

  t.test(`${layout}: every list taken in pieces reads the same`, async (t) => {
    const { workshop, workers } = fixtureFiles(layout);
    const whole = await readList({ workshop, workers });
    for (const size of [1, 7, 446, 100_000]) {
      const pieces = await readList({
        workshop: inPieces(workshop, size),
        workers: inPieces(workers, size),
      });
      t.strictSame(pieces.verdict, whole.verdict, `pieces of ${size} bytes`);
      t.strictSame(pieces.rows, whole.rows);
    }
  });
}

t.test('a wide UTF-8 layout is read, digits in Persian too', async (t) => {
  const wide = workersLayout.map(
    ([name, type, length]): DbfColumn => [name, type, name === 'PER_NATCOD' ? 20 : length],
  );
  const { verdict, rows } = await readList(
    listFiles({ rows: [{ PER_NATCOD: '۰۴۹۹۳۷۰۸۹۹' }], workersFile: { columns: wide } }),
  );
  t.same(toFindings(verdict), []);
  t.match(rows[0], { nationalCode: '0499370899', firstName: 'علی', jobTitle: 'کارمند دفتری', sex: 'male' });
});

t.test('columns are read by name, in any order and whatever else stands between', async (t) => {
  const plain = await readList(listFiles());
  const extra: DbfColumn[] = [
    ['PI_PERS', 'C', 12],
    ['DSW_KOSO', 'N', 12],
    ['BLOB', '0', 4],
    ['', 'C', 3],
  ];
  const changed = await readList(
    listFiles({
      workersFile: { columns: [...extra, ...workersLayout.toReversed(), ['DSW_ID2', 'C', 8]] },
      workshopFile: { columns: [['NOTE', 'C', 50], ...workshopLayout.toReversed()] },
    }),
  );
  t.strictSame(changed.rows, plain.rows);
  t.strictSame(changed.lists, plain.lists);
  t.equal(changed.verdict.accepted, true);
});

t.test('column names in small letters are the same names', async (t) => {
  const columns = workersLayout.map(([name, ...rest]): DbfColumn => [name.toLowerCase(), ...rest]);
  const rows = [
    Object.fromEntries(Object.entries(worker).map(([name, value]) => [name.toLowerCase(), value])),
  ];
  const { workshop } = listFiles();
  const { workers } = listFiles({ rows, workersFile: { columns, rows } });
  t.match((await readList({ workshop, workers })).verdict, { accepted: true });
});

t.test('a layout without the optional columns is taken in', async (t) => {
  const short = [
    'DSW_ID DSW_YY DSW_MM DSW_ID1 DSW_FNAME DSW_LNAME DSW_SEX DSW_SDATE DSW_EDATE DSW_DD DSW_ROOZ',
    'DSW_MAH DSW_MAZ DSW_MASH DSW_TOTL DSW_BIME PER_NATCOD',
  ]
    .join(' ')
    .split(' ');
  const columns = workersLayout.filter(([name]) => short.includes(name));
  const { verdict, rows } = await readList(listFiles({ workersFile: { columns } }));
  t.match(verdict, { accepted: true, warningCount: 0 });
  t.match(rows[0], {
    fatherName: '',
    birthDate: null,
    dailySeniorityPay: null,
    spousePay: null,
    jobCode: '',
  });
});

t.test('money that a layout has no column for is none, not 0', async (t) => {
  const without = (...names: string[]) => workshopLayout.filter(([name]) => !names.includes(name));
  const { verdict } = await readList(
    listFiles({ workshopFile: { columns: without('DSK_TKOSO', 'DSK_BIC') } }),
  );
  t.match(verdict, { accepted: true, warningCount: 0 });
  t.match(verdict.list?.totals, { employerPremium: null, unemploymentPremium: null });
  const blank = await readList(listFiles({ workshop: { DSK_TKOSO: '', DSK_BIC: '' } }));
  t.match(blank.verdict.list?.totals, { employerPremium: 0, unemploymentPremium: 0 });
  t.same(toFindings(blank.verdict), ['employer-premium-missing DSK_TKOSO 1']);
});

t.test('what is neither checked nor kept refuses no list', async (t) => {
  const unread = {
    DSK_TROOZ: '-5',
    DSK_RATE: '?',
    DSK_PRATE: 'x',
    DSK_BIMH: '1,5',
    DSK_INC: 'y',
    DSK_SPOUSE: '-',
  };
  const { verdict } = await readList(listFiles({ workshop: unread }));
  t.same(toFindings(verdict), []);
});

t.test('an empty list is in the encoding of its deleted rows, however many', async (t) => {
  const empty = (rows: readonly DbfValues[]) =>
    readList(
      listFiles({
        rows,
        workshop: toWorkshop([]),
        workersFile: { deleted: rows.map((_, index) => index), encode: toWindows1256 },
        workshopFile: { encode: toWindows1256 },
      }),
    );
  const unsaid = Array.from({ length: 1500 }, () => ({ DSW_SEX: '' }));
  for (const rows of [[{}], [...unsaid, {}]]) {
    const { verdict } = await empty(rows);
    t.same(toFindings(verdict), []);
    t.match(verdict, { accepted: true, rowCount: 0, list: { workshopName: 'شرکت نمونه' } });
  }
});

t.test('text about the workshop tells its encoding itself where there is no row', async (t) => {
  const { verdict } = await readList(listFiles({ rows: [], workshopFile: { encode: toWindows1256 } }));
  t.same(toFindings(verdict), []);
  t.match(verdict, { accepted: true, list: { workshopName: 'شرکت نمونه', workshopAddress: 'تهران' } });
  const numbered = await readList(listFiles({ workshop: { DSK_LISTNO: Buffer.from([0xb0, 0xb1]) } }));
  t.same(
    toFindings(numbered.verdict),
    ['list-number-invalid DSK_LISTNO 1'],
    'a number that decides which list it is, is not guessed',
  );
});

t.test('text in no encoding at all is left out, with a warning', async (t) => {
  const rubbish = (name: string) => [name, Buffer.from('ÚáíÐÑ')];
  const texts = ['DSW_FNAME', 'DSW_LNAME', 'DSW_DNAME', 'DSW_IDPLC', 'DSW_NAT', 'DSW_OCP'];
  const { verdict, rows } = await readList(
    listFiles({
      rows: [{}, { DSW_ID1: '12345678', PER_NATCOD: '0790419904' }].map((row) => ({
        ...Object.fromEntries(texts.map(rubbish)),
        DSW_SEX: '',
        ...row,
      })),
      workshop: { DSK_NAME: Buffer.from('ÚáíÐÑ'), DSK_FARM: 'Sample', DSK_ADRS: '' },
    }),
  );
  t.same(toFindings(verdict), [
    'encoding-unknown DSK_NAME 1',
    ...texts.map((name) => `encoding-unknown ${name} 1`),
  ]);
  t.match(verdict, { accepted: true, list: { workshopName: '', employerName: 'Sample' } });
  t.match(rows[1], { firstName: '', lastName: '', nationalCode: '0790419904' });
});

t.test('files that are gone are one error, of whoever reads them', async (t) => {
  const folder = t.testdir();
  const missing = { workshop: join(folder, 'workshop'), workers: join(folder, 'workers') };
  await t.rejects(
    readEmployerList(sourceOfPair(missing, '').open(), defaultListRules, () => {}),
    {
      code: 'ENOENT',
      path: missing.workshop,
    },
  );
  await writeFile(missing.workshop, listFiles().workshop);
  await t.rejects(
    readEmployerList(sourceOfPair(missing, '').open(), defaultListRules, () => {}),
    {
      code: 'ENOENT',
      path: missing.workers,
    },
  );
});

t.test('deleted records are left out of rows and sums', async (t) => {
  const second = { DSW_ID1: '12345678', PER_NATCOD: '0790419904' };
  const { verdict, rows } = await readList(
    listFiles({
      rows: [{ PER_NATCOD: 'junk', DSW_DD: 99 }, second],
      workersFile: { deleted: [0] },
      workshop: {
        DSK_NUM: 1,
        DSK_TDD: 30,
        DSK_TMAH: 150_000_000,
        DSK_TMAZ: 40_000_000,
        DSK_TMASH: 190_000_000,
        DSK_TTOTL: 190_000_000,
        DSK_TBIME: 13_300_000,
      },
    }),
  );
  t.same(toFindings(verdict), []);
  t.match(rows, [{ row: 2, insuranceNumber: '12345678' }]);
  t.equal(rows.length, 1);
});

t.test('the encoding is told from the names, however late the first of them comes', async (t) => {
  const early = Array.from({ length: 1500 }, (_, n) => ({
    DSW_SEX: '',
    DSW_ID1: String(11_111_112 + n),
    PER_NATCOD: '',
    DSW_FNAME: 'Ali',
    DSW_LNAME: 'B',
    DSW_DNAME: '',
    DSW_IDPLC: '',
    DSW_NAT: '',
    DSW_OCP: '',
  }));
  for (const sex of ['', '2', 'زن']) {
    const { verdict, rows, lists } = await readList(
      listFiles({
        rows: [...early, { DSW_SEX: sex, DSW_FNAME: 'فاطمه' }],
        workersFile: { encode: toWindows1256 },
        workshopFile: { encode: toWindows1256 },
      }),
    );
    t.equal(verdict.accepted, true);
    t.match(rows.at(-1), { firstName: 'فاطمه', sex: sex === 'زن' ? 'female' : null });
    t.equal(lists[0]?.workshopName, 'شرکت نمونه');
  }
});

t.test('what follows a zero is no part of a name', async (t) => {
  const { verdict, rows } = await readList(
    listFiles({
      rows: [{ DSW_FNAME: Buffer.from('علی\0حسین'), DSW_LNAME: Buffer.from('\0احمدی'), DSW_DNAME: 'رضا' }],
    }),
  );
  t.same(toFindings(verdict), []);
  t.match(rows[0], { firstName: 'علی', lastName: '', fatherName: 'رضا' });
});

t.test('Persian digits in an Iran System identifier are refused: their order is not certain', async (t) => {
  const digits = Uint8Array.from([...'12345678'], (digit) => 0x80 + Number(digit));
  const files = listFiles({
    rows: [{ DSW_ID1: digits, PER_NATCOD: '', DSW_SEX: Buffer.from('a2a4f5', 'hex') }],
  });
  const { verdict } = await readList(files);
  t.ok(toFindings(verdict).includes('person-unidentified DSW_ID1 1'));
});

t.test('bytes that are no digits do not vanish from an identifier', async (t) => {
  const cp1256 = { DSW_SEX: Buffer.from('e3d1cf', 'hex'), PER_NATCOD: '' };
  for (const byte of [0xa0, 0xad, 0x9d, 0xfe, 0x01]) {
    const number = Buffer.from([...Buffer.from('0012'), byte, ...Buffer.from('3456')]);
    const { verdict } = await readList(listFiles({ rows: [{ ...cp1256, DSW_ID1: number }] }));
    t.ok(toFindings(verdict).includes('person-unidentified DSW_ID1 1'), byte.toString(16));
  }
});

t.test('no text handed over holds a character that PostgreSQL refuses', async (t) => {
  const hostile = Buffer.from('0\u0000\u001b7', 'latin1');
  const texts = ['DSW_FNAME', 'DSW_LNAME', 'DSW_IDNO', 'DSW_NAT', 'DSW_OCP', 'DSW_JOB'];
  const { verdict, rows, lists } = await readList(
    listFiles({
      rows: [Object.fromEntries(texts.map((name) => [name, hostile]))],
      workshop: { DSK_LISTNO: hostile, DSK_DISC: hostile, MON_PYM: hostile, DSK_NAME: hostile },
    }),
  );
  t.equal(verdict.accepted, true);
  for (const record of [...rows, ...lists]) {
    for (const value of Object.values(record)) if (typeof value === 'string') t.notMatch(value, /\p{Cc}/u);
  }
});

t.test('two-digit years turn at the pivot that was asked for', async (t) => {
  const files = listFiles({ rows: [{ DSW_YY: 60, DSW_BDATE: '45/02/03' }], workshop: { DSK_YY: 60 } });
  const early = await readList(files, { centuryPivot: 60 });
  t.match(early.lists[0]?.month, { year: 1360, month: 8 });
  t.match(early.rows[0]?.birthDate, { year: 1345 }, 'of a person the newest year that can be');
  const late = await readList(files, { centuryPivot: 61 });
  t.match(late.lists[0]?.month, { year: 1460 });
  t.match((await readList(files, { centuryPivot: 40 })).rows[0]?.birthDate, { year: 1345, month: 2, day: 3 });
});

t.test('a year of four digits is taken as it is', async (t) => {
  const four = (columns: readonly DbfColumn[]) =>
    columns.map(([name, type, length]): DbfColumn => [name, type, name.endsWith('_YY') ? 4 : length]);
  const { verdict, lists } = await readList(
    listFiles({
      rows: [{ DSW_YY: 1404 }],
      workshop: { DSK_YY: 4 },
      workersFile: { columns: four(workersLayout) },
      workshopFile: { columns: four(workshopLayout) },
    }),
  );
  t.equal(verdict.accepted, true);
  t.match(lists[0]?.month, { year: 1404, month: 8 });
});

t.test('money in decimals is whole money only if the decimals are zeros', async (t) => {
  const { verdict, rows } = await readList(listFiles({ rows: [{ DSW_SPOUSE: '500000.00' }] }));
  t.equal(verdict.accepted, true);
  t.equal(rows[0]?.spousePay, 500_000);
  t.ok(
    toFindings((await readList(listFiles({ rows: [{ DSW_SPOUSE: '500.50' }] }))).verdict).includes(
      'amount-invalid DSW_SPOUSE 1',
    ),
  );
});

t.test('rows are handed over in batches until the first error, and never after it', async (t) => {
  const people = Array.from(
    { length: 3000 },
    (_, index): DbfValues => ({
      DSW_ID1: String(index + 1).padStart(8, '0'),
      PER_NATCOD: '',
    }),
  );
  const sound = await readList(listFiles({ rows: people }));
  t.equal(sound.rows.length, 3000);
  t.equal(sound.lists.length, 3);
  t.same(
    sound.rows.map(({ row }) => row),
    people.map((_, index) => index + 1),
  );

  const late = { ...people[1500], DSW_MAH: '12abc' };
  const broken = await readList(listFiles({ rows: people.with(1500, late) }));
  t.equal(broken.verdict.accepted, false);
  t.equal(broken.rows.length, 1024, 'the batch with the error is kept back, and all that follow');
  const none = await readList(listFiles({ rows: people, workshop: { DSK_ID: '1' } }));
  t.equal(none.rows.length, 0);
});

t.test('an error of whoever takes the rows is theirs, and ends the reading', async (t) => {
  const { workshop, workers } = listFiles();
  let ended = false;
  async function* source() {
    try {
      yield workers;
    } finally {
      ended = true;
    }
  }
  const taking = readEmployerList({ workshop, workers: source() }, defaultListRules, async () => {
    throw new Error('database gone');
  });
  await t.rejects(taking, { message: 'database gone' });
  t.equal(ended, true);
});

t.test(
  'the digest is that of the content: same list, other header date; other list, other digest',
  async (t) => {
    const toDigest = async (files: { workshop: Buffer; workers: Buffer }) => {
      const { verdict } = await readList(files);
      return verdict.accepted ? verdict.contentDigest : t.fail('refused');
    };
    const first = await toDigest(listFiles());
    t.match(first, /^[0-9a-f]{64}$/);
    const again = listFiles({ workersFile: { tail: Buffer.alloc(0) } });
    again.workers.set([126, 1, 1], 1);
    again.workshop[29] = 0;
    t.equal(await toDigest(again), first);
    t.not(await toDigest(listFiles({ rows: [{ DSW_FNAME: 'علا' }] })), first);
    t.not(await toDigest(listFiles({ workshop: { DSK_NAME: 'دیگر' } })), first);
  },
);

t.test('findings are all counted and only so many kept, errors never crowded out by warnings', async (t) => {
  const people = Array.from({ length: 50 }, (_, index) => ({
    DSW_ID1: String(index + 1).padStart(8, '0'),
    PER_NATCOD: '',
  }));
  const { verdict } = await readList(listFiles({ rows: people, workshop: { DSK_TDD: 1 } }), {
    maxFindings: 5,
  });
  t.match(verdict, { accepted: false, errorCount: 1, warningCount: 50 });
  t.equal(verdict.findings.length, 6);
  t.equal(verdict.findings[0]?.code, 'total-differs', 'errors come first');
});

t.test('what a hostile file puts into a finding can be stored', async (t) => {
  const { verdict } = await readList(
    listFiles({ rows: [{ PER_NATCOD: Buffer.from('12\u0007\u001b[31m') }] }),
  );
  const value = verdict.findings.find(({ code }) => code === 'national-code-invalid')?.value ?? '';
  t.match(value, /^12..\[31m$/u);
  t.notMatch(value, /\p{Cc}/u);
});

t.test('a fixture cut at any byte is refused', async (t) => {
  const { workshop, workers } = fixtureFiles('v27-iransystem');
  for (let size = 0; size < workers.length - 1; size += 1) {
    const { verdict } = await readList({ workshop, workers: workers.subarray(0, size) });
    if (verdict.accepted) t.fail(`workers cut at ${size} taken in`);
  }
  for (let size = 0; size < workshop.length - 1; size += 1) {
    const { verdict } = await readList({ workshop: workshop.subarray(0, size), workers });
    if (verdict.accepted) t.fail(`workshop cut at ${size} taken in`);
  }
  t.pass('none was taken in');
});

t.test(
  'a fixture changed at random is read or refused: never a throw, a half-read row or a report without end',
  async () => {
    const { workshop, workers } = fixtureFiles('v27-iransystem');
    const change = fc.record({
      place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      header: fc.boolean(),
      byte: fc.oneof(fc.constantFrom(0, 0x0d, 0x1a, 0x20, 0x2a, 0x2d, 0x39, 0xff), fc.nat(255)),
      inWorkshop: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const files = { workshop: Buffer.from(workshop), workers: Buffer.from(workers) };
        for (const { place, header, byte, inWorkshop } of changes) {
          const file = inWorkshop ? files.workshop : files.workers;
          file[Math.floor(place * (header ? 100 : file.length))] = byte;
        }
        const { verdict, rows } = await readList(files, { maxFindings: 20 });
        const wholeRows = rows.every(
          (row, index) => row.row > (rows[index - 1]?.row ?? 0) && Number.isSafeInteger(row.insurableWage),
        );
        return (
          wholeRows &&
          verdict.findings.length <= 40 &&
          (verdict.accepted
            ? rows.length === verdict.rowCount && verdict.errorCount === 0
            : verdict.errorCount > 0)
        );
      }),
      { numRuns: 10_000 },
    );
  },
);

t.test('200,000 rows are read with no more memory than two keys a person', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const one = listFiles().workers;
  const headerLength = one.readUInt16LE(8);
  const record = one.subarray(headerLength, -1);
  const insuranceAt = record.indexOf('00123456');
  const nationalAt = record.indexOf('0499370899');
  const count = 200_000;
  const pieceRecords = 1000;
  async function* file() {
    const header = Buffer.from(one.subarray(0, headerLength));
    header.writeUInt32LE(count, 4);
    yield header;
    for (let row = 0; row < count; ) {
      const piece = Buffer.alloc(pieceRecords * record.length);
      for (let start = 0; start < piece.length; start += record.length, row += 1) {
        const nationalCode = completeNationalCode(String(row).padStart(9, '0')) ?? '0499370899';
        record.copy(piece, start);
        piece.write(String(row).padStart(8, '0'), start + insuranceAt, 'latin1');
        piece.write(nationalCode, start + nationalAt, 'latin1');
      }
      yield piece;
    }
  }
  const { workshop } = listFiles();
  const heapAt: number[] = [];
  let taken = 0;
  await readEmployerList({ workshop, workers: file() }, defaultListRules, async (rows) => {
    taken += rows.length;
    if (Math.floor(taken / 50_000) > heapAt.length) {
      // Buffers are given back in a later turn of the event loop than the one that collects them.
      for (let pass = 0; pass < 3; pass += 1) {
        collectGarbage();
        await setImmediate();
      }
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      heapAt.push(heapUsed + arrayBuffers);
    }
  });
  t.equal(taken, count);
  const [first = 0, , , last = 0] = heapAt;
  const bytesAPerson = (last - first) / 150_000;
  t.ok(bytesAPerson < 250, `${Math.round(bytesAPerson)} bytes a person`);
});
