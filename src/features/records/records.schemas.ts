import { Type } from 'typebox';
import { firstJalaliYear, lastJalaliYear } from '../../kernel/jalali.ts';

const year = Type.Integer({ minimum: firstJalaliYear, maximum: lastJalaliYear, examples: [1404] });
const rials = (description: string) => Type.Integer({ minimum: 0, description: `${description}, in rials.` });
const localised = (description: string) =>
  Type.Object({ fa: Type.String(), en: Type.String() }, { description });
const orNull = <T extends ReturnType<typeof Type.Object> | ReturnType<typeof Type.String>>(schema: T) =>
  Type.Union([schema, Type.Null()]);

const jalaliMonth = (description: string) =>
  Type.Object({ year: Type.Integer(), month: Type.Integer({ minimum: 1, maximum: 12 }) }, { description });
const days = (description: string) =>
  Type.Object(
    {
      raw: Type.Integer({ description: 'As reported, over all workshops.' }),
      capped: Type.Integer({ description: 'No month beyond its length.' }),
    },
    { description },
  );
const gregorian = Type.Object(
  { from: Type.String({ format: 'date' }), to: Type.String({ format: 'date' }) },
  { description: 'First and last day, Gregorian.' },
);
const workshop = orNull(
  Type.Object(
    { code: Type.String({ description: 'Ten digits.' }), name: Type.String() },
    { description: 'Null for schemes.' },
  ),
);
const historyType = Type.Object({ code: Type.Integer(), name: localised('What it is called.') });
const notice = orNull(
  Type.Object(
    { code: Type.String(), text: localised('For people.') },
    { description: 'Why there is nothing.' },
  ),
);
const key = Type.String({
  description: 'Tells two entries of a month apart, the same in every answer; nothing can be read from it.',
});
const jobTitle = orNull(
  Type.String({ description: 'As the list has it; null where it has none, and for schemes.' }),
);
const ofYear = (description: string) =>
  Type.Array(Type.Integer({ minimum: 1, maximum: 12 }), { description });
const concurrent = Type.Boolean({ description: 'Days at more than one workshop.' });
const repeated = Type.Boolean({
  description:
    'Days of one workshop by more than one of its lists: by two contracts, or because a list was sent twice.',
});
const asOf = Type.Union([jalaliMonth('The newest month that the organisation has closed.'), Type.Null()]);

export const RecordsQuery = Type.Object(
  {
    fromYear: Type.Optional(year),
    toYear: Type.Optional(year),
    workshop: Type.Optional(Type.String({ maxLength: 40, description: 'A workshop’s code.' })),
    historyType: Type.Optional(Type.Integer({ minimum: 0, maximum: 32_767 })),
    cursor: Type.Optional(
      Type.String({ pattern: '^[0-9]{4}$', description: '`nextCursor` of the page before.' }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Years a page; all of them unless given.' }),
    ),
  },
  { additionalProperties: false },
);

export const RecordsSchema = Type.Object(
  {
    asOf,
    monthNames: Type.Object(
      { fa: Type.Array(Type.String()), en: Type.Array(Type.String()) },
      { description: 'Of months 1 to 12.' },
    ),
    years: Type.Array(
      Type.Object({
        year,
        gregorian,
        length: Type.Integer({ description: 'Days of the year.' }),
        days: days('Of the months shown.'),
        concurrentMonths: ofYear('Months with days at more than one workshop, shown or not.'),
        repeatedMonths: ofYear(
          'Months with days of one workshop by more than one of its lists: two contracts, or a list that was sent twice.',
        ),
        workshops: Type.Array(
          Type.Object({
            workshop,
            historyType,
            days: Type.Integer({ description: 'Reported there in the year.' }),
            months: Type.Array(
              Type.Object({
                key,
                month: Type.Integer({ minimum: 1, maximum: 12 }),
                startsOn: Type.String({ format: 'date', description: 'Gregorian.' }),
                jobTitle,
                list: orNull(
                  Type.Object(
                    {
                      number: Type.String({ description: 'As the employer numbered it.' }),
                      contractRow: Type.String({ description: 'ردیف پیمان; empty where there is none.' }),
                    },
                    { description: 'The employer’s list; null for schemes.' },
                  ),
                ),
                days: Type.Integer(),
                dailyWage: rials('Daily wage'),
                monthlyWage: rials('Wage of the month'),
                benefits: rials('Benefits that bear premium'),
                insurableWage: rials('What the premium is reckoned on'),
                premium: rials('The worker’s premium'),
              }),
              {
                description:
                  'A month comes twice when two lists, or two rows of one, report it: `key` tells them apart.',
              },
            ),
          }),
        ),
      }),
      { description: 'Newest first.' },
    ),
    nextCursor: orNull(Type.String({ description: 'For the next page; null on the last.' })),
    notice,
  },
  { $id: 'InsuranceRecords', title: 'InsuranceRecords' },
);

const average = Type.Union([
  Type.Object({
    months: Type.Integer({ description: 'How many there were to average, up to the as-of month.' }),
    insurableWage: rials('Mean of the months'),
  }),
  Type.Null(),
]);

export const SummarySchema = Type.Object(
  {
    asOf,
    days: days('Of the whole record.'),
    firstMonth: Type.Union([jalaliMonth('The first with days.'), Type.Null()]),
    lastMonth: Type.Union([jalaliMonth('The last with days.'), Type.Null()]),
    monthsWithDays: Type.Integer(),
    yearsWithDays: Type.Integer(),
    career: Type.Object(
      {
        basis: Type.Enum(['capped']),
        calendar: Type.Object({
          years: Type.Integer(),
          months: Type.Integer(),
          days: Type.Integer(),
          label: localised('How it is counted.'),
        }),
        decimal: Type.Object({ years: Type.Number(), label: localised('How it is counted.') }),
      },
      { description: 'The capped days, counted in the two ways that are in use.' },
    ),
    gaps: Type.Object({
      years: Type.Integer({
        description: 'Years without days between the first and the last one with days.',
      }),
      months: Type.Integer({
        description: 'Months without days from the first one with days to the as-of month.',
      }),
      monthsBetweenWork: Type.Integer({ description: 'Those of them with work after them.' }),
      list: Type.Array(
        Type.Object({
          from: jalaliMonth('First month without days.'),
          to: jalaliMonth('Last month without days.'),
          months: Type.Integer(),
          open: Type.Boolean({ description: 'There is no work after it.' }),
        }),
      ),
    }),
    overlaps: Type.Object({
      months: Type.Array(
        Type.Object(
          {
            year: Type.Integer(),
            month: Type.Integer({ minimum: 1, maximum: 12 }),
            concurrent,
            repeated,
            days: days('Of the month; raw beyond capped where it holds more than it is long.'),
          },
          { description: 'A month that more than one list reports, or with more days than it is long.' },
        ),
      ),
      days: Type.Integer({ description: 'Raw days less capped days.' }),
    }),
    wages: Type.Object({
      last: Type.Union([
        Type.Object({
          month: jalaliMonth('The newest with days up to the as-of month.'),
          insurableWage: rials('Over all workshops'),
          dailyWage: rials('The highest reported'),
        }),
        Type.Null(),
      ]),
      last3Months: average,
      last12Months: average,
    }),
    daysInLast60Months: days('Of the 60 months that end with the as-of month.'),
    years: Type.Array(
      Type.Object({
        year,
        length: Type.Integer({ description: 'Days of the year.' }),
        days: days('Of the year.'),
        monthsWithDays: Type.Integer(),
        concurrentMonths: Type.Integer(),
        insurableWage: rials('Sum of the year'),
        premium: rials('Sum of the worker’s premiums'),
        gregorian,
        sources: Type.Array(Type.Object({ workshop, historyType, days: Type.Integer() }), {
          description: 'The parts of the year’s bar: raw days by workshop or scheme.',
        }),
      }),
      { description: 'A bar a year, oldest first.' },
    ),
    notice,
  },
  { $id: 'InsuranceRecordSummary', title: 'InsuranceRecordSummary' },
);

const monthSource = Type.Object({
  key,
  workshop,
  historyType,
  jobTitle,
  days: Type.Integer(),
  dailyWage: rials('Daily wage'),
  monthlyWage: rials('Wage of the month'),
  benefits: rials('Benefits that bear premium'),
  insurableWage: rials('What the premium is reckoned on'),
  premium: rials('The worker’s premium'),
  list: orNull(
    Type.Object(
      {
        id: Type.String(),
        number: Type.String({ description: 'As the employer numbered it.' }),
        contractRow: Type.String({ description: 'ردیف پیمان; empty where there is none.' }),
        row: Type.Integer({ description: 'The row in the list.' }),
        receivedAt: Type.String({ format: 'date-time' }),
      },
      { description: 'The employer’s list it came from; null for schemes.' },
    ),
  ),
});

export const YearParams = Type.Object({ year });

export const YearSchema = Type.Object(
  {
    year,
    gregorian,
    length: Type.Integer({ description: 'Days of the year.' }),
    asOf,
    days: days('Of the year.'),
    monthsWithDays: Type.Integer(),
    concurrentMonths: Type.Integer(),
    insurableWage: rials('Sum of the year'),
    premium: rials('Sum of the worker’s premiums'),
    months: Type.Array(
      Type.Object({
        month: Type.Integer({ minimum: 1, maximum: 12 }),
        name: localised('Of the month.'),
        gregorian,
        length: Type.Integer({ description: 'Days of the month.' }),
        state: Type.Enum(['with-days', 'without-days', 'not-reported', 'not-closed'], {
          description:
            '`without-days`: listed with 0 days. `not-reported`: closed, and nobody has listed the person. `not-closed`: may still be reported.',
        }),
        days: days('Of the month.'),
        concurrent,
        repeated,
        insurableWage: rials('Over all workshops'),
        premium: rials('Over all workshops'),
        sources: Type.Array(monthSource),
      }),
      { minItems: 12, maxItems: 12 },
    ),
    notice,
  },
  { $id: 'InsuranceRecordYear', title: 'InsuranceRecordYear' },
);
