import fc from 'fast-check';
import t from 'tap';
import {
  addJalaliMonths,
  compareJalaliDates,
  compareJalaliMonths,
  daysInJalaliMonth,
  daysInJalaliYear,
  formatJalaliDate,
  gregorianToJalali,
  isJalaliDate,
  isJalaliMonth,
  jalaliMonthAt,
  jalaliMonthIndex,
  jalaliMonthName,
  jalaliToGregorian,
  parseJalaliDate,
} from '../../src/kernel/jalali.ts';

const months = fc.record({
  year: fc.integer({ min: 1300, max: 1500 }),
  month: fc.integer({ min: 1, max: 12 }),
});
const dates = months.chain((month) =>
  fc.integer({ min: 1, max: daysInJalaliMonth(month) }).map((day) => ({ ...month, day })),
);

/** Days since 1970, by the platform's own calendar and not by the library under test. */
function dayNumber(iso: string): number {
  return Date.parse(`${iso}T00:00:00Z`) / 86_400_000;
}

t.test('the leap years are those of the official calendar', async (t) => {
  const leap = [];
  for (let year = 1383; year <= 1424; year += 1) if (daysInJalaliYear(year) === 366) leap.push(year);
  t.same(leap, [1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424]);
});

t.test('months have 31 days six times, 30 five times, and Esfand what the year gives it', async (t) => {
  for (const [year, esfand] of [
    [1403, 30],
    [1404, 29],
  ] as const) {
    const lengths = Array.from({ length: 12 }, (_, index) => daysInJalaliMonth({ year, month: index + 1 }));
    t.same(lengths, [31, 31, 31, 31, 31, 31, 30, 30, 30, 30, 30, esfand]);
    t.equal(
      lengths.reduce((sum, length) => sum + length),
      daysInJalaliYear(year),
    );
  }
  t.equal(daysInJalaliYear(1403), 366);
  t.equal(daysInJalaliYear(1404), 365);
});

t.test('given days meet their Gregorian days, both ways', async (t) => {
  for (const [jalali, gregorian] of [
    ['1403-12-30', '2025-03-20'],
    ['1404-01-01', '2025-03-21'],
    ['1399-12-30', '2021-03-20'],
    ['1408-12-30', '2030-03-20'],
    ['1386-01-01', '2007-03-21'],
  ] as const) {
    const date = parseJalaliDate(jalali);
    t.equal(date && jalaliToGregorian(date), gregorian);
    t.same(gregorianToJalali(gregorian), date);
  }
});

t.test('a day goes to the Gregorian calendar and comes back', async () => {
  fc.assert(
    fc.property(dates, (date) => {
      const back = gregorianToJalali(jalaliToGregorian(date));
      return back !== null && compareJalaliDates(back, date) === 0;
    }),
  );
});

t.test('every month from 1300 to 1500 begins the day after the month before it ends', async (t) => {
  let expected = dayNumber(jalaliToGregorian({ year: 1300, month: 1, day: 1 }));
  for (let index = jalaliMonthIndex({ year: 1300, month: 1 }); index < 1501 * 12; index += 1) {
    const month = jalaliMonthAt(index);
    const first = dayNumber(jalaliToGregorian({ ...month, day: 1 }));
    if (first !== expected) t.fail(`${month.year}-${month.month} begins on ${first}, not on ${expected}`);
    expected = first + daysInJalaliMonth(month);
  }
  t.equal(expected, dayNumber(jalaliToGregorian({ year: 1501, month: 1, day: 1 })));
});

t.test('dates are read in three forms and any digits', async (t) => {
  const date = { year: 1404, month: 8, day: 5 };
  for (const text of ['14040805', '1404-08-05', '1404/08/05', '۱۴۰۴/۰۸/۰۵', ' ١٤٠٤٠٨٠٥\u200F']) {
    t.same(parseJalaliDate(text), date, text);
  }
  t.equal(formatJalaliDate(date), '1404-08-05');
});

t.test('a day that does not exist is no date', async (t) => {
  for (const text of [
    '1404-12-30',
    '1404-07-31',
    '1404-13-01',
    '1404-00-01',
    '1404-01-00',
    '1404-01-32',
    '14041',
    '1404-0805',
    '1404-08/05',
    '70/10/18',
    '0',
    '',
    '00000000',
    '2025-03-21',
    '99999999',
  ]) {
    t.equal(parseJalaliDate(text), null, text);
  }
});

t.test('a Gregorian day that does not exist is refused, not carried over', async (t) => {
  for (const iso of [
    '2025-02-29',
    '2025-06-31',
    '2025-13-01',
    '2025-00-01',
    '2025-01-00',
    '20250101',
    '',
    '0001-01-01',
  ]) {
    t.equal(gregorianToJalali(iso), null, iso);
  }
  t.same(gregorianToJalali('2024-02-29'), { year: 1402, month: 12, day: 10 });
});

t.test('months are counted, compared and moved across years', async (t) => {
  t.same(addJalaliMonths({ year: 1404, month: 12 }, 1), { year: 1405, month: 1 });
  t.same(addJalaliMonths({ year: 1404, month: 1 }, -1), { year: 1403, month: 12 });
  t.same(addJalaliMonths({ year: 1404, month: 8 }, -60), { year: 1399, month: 8 });
  fc.assert(
    fc.property(months, fc.integer({ min: -1000, max: 1000 }), (month, count) => {
      const moved = addJalaliMonths(month, count);
      return (
        moved.month >= 1 &&
        moved.month <= 12 &&
        jalaliMonthIndex(moved) - jalaliMonthIndex(month) === count &&
        Math.sign(compareJalaliMonths(moved, month)) === Math.sign(count)
      );
    }),
  );
});

t.test('days are compared like their Gregorian days', async () => {
  fc.assert(
    fc.property(dates, dates, (a, b) => {
      const gregorian = Math.sign(dayNumber(jalaliToGregorian(a)) - dayNumber(jalaliToGregorian(b)));
      return Math.sign(compareJalaliDates(a, b)) === gregorian;
    }),
  );
});

t.test('what is no month or day of the calendar is not taken for one', async (t) => {
  for (const [year, month] of [
    [1404, 0],
    [1404, 13],
    [1404, 1.5],
    [1404.5, 1],
    [404, 1],
    [2025, 1],
    [Number.NaN, 1],
  ] as const) {
    t.equal(isJalaliMonth({ year, month }), false);
  }
  t.equal(isJalaliMonth({ year: 1404, month: 12 }), true);
  t.equal(isJalaliDate({ year: 1404, month: 12, day: 30 }), false);
  t.equal(isJalaliDate({ year: 1403, month: 12, day: 30 }), true);
  t.equal(isJalaliDate({ year: 1403, month: 12, day: 1.5 }), false);
});

t.test('months have names in both languages', async (t) => {
  t.equal(jalaliMonthName(8, 'fa'), 'آبان');
  t.equal(jalaliMonthName(8, 'en'), 'Aban');
  t.equal(jalaliMonthName(12, 'fa'), 'اسفند');
  t.throws(() => jalaliMonthName(13, 'fa'), RangeError);
});
