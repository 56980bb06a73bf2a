import t from 'tap';
import { type FindingCode, findingCodes } from '../../src/features/employer-lists/finding-rules.ts';
import { describeFinding, findingMessage } from '../../src/features/employer-lists/finding-texts.ts';
import type { Finding } from '../../src/features/employer-lists/findings.ts';
import { locales } from '../../src/kernel/locale.ts';
import { buildDbf, type DbfColumn, type DbfValues, toWindows1256 } from '../support/dbf.ts';
import {
  type ListChanges,
  listFiles,
  readList,
  worker,
  workersLayout,
  workshopLayout,
} from '../support/employer-lists.ts';
import { foundBeyondTheFiles } from '../support/finding-codes.ts';

const triggered = new Set<FindingCode>();

async function findings(changes: ListChanges, rules = {}): Promise<readonly Finding[]> {
  const { verdict } = await readList(listFiles(changes), rules);
  for (const { code } of verdict.findings) triggered.add(code);
  return verdict.findings;
}

/** What a finding says without its row, file and severity, which each test states where they matter. */
function brief({ code, field, value, expected }: Finding): (string | null)[] {
  return [code, field, value, expected];
}

async function codes(changes: ListChanges, rules = {}): Promise<string[]> {
  return (await findings(changes, rules)).map(({ code }) => code);
}

function without(columns: readonly DbfColumn[], name: string): readonly DbfColumn[] {
  return columns.filter((column) => column[0] !== name);
}

/** Another worker, whom no check minds. */
const other: DbfValues = { DSW_ID1: '12345678', PER_NATCOD: '0790419904' };

t.test('a sound list has no findings', async (t) => {
  t.same(await findings({ rows: [{}, other] }), []);
});

t.test('containers that cannot be read are refused', async (t) => {
  const cases: [ListChanges, FindingCode][] = [
    [{ workersFile: { version: 0x04 } }, 'not-dbase'],
    [{ workshopFile: { version: 0x04 } }, 'not-dbase'],
    [{ workersFile: { recordLength: 9 } }, 'header-invalid'],
    [{ workersFile: { recordCount: 2 } }, 'file-cut-short'],
    [{ workersFile: { recordCount: 0 } }, 'record-count-mismatch'],
    [{ workersFile: { recordCount: 2, tail: Buffer.alloc(5000, 0x41) } }, 'record-invalid'],
    [{ workersFile: { recordCount: 1e9 } }, 'file-too-large'],
  ];
  for (const [changes, code] of cases) {
    const found = await findings(changes);
    t.match(found.map(brief), [[code]], code);
    t.equal(found[0]?.file, changes.workshopFile ? 'workshop' : 'workers');
  }
  t.same(await codes({ rows: [{}, other] }, { maxRecords: 1 }), ['file-too-large']);
});

t.test('both files are told about at once', async (t) => {
  const workshop = Buffer.from('nonsense');
  const { verdict } = await readList({ workshop, workers: listFiles({ rows: [{ DSW_DD: 31 }] }).workers });
  t.match(verdict, { accepted: false, list: null });
  t.same(
    verdict.findings.filter(({ severity }) => severity === 'error').map(({ file, code }) => [file, code]),
    [
      ['workshop', 'not-dbase'],
      ['workers', 'days-above-month'],
    ],
  );
  const other = await readList({
    workshop: listFiles({ workshop: { DSK_TDD: -1 } }).workshop,
    workers: workshop,
  });
  t.same(
    other.verdict.findings.map(({ code }) => code),
    ['not-dbase', 'days-invalid'],
  );
});

t.test('each needed column is needed', async (t) => {
  for (const name of [
    'DSW_ID',
    'DSW_YY',
    'DSW_MM',
    'DSW_ID1',
    'DSW_FNAME',
    'DSW_LNAME',
    'DSW_SDATE',
    'DSW_EDATE',
    'DSW_DD',
    'DSW_ROOZ',
    'DSW_MAH',
    'DSW_MAZ',
    'DSW_MASH',
    'DSW_TOTL',
    'DSW_BIME',
    'PER_NATCOD',
  ]) {
    const found = await findings({ workersFile: { columns: without(workersLayout, name) } });
    t.same(found.map(brief), [['column-missing', name, null, null]]);
  }
  for (const name of [
    'DSK_ID',
    'DSK_NAME',
    'DSK_YY',
    'DSK_MM',
    'DSK_LISTNO',
    'DSK_NUM',
    'DSK_TDD',
    'DSK_TMAH',
    'DSK_TMAZ',
    'DSK_TMASH',
    'DSK_TTOTL',
    'DSK_TBIME',
  ]) {
    const found = await findings({ workshopFile: { columns: without(workshopLayout, name) } });
    t.same(found.map(brief), [['column-missing', name, null, null]]);
  }
});

t.test('a column that is there twice, or in a binary type, is refused', async (t) => {
  const twice = [...workersLayout, ['DSW_MAH', 'N', 12] as const];
  t.same((await findings({ workersFile: { columns: twice } })).map(brief), [
    ['column-repeated', 'DSW_MAH', null, null],
  ]);
  const binary = workersLayout.map(
    ([name, type, length]): DbfColumn => [name, name === 'DSW_MAH' ? 'B' : type, length],
  );
  t.same((await findings({ workersFile: { columns: binary } })).map(brief), [
    ['column-type-invalid', 'DSW_MAH', 'B', null],
  ]);
  // A memo's text is in a file that nobody sends: that matters where the text decides.
  const memo = (column: string) =>
    workshopLayout.map(
      ([name, type, length]): DbfColumn => [
        name,
        name === column ? 'M' : type,
        name === column ? 10 : length,
      ],
    );
  t.same((await findings({ workshopFile: { columns: memo('MON_PYM') } })).map(brief), [
    ['column-type-invalid', 'MON_PYM', 'M', null],
  ]);
  t.same(await codes({ workshopFile: { columns: memo('DSK_DISC') } }), []);
});

t.test('the workshop file has exactly one record', async (t) => {
  const { workers } = listFiles();
  for (const [count, deleted] of [
    [0, []],
    [2, []],
    [1, [0]],
  ] as const) {
    const workshop = buildDbf({ columns: workshopLayout, rows: Array(count).fill({}), deleted });
    const { verdict } = await readList({ workshop, workers });
    for (const { code } of verdict.findings) triggered.add(code);
    t.same(verdict.findings.map(brief), [
      ['workshop-record-count', null, String(count - deleted.length), null],
    ]);
  }
});

t.test('text that cannot be read is said so and left out', async (t) => {
  const rubbish = Buffer.from('ÚáíÐÑ');
  const unreadable = { DSW_FNAME: '??????', DSW_LNAME: Buffer.from('\uFFFDعلی') };
  t.same(
    (await findings({ rows: [unreadable], workshop: { DSK_NAME: rubbish } })).map(({ code, field }) => [
      code,
      field,
    ]),
    [
      ['text-unreadable', 'DSK_NAME'],
      ['text-unreadable', 'DSW_FNAME'],
      ['text-unreadable', 'DSW_LNAME'],
    ],
  );
  const latin = {
    ...worker,
    DSW_SEX: '',
    DSW_FNAME: 'Ali',
    DSW_LNAME: 'B',
    DSW_DNAME: '',
    DSW_IDPLC: '',
    DSW_NAT: '',
    DSW_OCP: '',
  };
  const names = { DSK_NAME: 'Example Co', DSK_FARM: '', DSK_ADRS: '' };
  t.same(await codes({ rows: [latin], workshop: names }), []);
  t.same(await codes({ rows: [latin], workshop: { ...names, DSK_NAME: rubbish } }), ['encoding-unknown']);
  t.same(await codes({ rows: [{ DSW_LNAME: toWindows1256('احمدی') }] }), ['column-encoding-differs']);
  t.same(await codes({ workshop: { DSK_LISTNO: rubbish, MON_PYM: Buffer.from([0xb0, 0xb1]) } }), [
    'list-number-invalid',
    'contract-row-invalid',
  ]);
});

t.test('the workshop code is ten digits, the same everywhere', async (t) => {
  t.same((await findings({ workshop: { DSK_ID: '123' } })).map(brief), [
    ['workshop-code-invalid', 'DSK_ID', '123', null],
  ]);
  t.same((await findings({ rows: [{}, { ...other, DSW_ID: '12345 789' }] })).map(brief), [
    ['workshop-code-invalid', 'DSW_ID', '12345 789', null],
  ]);
  const between = await findings({ workshop: { DSK_ID: '1111111111' } });
  t.same(between.map(brief), [['workshop-code-differs', 'DSW_ID', '0987654321', '1111111111']]);
  const rows = await findings({ rows: [{}, { ...other, DSW_ID: '1111111111' }] });
  t.match(rows, [{ code: 'workshop-code-differs', row: 2, file: 'workers' }]);
  t.equal(rows.length, 1);
});

t.test('no list is taken in for a month that is too far ahead', async (t) => {
  for (const [lastMonth, expected] of [
    [{ year: 1404, month: 8 }, []],
    [{ year: 1404, month: 7 }, [['month-in-future', 'DSK_MM', '1404/08', '1404/07']]],
    [{ year: 1403, month: 12 }, [['month-in-future', 'DSK_MM', '1404/08', '1403/12']]],
  ] as const) {
    const found = await findings({}, { lastMonth });
    t.same(found.map(brief), expected);
    t.ok(found.every(({ severity }) => severity === 'error'));
  }
});

t.test('the month is a month, the same everywhere', async (t) => {
  for (const month of ['0', '13', '', 'x', '-1']) {
    const found = await findings({ workshop: { DSK_MM: month } });
    t.same(found.map(brief), [['month-invalid', 'DSK_MM', `4/${month}`, null]]);
  }
  t.match(await findings({ rows: [{}, { ...other, DSW_YY: '' }] }), [{ code: 'month-invalid', row: 2 }]);
  const between = await findings({ workshop: { DSK_MM: 9 } });
  t.same(between.map(brief), [['month-differs', 'DSW_MM', '1404/08', '1404/09']]);
  t.match(await findings({ rows: [{}, { ...other, DSW_YY: 3 }] }), [{ code: 'month-differs', row: 2 }]);
});

t.test('rows must agree with each other even without a readable workshop file', async (t) => {
  const { workers } = listFiles({ rows: [{}, { ...other, DSW_ID: '1111111111', DSW_MM: 9 }] });
  const { verdict } = await readList({ workshop: Buffer.alloc(0), workers });
  t.same(
    verdict.findings.map(({ code, row }) => [code, row]),
    [
      ['not-dbase', null],
      ['workshop-code-differs', 2],
      ['month-differs', 2],
    ],
  );
});

t.test('days are a number and no more than the month has', async (t) => {
  const sixteen = {
    DSW_ROOZ: 5_000_000,
    DSW_MAH: 155_000_000,
    DSW_MAZ: 0,
    DSW_MASH: 155_000_000,
    DSW_TOTL: 155_000_000,
    DSW_BIME: 10_850_000,
  };
  t.same((await findings({ rows: [{ ...sixteen, DSW_DD: 31 }] })).map(brief), [
    ['days-above-month', 'DSW_DD', '31', '30'],
  ]);
  const mehr = { DSW_MM: 6, DSW_DD: 31 };
  t.same(await findings({ rows: [{ ...sixteen, ...mehr }], workshop: { DSK_MM: 6 } }), []);
  const esfand = (year: number) => ({
    rows: [{ DSW_YY: year, DSW_MM: 12 }],
    workshop: { DSK_YY: year, DSK_MM: 12 },
  });
  t.ok((await codes(esfand(4))).includes('days-above-month'), '1404 is no leap year');
  t.notOk((await codes(esfand(3))).includes('days-above-month'), '1403 is one');
  for (const days of ['-1', '3x', '**', '.5']) {
    t.match((await findings({ rows: [{ DSW_DD: days }], workshop: { DSK_TDD: 0 } })).map(brief), [
      ['days-invalid', 'DSW_DD', days],
    ]);
  }
  t.match((await findings({ workshop: { DSK_TDD: 'x' } })).map(brief), [['days-invalid', 'DSK_TDD', 'x']]);
});

t.test('money is whole rials and not negative, in every column', async (t) => {
  const amounts = [
    'DSW_ROOZ',
    'DSW_MAH',
    'DSW_MAZ',
    'DSW_MASH',
    'DSW_TOTL',
    'DSW_BIME',
    'DSW_INC',
    'DSW_SPOUSE',
  ];
  for (const field of amounts) {
    for (const [value, code] of [
      ['-5', 'amount-negative'],
      ['12abc', 'amount-invalid'],
      ['1e5', 'amount-invalid'],
      ['1 000', 'amount-invalid'],
      ['12.5', 'amount-invalid'],
      ['+7', 'amount-invalid'],
      ['********', 'amount-invalid'],
    ] as const) {
      const found = await findings({ rows: [{ [field]: value }] });
      t.ok(
        found.some((finding) => brief(finding).join() === `${code},${field},${value},`),
        `${field} ${value}`,
      );
    }
  }
  for (const field of ['DSK_TMAH', 'DSK_TKOSO', 'DSK_BIC', 'DSK_NUM']) {
    t.same((await findings({ workshop: { [field]: '1x' } })).map(brief), [
      ['amount-invalid', field, '1x', null],
    ]);
  }
  const columns = workersLayout.map(
    ([name, type, length]): DbfColumn => [name, type, name === 'DSW_PRATE' ? 5 : length],
  );
  const rate = (value: string) => findings({ rows: [{ DSW_PRATE: value }], workersFile: { columns } });
  t.same((await rate('x')).map(brief), [['amount-invalid', 'DSW_PRATE', 'x', null]]);
  t.same(await rate('27.5'), []);
});

t.test('nothing is nothing, however programs write it', async (t) => {
  for (const value of ['', '.', '0', '0.00', '-0', '-0.00']) {
    t.same(await codes({ rows: [{ DSW_INC: value, DSW_SPOUSE: value }] }), [], value);
  }
});

t.test(
  'decimals that are all zero make no other list: its number and contract row are the same',
  async (t) => {
    const numbers = workshopLayout.map(
      ([name, type, length]): DbfColumn =>
        name === 'MON_PYM' || name === 'DSK_LISTNO' ? [name, 'N', 12] : [name, type, length],
    );
    const { lists } = await readList(
      listFiles({ workshop: { MON_PYM: '2.00', DSK_LISTNO: '1.00' }, workshopFile: { columns: numbers } }),
    );
    t.match(lists, [{ contractRow: '2', listNumber: '1' }]);
  },
);

t.test('a row is told once of a column, however often it is looked at', async (t) => {
  const wide = workersLayout.map(
    ([name, type, length]): DbfColumn => [name, type, name === 'PER_NATCOD' ? 12 : length],
  );
  const found = await findings({
    rows: [{ PER_NATCOD: '  0499370899' }, { ...other, PER_NATCOD: '  0790419904' }],
    workersFile: { columns: wide },
  });
  t.match(found, [{ code: 'leading-blanks', row: 1, rowCount: 2, moreRows: [2] }]);
});

t.test('more digits than a number holds exactly are not an amount', async (t) => {
  const wide = workersLayout.map(
    ([name, type, length]): DbfColumn => [name, type, name === 'DSW_SPOUSE' ? 40 : length],
  );
  const spouse = (value: string) => codes({ rows: [{ DSW_SPOUSE: value }], workersFile: { columns: wide } });
  t.same(await spouse('9'.repeat(15)), []);
  t.same(await spouse('9'.repeat(16)), ['amount-invalid']);
  t.same(await spouse(`${'0'.repeat(30)}5`), []);
  t.same(await spouse('9'.repeat(40)), ['amount-invalid']);
});

t.test('an unreadable amount is told once, and spoils no sum and no comparison', async (t) => {
  const found = await findings({ rows: [{ DSW_MAH: '12abc' }, other], workshop: { DSK_TMAH: 1 } });
  t.same(found.map(brief), [['amount-invalid', 'DSW_MAH', '12abc', null]]);
});

t.test('blank money is nothing, not an error', async (t) => {
  const blank = {
    DSW_DD: '',
    DSW_ROOZ: '',
    DSW_MAH: '',
    DSW_MAZ: '',
    DSW_MASH: '',
    DSW_TOTL: '',
    DSW_BIME: '',
    DSW_INC: '',
  };
  t.same(await findings({ rows: [{ ...blank, DSW_SPOUSE: '' }] }), []);
});

t.test('a national code that fails its rule refuses the list', async (t) => {
  for (const value of ['0499370898', '1111111111', '0000000000', '499370898', 'AB1234567']) {
    t.same((await findings({ rows: [{ PER_NATCOD: value }] })).map(brief), [
      ['national-code-invalid', 'PER_NATCOD', value, null],
    ]);
  }
});

t.test('someone without a national code is known by the insurance number, with a warning', async (t) => {
  const found = await findings({ rows: [{ PER_NATCOD: '' }] });
  t.same(found.map(brief), [['national-code-blank', 'PER_NATCOD', null, null]]);
  t.equal(found[0]?.severity, 'warning');
});

t.test(
  'an odd insurance number is a warning while there is a national code, and an error when there is none',
  async (t) => {
    t.same((await findings({ rows: [{ DSW_ID1: '00659' }] })).map(brief), [
      ['insurance-number-invalid', 'DSW_ID1', '00659', null],
    ]);
    const found = await findings({ rows: [{ DSW_ID1: '00659', PER_NATCOD: '' }] });
    t.same(found.filter(({ severity }) => severity === 'error').map(brief), [
      ['person-unidentified', 'DSW_ID1', '00659', null],
    ]);
    const zeros = { DSW_ID1: '0000000000' };
    t.same(await codes({ rows: [zeros, { ...other, ...zeros }] }), [
      'insurance-number-invalid',
      'insurance-number-invalid',
    ]);
    t.ok((await codes({ rows: [{ ...zeros, PER_NATCOD: '' }] })).includes('person-unidentified'));
  },
);

t.test('a person is in a list once for one start date', async (t) => {
  const again = await findings({ rows: [{}, { DSW_ID1: '99999999' }] });
  t.same(again.map(brief), [['person-repeated', 'PER_NATCOD', '0499370899', null]]);
  t.equal(again[0]?.row, 2);
  t.same(
    await codes({ rows: [{}, { ...other, DSW_ID1: '00123456' }] }),
    ['insurance-number-shared'],
    'two national codes are two people, whatever insurance number they share',
  );
  for (const rows of [
    [{}, { PER_NATCOD: '' }],
    [{ PER_NATCOD: '' }, {}],
  ]) {
    t.ok((await codes({ rows })).includes('person-repeated'), 'known once by the code, once by the number');
  }
  t.same(await codes({ rows: [{ DSW_SDATE: '14040801' }, { DSW_SDATE: '1404/08/' }] }), ['date-odd']);
  const returned = {
    rows: [
      { DSW_EDATE: '14040810', DSW_DD: 10 },
      { DSW_SDATE: '14040820', DSW_DD: 11 },
    ],
  };
  t.notOk((await codes(returned)).includes('person-repeated'), 'left and came back');
  const foreign = { PER_NATCOD: '' };
  t.ok((await codes({ rows: [foreign, foreign] })).includes('person-repeated'));
  t.notOk(
    (await codes({ rows: [foreign, { PER_NATCOD: '', DSW_ID1: '0000123456' }] })).includes('person-repeated'),
  );
});

t.test('every total of the workshop file is the sum of the rows', async (t) => {
  for (const [field, total] of [
    ['DSK_TDD', 60],
    ['DSK_TMAH', 300_000_000],
    ['DSK_TMAZ', 80_000_000],
    ['DSK_TMASH', 380_000_000],
    ['DSK_TTOTL', 380_000_000],
    ['DSK_TBIME', 26_600_000],
  ] as const) {
    const found = await findings({ rows: [{}, other], workshop: { [field]: total - 1 } });
    t.same(found.map(brief), [['total-differs', field, String(total - 1), String(total)]]);
    t.match(found, [{ severity: 'error', file: 'workshop', row: null }]);
  }
  t.same((await findings({ rows: [{}, other], workshop: { DSK_NUM: 3 } })).map(brief), [
    ['row-count-differs', 'DSK_NUM', '3', '2'],
  ]);
  t.same(await findings({ workshop: { DSK_TROOZ: 1 } }), [], 'the sum of daily wages means nothing');
});

t.test('insurable wage is wage plus benefits', async (t) => {
  t.same((await findings({ rows: [{ DSW_MAZ: 40_000_001 }] })).map(brief), [
    ['insurable-wage-differs', 'DSW_MASH', '190000000', '190000001'],
  ]);
});

t.test('the worker’s premium is 7 % of the insurable wage, halves up', async (t) => {
  t.same((await findings({ rows: [{ DSW_BIME: 13_299_999 }] })).map(brief), [
    ['worker-premium-differs', 'DSW_BIME', '13299999', '13300000'],
  ]);
  // 7 % of 190,000,050 is 13,300,003.5; of 190,000,049 it is 13,300,003.43.
  const insurable = (benefits: number, premium: number) => ({
    DSW_MAZ: benefits,
    DSW_MASH: 150_000_000 + benefits,
    DSW_TOTL: 200_000_000,
    DSW_BIME: premium,
  });
  t.same(await codes({ rows: [insurable(40_000_050, 13_300_004)] }), []);
  t.same(await codes({ rows: [insurable(40_000_049, 13_300_003)] }), []);
});

t.test('a list is held against the rates that were valid in its month', async (t) => {
  const from = (month: number, workerPremiumPercent: number) => ({
    from: { year: 1404, month },
    workerPremiumPercent,
    ceilingMultiple: 7,
  });
  // The list is of Aban 1404, and its premium is 7 %.
  t.same(await codes({ rows: [{}] }, { premiumRates: [from(9, 5), from(1, 7)] }), []);
  t.same(await codes({ rows: [{}] }, { premiumRates: [from(8, 5), from(1, 7)] }), ['worker-premium-differs']);
  t.same(await codes({ rows: [{}] }, { premiumRates: [from(9, 5)] }), [], 'none are known for it');
});

t.test('the monthly wage is daily wage and seniority times days, within 1 %', async (t) => {
  const wage = (monthly: number, more: DbfValues = {}) => ({
    DSW_MAH: monthly,
    DSW_MASH: monthly + 40_000_000,
    DSW_TOTL: 300_000_000,
    DSW_BIME: Math.round((monthly + 40_000_000) * 0.07),
    ...more,
  });
  t.same(await codes({ rows: [wage(151_500_000)] }), []);
  t.same(await codes({ rows: [wage(148_500_000)] }), []);
  t.same((await findings({ rows: [wage(151_500_100)] })).map(brief), [
    ['monthly-wage-differs', 'DSW_MAH', '151500100', '150000000'],
  ]);
  t.same(await codes({ rows: [wage(148_499_900)] }), ['monthly-wage-differs']);
  t.same(await codes({ rows: [wage(153_000_000, { DSW_INC: 100_000 })] }), []);
  const old = { columns: without(workersLayout, 'DSW_INC') };
  t.same(
    await codes({ rows: [wage(153_000_000)], workersFile: old }),
    [],
    'seniority may hide in it where it has no column',
  );
  t.same(await codes({ rows: [wage(148_000_000)], workersFile: old }), ['monthly-wage-differs']);
});

t.test('the daily wage is not below the minimum of its year', async (t) => {
  const daily = (wage: number, days = 30) => ({
    DSW_DD: days,
    DSW_ROOZ: wage,
    DSW_MAH: wage * days,
    DSW_MAZ: 0,
    DSW_MASH: wage * days,
    DSW_TOTL: wage * days,
    DSW_BIME: Math.round(wage * days * 0.07),
  });
  t.same((await findings({ rows: [daily(3_463_655)] })).map(brief), [
    ['daily-wage-below-minimum', 'DSW_ROOZ', '3463655', '3463656'],
  ]);
  t.same(await codes({ rows: [daily(3_463_656)] }), []);
  const year3 = { rows: [{ ...daily(2_388_727), DSW_YY: 3 }], workshop: { DSK_YY: 3 } };
  t.same(await codes(year3), ['daily-wage-below-minimum']);
  t.same(await codes(year3, { minimumDailyWages: {} }), [], 'a year without a known minimum');
  t.same(await codes({ rows: [daily(0, 0)] }), [], 'no days and no money');
});

t.test('the insurable wage is not above seven minimum wages a day', async (t) => {
  const ceiling = 7 * 3_463_656 * 30;
  const paid = (insurable: number) => ({
    DSW_MAZ: insurable - 150_000_000,
    DSW_MASH: insurable,
    DSW_TOTL: insurable,
    DSW_BIME: Math.floor((insurable * 7 + 50) / 100),
  });
  t.same(await codes({ rows: [paid(ceiling)] }), []);
  t.same((await findings({ rows: [paid(ceiling + 1)] })).map(brief), [
    ['insurable-wage-above-ceiling', 'DSW_MASH', String(ceiling + 1), String(ceiling)],
  ]);
});

t.test('total pay is not less than the insurable wage', async (t) => {
  t.same((await findings({ rows: [{ DSW_TOTL: 189_999_999 }] })).map(brief), [
    ['total-pay-below-insurable', 'DSW_TOTL', '189999999', '190000000'],
  ]);
  t.same(await codes({ rows: [{ DSW_TOTL: 190_000_001 }] }), []);
});

t.test('odd dates are warned of, and taken where they can only mean one thing', async (t) => {
  for (const [value, date, code, expected] of [
    ['70/10/18', { year: 1370, month: 10, day: 18 }, 'date-short-year', '1370-10-18'],
    ['45/03/01', { year: 1345, month: 3, day: 1 }, 'date-short-year', '1345-03-01'],
    ['1370-10-18', { year: 1370, month: 10, day: 18 }, 'date-odd-form', '1370-10-18'],
    ['04/07/01', null, 'birth-date-unlikely', '0'],
    ['0', null, null, null],
    ['00000000', null, null, null],
    ['    /  /  ', null, null, null],
    ['0000-00-00', null, null, null],
    ['13700000', null, 'date-odd', null],
    ['13991231', null, 'date-odd', null],
    ['1370101', null, 'date-odd', null],
    ['19910321', null, 'date-odd', null],
    ['x', null, 'date-odd', null],
    ['14300101', null, 'birth-date-in-future', null],
    ['12000101', null, 'birth-date-unlikely', '204'],
    ['13980901', null, 'birth-date-unlikely', '5'],
    ['13980801', { year: 1398, month: 8, day: 1 }, null, null],
    ['12940801', { year: 1294, month: 8, day: 1 }, null, null],
  ] as const) {
    const columns = workersLayout.map(
      ([name, type, length]): DbfColumn => [name, type, name === 'DSW_BDATE' ? 10 : length],
    );
    const { verdict, rows } = await readList(
      listFiles({ rows: [{ DSW_BDATE: value }], workersFile: { columns } }),
    );
    t.same(verdict.findings.map(brief), code ? [[code, 'DSW_BDATE', value, expected]] : [], value);
    for (const finding of verdict.findings) triggered.add(finding.code);
    t.equal(verdict.accepted, true);
    t.same(rows[0]?.birthDate, date, value);
  }
  t.same(await codes({ rows: [{ DSW_BDATE: '' }] }), []);
});

t.test('a two-digit year of a start is the newest that is not after the list’s month', async (t) => {
  const { rows } = await readList(listFiles({ rows: [{ DSW_SDATE: '04/08/01', DSW_IDATE: '04/09/01' }] }));
  t.match(rows[0], {
    startDate: { year: 1404, month: 8, day: 1 },
    birthCertificateDate: { year: 1304, month: 9, day: 1 },
  });
});

t.test('dates that contradict the month are odd; an end inside the month is normal', async (t) => {
  t.same(await findings({ rows: [{ DSW_SDATE: '14040801', DSW_EDATE: '14040830' }] }), []);
  const left = await codes({ rows: [{ DSW_SDATE: '13990101', DSW_EDATE: '14040810', DSW_DD: 10 }] });
  t.notOk(
    left.some((code) => /^da(te|ys)-/.test(code)),
    left.join(),
  );
  t.same(await findings({ rows: [{ DSW_EDATE: '14050101' }] }), []);
  for (const [dates, field] of [
    [{ DSW_SDATE: '14040901' }, 'DSW_SDATE'],
    [{ DSW_EDATE: '14040730' }, 'DSW_EDATE'],
    [{ DSW_SDATE: '14040820', DSW_EDATE: '14040819' }, 'DSW_EDATE'],
  ] as const) {
    t.match(await findings({ rows: [dates] }), [{ code: 'date-outside-month', field, row: 1 }]);
  }
  const nothing = { DSW_DD: 0, DSW_ROOZ: 0, DSW_MAH: 0, DSW_MAZ: 0, DSW_MASH: 0, DSW_TOTL: 0, DSW_BIME: 0 };
  t.same(await findings({ rows: [{ ...nothing, DSW_EDATE: '14040730' }] }), [], 'left before, no days');
});

t.test('days are no more than lie between start and end', async (t) => {
  const beyond = { DSW_SDATE: '14040820', DSW_DD: 30 };
  t.same((await findings({ rows: [beyond] })).map(brief), [['days-beyond-employment', 'DSW_DD', '30', '11']]);
  t.same(await codes({ rows: [{ DSW_EDATE: '14040829' }] }), ['days-beyond-employment']);
  t.same(await codes({ rows: [{ DSW_SDATE: '14040801', DSW_EDATE: '14040830' }] }), []);
});

t.test('rows have the list number of the workshop file, zeros aside', async (t) => {
  t.same((await findings({ rows: [{ DSW_LISTNO: '02' }] })).map(brief), [
    ['list-number-differs', 'DSW_LISTNO', '02', '01'],
  ]);
  for (const number of ['1', '001', '']) t.same(await codes({ rows: [{ DSW_LISTNO: number }] }), []);
});

t.test('an insurance number is one person’s', async (t) => {
  const rows = [{}, { PER_NATCOD: '0790419904' }];
  t.match(await findings({ rows }), [{ code: 'insurance-number-shared', row: 2, value: '00123456' }]);
});

t.test('an employer pays a premium where there are insurable wages', async (t) => {
  t.same(await codes({ workshop: { DSK_TKOSO: 0 } }), ['employer-premium-missing']);
  t.same(await codes({ rows: [], workshop: { DSK_TKOSO: 0 } }), []);
});

t.test('leading blanks are told and taken off', async (t) => {
  const { verdict, rows } = await readList(listFiles({ rows: [{ DSW_FNAME: ' علی', DSW_JOB: ' 27075' }] }));
  t.same(verdict.findings.map(brief), [
    ['leading-blanks', 'DSW_FNAME', 'علی', null],
    ['leading-blanks', 'DSW_JOB', '27075', null],
  ]);
  for (const { code } of verdict.findings) triggered.add(code);
  t.match(rows[0], { firstName: 'علی', jobCode: '27075' });
});

t.test('a list of another kind than the usual one is asked about', async (t) => {
  const found = await findings({ workshop: { DSK_KIND: 1 } });
  t.same(found.map(brief), [['list-kind-unusual', 'DSK_KIND', '1', null]]);
  for (const { code } of found) triggered.add(code);
  t.same(await findings({ workshop: { DSK_KIND: '' } }), []);
});

t.test('an unemployment premium below 3 % is legal', async (t) => {
  t.same(await findings({ workshop: { DSK_BIC: 0 } }), []);
});

t.test('every finding says in every language whom, what, what to do and where', async (t) => {
  const place = {
    file: 'workers',
    row: 7,
    rowCount: 1,
    moreRows: [],
    field: 'DSW_DD',
    value: '31',
    expected: '30',
    person: { name: 'علی احمدی', insuranceNumber: '00123456', nationalCode: null },
  } as const;
  for (const code of findingCodes) {
    const { severity, title, when, advice } = describeFinding(code);
    for (const locale of locales) {
      const text = findingMessage({ ...place, code, severity }, locale);
      t.match(
        text,
        /^علی احمدی \(.+ 00123456\): [^{}]{10,}[.] [^{}]{10,}[.] \(DSKWOR00.+\)$/u,
        `${code} ${locale}`,
      );
      for (const part of [title, when, advice]) {
        t.match(part[locale], /^[^{}]+$/u, `${code}: nothing left to fill in`);
        t.equal(/\p{Script=Arabic}{2}/u.test(part[locale]), locale === 'fa');
      }
      t.match(when[locale], /[.]$/);
      t.match(advice[locale], /[.]$/);
    }
  }
});

t.test('a finding is told as an accountant would', async (t) => {
  const [days] = await findings({ rows: [{ DSW_DD: 31 }], workshop: { DSK_TDD: 31 } });
  t.equal(
    days && findingMessage(days, 'fa'),
    'علی احمدی (شمارهٔ بیمه 00123456): روزهای کارکرد (DSW_DD) ۳۱ روز است ولی این ماه ۳۰ روز دارد. روزهای کارکرد این شخص را اصلاح کنید. (DSKWOR00، ردیف ۱)',
  );
  const [total] = await findings({ workshop: { DSK_TMASH: 189_999_999 } });
  t.equal(
    total && findingMessage(total, 'fa'),
    'جمع دستمزد و مزایای مشمول (DSK_TMASH) در فایل کارگاه ۱۸۹٬۹۹۹٬۹۹۹ ریال است ولی جمع ردیف‌ها ۱۹۰٬۰۰۰٬۰۰۰ ریال می‌شود. پس از اصلاح ردیف‌ها، لیست را در نرم‌افزار دوباره جمع بزنید و خروجی تازه بگیرید. (DSKKAR00)',
  );
  t.equal(
    total && findingMessage(total, 'en'),
    'The total of insurable wages (DSK_TMASH) is 189,999,999 rials in the workshop file, but the rows add up to 190,000,000 rials. Correct the rows, have the program sum them up again, and export. (DSKKAR00)',
  );
  const nameless = { DSW_FNAME: '', DSW_LNAME: '', DSW_DD: 31 };
  const [unnamed] = await findings({ rows: [nameless], workshop: { DSK_TDD: 31 } });
  t.match(unnamed && findingMessage(unnamed, 'en'), /^Insurance number 00123456: The days worked/);
  const [month] = await findings({ workshop: { DSK_MM: 9 } });
  t.match(
    month && findingMessage(month, 'fa'),
    /: ماه \(DSW_MM\) در ردیف‌ها آبان ۱۴۰۴ است ولی ماه لیست آذر ۱۴۰۴ است\./,
  );
});

t.test('lost zeros are named as such', async (t) => {
  for (const [changes, code, expected] of [
    [{ rows: [{ PER_NATCOD: '499370899' }] }, 'national-code-zeros-lost', '0499370899'],
    [{ rows: [{ PER_NATCOD: '84575948' }] }, 'national-code-zeros-lost', '0084575948'],
    [{ rows: [{ DSW_ID1: '123456' }] }, 'insurance-number-zeros-lost', '00123456'],
    [{ rows: [{ DSW_ID1: '123456789' }] }, 'insurance-number-zeros-lost', '0123456789'],
    [{ workshop: { DSK_ID: '987654321' } }, 'workshop-code-zeros-lost', '0987654321'],
  ] as const) {
    t.match(
      (await findings(changes)).map(({ code, expected }) => [code, expected]),
      [[code, expected]],
    );
  }
  t.match(await findings({ rows: [{ PER_NATCOD: '', DSW_ID1: '123456' }] }), [
    { code: 'person-number-zeros-lost', severity: 'error', expected: '00123456' },
    { code: 'national-code-blank' },
  ]);
  t.same(
    await codes({ rows: [{ PER_NATCOD: '499370899', DSW_ID1: '123456' }] }),
    ['national-code-zeros-lost', 'insurance-number-zeros-lost'],
    'who is meant can be told: the rest of the row is no error',
  );
});

t.test('what all rows say against the head is told once', async (t) => {
  const rows = [{}, other, { PER_NATCOD: '0084575948', DSW_ID1: '12345679' }];
  t.match(await findings({ rows, workshop: { DSK_MM: 9 } }), [
    { code: 'month-differs', row: 1, rowCount: 3, moreRows: [2, 3], person: null },
  ]);
  const [differing] = await findings({ rows, workshop: { DSK_LISTNO: '02' } });
  t.match(differing && findingMessage(differing, 'en'), /\(DSKWOR00, 3 rows: 1, 2, 3\)$/);
  // The mark keeps the number on the left of the Latin name.
  t.match(differing && findingMessage(differing, 'fa'), /\(DSKWOR00، \u200F۳ ردیف: ۱، ۲، ۳\)$/);
  const twoValues = rows.map((row, index) => ({ ...row, DSW_LISTNO: index === 0 ? '03' : '04' }));
  t.match(await findings({ rows: twoValues }), [
    { value: '03', rowCount: 1 },
    { value: '04', rowCount: 2, row: 2 },
  ]);
  const { verdict } = await readList(listFiles({ rows, workshop: { DSK_MM: 9 } }));
  t.equal(verdict.errorCount, 1);
});

t.test('a cause is told before its consequences, and errors before warnings', async (t) => {
  const lost = { DSW_FNAME: '????', DSW_EDATE: 'x' };
  t.same(await codes({ rows: [{ ...lost, DSW_DD: 31 }], workshop: { DSK_KIND: 1, DSK_NUM: 2 } }), [
    'days-above-month',
    'row-count-differs',
    'text-unreadable',
    'list-kind-unusual',
    'date-odd',
    'monthly-wage-differs',
  ]);
});

t.test('what the whole file is to be blamed for is told however many rows are wrong', async (t) => {
  const rows = [{ DSW_DD: 31 }, { ...other, DSW_DD: 31 }];
  const { verdict } = await readList(listFiles({ rows, workshopFile: {}, workshop: { DSK_NUM: 5 } }), {
    maxFindings: 1,
  });
  t.same(
    verdict.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code),
    ['days-above-month', 'row-count-differs'],
  );
  t.equal(verdict.errorCount, 3);
});

t.test('every code in the list is one that a list can get', async (t) => {
  // What only the register and the sender's rights can tell: intake and upload show them.
  t.same([...triggered, ...Object.values(foundBeyondTheFiles).flat()].sort(), [...findingCodes].sort());
});
