import fc from 'fast-check';
import t from 'tap';
import {
  careerByCalendar,
  careerInDecimalYears,
  countMonths,
  countRecord,
  countYears,
} from '../../src/features/records/counting.ts';
import type { MonthEntry } from '../../src/features/records/month-entry.ts';
import {
  daysInJalaliMonth,
  daysInJalaliYear,
  type JalaliMonth,
  jalaliMonthAt,
  jalaliMonthIndex,
} from '../../src/kernel/jalali.ts';

function entry(year: number, month: number, days: number, more: Partial<MonthEntry> = {}): MonthEntry {
  return {
    month: { year, month },
    workshopCode: '1000000001',
    historyType: 1,
    listId: 1,
    rowNumber: 1,
    days,
    dailyWage: 1_000_000,
    monthlyWage: days * 1_000_000,
    benefits: 0,
    insurableWage: days * 1_000_000,
    premium: days * 70_000,
    ...more,
  };
}

const elsewhere = { workshopCode: '1000000002' };
const count = (entries: readonly MonthEntry[], asOf: JalaliMonth | null = null) =>
  countRecord(entries, countMonths(entries), asOf);

t.test('a career in months of 30 days and years of 12 months', async (t) => {
  for (const [days, years, months, rest] of [
    [0, 0, 0, 0],
    [29, 0, 0, 29],
    [30, 0, 1, 0],
    [359, 0, 11, 29],
    [360, 1, 0, 0],
    [365, 1, 0, 5],
    [3650, 10, 1, 20],
    [10_950, 30, 5, 0],
  ] as const) {
    t.strictSame(careerByCalendar(days), { years, months, days: rest }, `${days} days`);
  }
});

t.test('a career in years of 365 days, to two decimals', async (t) => {
  for (const [days, years] of [
    [0, 0],
    [1, 0],
    [2, 0.01],
    [365, 1],
    [730, 2],
    [3650, 10],
    [3651, 10],
    [3652, 10.01],
    [5000, 13.7],
    [9999, 27.39],
  ] as const) {
    t.equal(careerInDecimalYears(days), years, `${days} days`);
  }
});

t.test('a month is never longer than it is, and raw days stand beside', async (t) => {
  for (const [year, month, days, capped] of [
    [1404, 1, 31, 31],
    [1404, 7, 31, 30],
    [1404, 12, 30, 29],
    [1403, 12, 30, 30],
    [1408, 12, 31, 30],
  ] as const) {
    t.match(countMonths([entry(year, month, days)]), [{ days: { raw: days, capped } }]);
  }
  t.match(countMonths([entry(1404, 1, 31), entry(1404, 1, 31, elsewhere)]), [
    { days: { raw: 62, capped: 31 }, concurrent: true },
  ]);
});

t.test('a full year at two workshops counts as one year', async (t) => {
  for (const [year, length] of [
    [1403, 366],
    [1404, 365],
  ] as const) {
    const months = Array.from({ length: 12 }, (_, index) => {
      const days = daysInJalaliMonth({ year, month: index + 1 });
      return [entry(year, index + 1, days), entry(year, index + 1, days, elsewhere)];
    }).flat();
    t.match(countYears(countMonths(months)), [
      { year, length, days: { raw: 2 * length, capped: length }, monthsWithDays: 12, concurrentMonths: 12 },
    ]);
  }
});

t.test('a month reported twice by one workshop is told apart from work at two', async (t) => {
  const [month] = countMonths([entry(1404, 1, 10), entry(1404, 1, 10, { listId: 2 })]);
  t.match(month, { concurrent: false, repeated: true });
  const twoRows = countMonths([entry(1404, 1, 10), entry(1404, 1, 10, { rowNumber: 2 })])[0];
  t.match(twoRows, { concurrent: false, repeated: false }, 'left and came back: two rows of one list');
  const twoWorkshops = countMonths([entry(1404, 1, 10), entry(1404, 1, 10, { ...elsewhere, listId: 2 })])[0];
  t.match(twoWorkshops, { concurrent: true, repeated: false });
});

t.test('concurrent is more than one workshop with days', async (t) => {
  const concurrent = (...entries: MonthEntry[]) => countMonths(entries)[0]?.concurrent;
  t.equal(concurrent(entry(1404, 1, 10), entry(1404, 1, 10, elsewhere)), true);
  t.equal(
    concurrent(entry(1404, 1, 10), entry(1404, 1, 10, { listId: 2 })),
    false,
    'two lists of one workshop',
  );
  t.equal(concurrent(entry(1404, 1, 10), entry(1404, 1, 0, elsewhere)), false, 'on leave at the second one');
  t.equal(
    concurrent(entry(1404, 1, 10), entry(1404, 1, 10, { workshopCode: null, historyType: 2 })),
    false,
    'a scheme is no workshop',
  );
});

t.test('gaps are counted up to the as-of month and not beyond it', async (t) => {
  const entries = [entry(1401, 12, 29), entry(1404, 2, 31), entry(1404, 5, 31), entry(1404, 6, 0)];
  t.match(count(entries, { year: 1404, month: 4 }).gaps, {
    years: 2,
    months: 27,
    monthsBetweenWork: 27,
    list: [
      { from: { year: 1402, month: 1 }, to: { year: 1404, month: 1 }, months: 25, open: false },
      { from: { year: 1404, month: 3 }, to: { year: 1404, month: 4 }, months: 2, open: false },
    ],
  });
  t.match(count(entries, { year: 1404, month: 3 }).gaps, { months: 26 }, '1404-04 may not be reported yet');
  t.match(count(entries, { year: 1404, month: 7 }).gaps, {
    months: 29,
    monthsBetweenWork: 27,
    list: [{}, {}, { from: { year: 1404, month: 6 }, to: { year: 1404, month: 7 }, months: 2, open: true }],
  });
  t.match(count(entries).gaps, { months: 27 }, 'no month closed: up to the last month with days');
  t.match(count(entries, { year: 1400, month: 1 }).gaps, { months: 0, list: [] });
  t.match(count([]).gaps, { years: 0, months: 0, list: [] });
});

t.test('wages: the last, and the mean of the newest months with days', async (t) => {
  const entries = [
    ...Array.from({ length: 12 }, (_, index) => entry(1403, index + 1, 10)),
    entry(1404, 1, 10, { insurableWage: 20_000_000 }),
    entry(1404, 2, 0, { insurableWage: 0 }),
    entry(1404, 3, 10, { insurableWage: 30_000_000, dailyWage: 3_000_000 }),
    entry(1404, 3, 5, { ...elsewhere, insurableWage: 5_000_000 }),
  ];
  t.strictSame(count(entries).wages, {
    last: { month: { year: 1404, month: 3 }, insurableWage: 35_000_000, dailyWage: 3_000_000 },
    last3Months: { months: 3, insurableWage: 21_666_667 },
    last12Months: { months: 12, insurableWage: 12_916_667 },
  });
  t.match(
    count(entries, { year: 1404, month: 2 }).wages,
    {
      last: { month: { year: 1404, month: 1 }, insurableWage: 20_000_000 },
      last3Months: { months: 3 },
    },
    'months that are not closed do not count',
  );
  t.strictSame(count(entries, { year: 1402, month: 1 }).wages.last, null);
  t.strictSame(count([]).wages, { last: null, last3Months: null, last12Months: null });
});

t.test('wages of months that are not closed yet do not count', async (t) => {
  const entries = [
    entry(1404, 1, 10, { insurableWage: 10_000_000 }),
    entry(1404, 2, 10, { insurableWage: 20_000_000 }),
    entry(1404, 3, 10, { insurableWage: 90_000_000 }),
  ];
  t.match(count(entries, { year: 1404, month: 2 }).wages, {
    last: { month: { year: 1404, month: 2 }, insurableWage: 20_000_000 },
    last3Months: { months: 2, insurableWage: 15_000_000 },
    last12Months: { months: 2, insurableWage: 15_000_000 },
  });
  t.strictSame(count(entries, { year: 1403, month: 12 }).wages, {
    last: null,
    last3Months: null,
    last12Months: null,
  });
  t.match(count(entries, { year: 1403, month: 12 }).lastMonth, { year: 1404, month: 3 });
});

t.test('the last 60 months end with the as-of month', async (t) => {
  const months = Array.from({ length: 80 }, (_, index) => jalaliMonthAt(1398 * 12 + index));
  const entries = months.map(({ year, month }) => entry(year, month, 10));
  t.strictSame(count(entries, jalaliMonthAt(1398 * 12 + 69)).daysInLast60Months, { raw: 600, capped: 600 });
  t.strictSame(count(entries).daysInLast60Months, { raw: 600, capped: 600 });
  t.strictSame(count(entries, { year: 1400, month: 12 }).daysInLast60Months, { raw: 360, capped: 360 });
  t.strictSame(count(entries, { year: 1420, month: 1 }).daysInLast60Months, { raw: 0, capped: 0 });
});

const anyEntry = fc
  .record({
    index: fc.integer({ min: 1380 * 12, max: 1405 * 12 }),
    days: fc.integer({ min: 0, max: 31 }),
    workshop: fc.constantFrom('1000000001', '1000000002', '1000000003', null),
    wage: fc.integer({ min: 0, max: 1_000_000_000 }),
  })
  .map(({ index, days, workshop, wage }) => {
    const { year, month } = jalaliMonthAt(index);
    return entry(year, month, days, {
      workshopCode: workshop,
      historyType: workshop === null ? 2 : 1,
      insurableWage: wage,
    });
  });
const anyEntries = fc.array(anyEntry, { maxLength: 80 });
const anyMonth = fc.integer({ min: 1375 * 12, max: 1410 * 12 }).map(jalaliMonthAt);

t.test('whatever the record, its counts agree with each other', async () => {
  fc.assert(
    fc.property(anyEntries, anyMonth, (entries, asOf) => {
      const months = countMonths(entries);
      const years = countYears(months);
      const counts = countRecord(entries, months, asOf);
      const total = (items: readonly { days: { raw: number; capped: number } }[], kind: 'raw' | 'capped') =>
        items.reduce((sum, { days }) => sum + days[kind], 0);

      const { calendar, decimalYears } = counts.career;
      const consistent = [
        total(months, 'raw') === entries.reduce((sum, { days }) => sum + days, 0),
        total(years, 'raw') === counts.days.raw && total(years, 'capped') === counts.days.capped,
        counts.days.capped <= counts.days.raw,
        years.every(({ year, days, length }) => length === daysInJalaliYear(year) && days.capped <= length),
        (calendar.years * 12 + calendar.months) * 30 + calendar.days === counts.days.capped,
        calendar.months < 12 && calendar.days < 30,
        Math.abs(decimalYears - counts.days.capped / 365) <= 0.005 + 1e-9,
        counts.overlaps.days === counts.days.raw - counts.days.capped,
        counts.daysInLast60Months.capped <= counts.days.capped,
        counts.gaps.months === counts.gaps.list.reduce((sum, gap) => sum + gap.months, 0),
        counts.gaps.monthsBetweenWork <= counts.gaps.months,
      ];
      return consistent.every(Boolean);
    }),
  );
});

t.test(
  'every month from the first with days to the as-of month has days or lies in exactly one gap',
  async () => {
    fc.assert(
      fc.property(anyEntries, anyMonth, (entries, asOf) => {
        const worked = new Set(
          entries.filter(({ days }) => days > 0).map(({ month }) => jalaliMonthIndex(month)),
        );
        const { gaps, firstMonth } = count(entries, asOf);
        const inGap = gaps.list.flatMap(({ from, months }) =>
          Array.from({ length: months }, (_, offset) => jalaliMonthIndex(from) + offset),
        );
        if (!firstMonth) return inGap.length === 0;
        const expected: number[] = [];
        for (let index = jalaliMonthIndex(firstMonth); index <= jalaliMonthIndex(asOf); index += 1) {
          if (!worked.has(index)) expected.push(index);
        }
        return JSON.stringify(inGap) === JSON.stringify(expected);
      }),
    );
  },
);

t.test('the order in which months arrive does not show', async () => {
  fc.assert(
    fc.property(anyEntries, fc.integer(), (entries, seed) => {
      const shuffled = [...entries].sort((a, b) => ((a.days * 31 + seed) % 17) - ((b.days * 31 + seed) % 17));
      return JSON.stringify(count(entries)) === JSON.stringify(count(shuffled));
    }),
  );
});
