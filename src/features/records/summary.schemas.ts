import { Type } from 'typebox';
import {
  Int32,
  JalaliMonthField,
  JalaliMonthNumber,
  LocalisedText,
  Nullable,
  Rials,
  type Shown,
  StringEnum,
} from '../../http/fields.ts';
import {
  asOf,
  concurrent,
  days,
  gregorian,
  historyType,
  notice,
  repeated,
  workshop,
  year,
} from './record-parts.schemas.ts';

const average = Nullable(
  Type.Object(
    {
      months: Int32({ description: 'How many there were to average, up to the as-of month.' }),
      insurableWage: Rials('Mean of the months'),
    },
    { title: 'AverageWage' },
  ),
);

const Career = Type.Object(
  {
    basis: StringEnum(['capped']),
    calendar: Type.Object(
      { years: Int32(), months: Int32(), days: Int32(), label: LocalisedText('How it is counted.') },
      { title: 'CareerByCalendar' },
    ),
    decimal: Type.Object(
      { years: Type.Number({ format: 'double' }), label: LocalisedText('How it is counted.') },
      { title: 'CareerInDecimals' },
    ),
  },
  { title: 'Career', description: 'The capped days, counted in the two ways that are in use.' },
);

const Gaps = Type.Object(
  {
    years: Int32({
      description: 'Years without days between the first and the last one with days.',
    }),
    months: Int32({
      description: 'Months without days from the first one with days to the as-of month.',
    }),
    monthsBetweenWork: Int32({ description: 'Those of them with work after them.' }),
    list: Type.Array(
      Type.Object(
        {
          from: JalaliMonthField('First month without days.'),
          to: JalaliMonthField('Last month without days.'),
          months: Int32(),
          open: Type.Boolean({ description: 'There is no work after it.' }),
        },
        { title: 'RecordGap' },
      ),
    ),
  },
  { title: 'RecordGaps' },
);

const Overlaps = Type.Object(
  {
    months: Type.Array(
      Type.Object(
        {
          year: Int32(),
          month: JalaliMonthNumber(),
          concurrent,
          repeated,
          days: days('Of the month; raw beyond capped where it holds more than it is long.'),
        },
        {
          title: 'OverlapMonth',
          description: 'A month that more than one list reports, or with more days than it is long.',
        },
      ),
    ),
    days: Int32({ description: 'Raw days less capped days.' }),
  },
  { title: 'RecordOverlaps' },
);

export const Wages = Type.Object(
  {
    last: Nullable(
      Type.Object(
        {
          month: JalaliMonthField('The newest with days up to the as-of month.'),
          insurableWage: Rials('Over all workshops'),
          dailyWage: Rials('The highest reported'),
        },
        { title: 'LastWage' },
      ),
    ),
    last3Months: average,
    last12Months: average,
  },
  { title: 'RecordWages' },
);

const YearBar = Type.Object(
  {
    year,
    length: Int32({ description: 'Days of the year.' }),
    days: days('Of the year.'),
    monthsWithDays: Int32(),
    concurrentMonths: Int32(),
    insurableWage: Rials('Sum of the year'),
    premium: Rials('Sum of the worker’s premiums'),
    gregorian,
    sources: Type.Array(Type.Object({ workshop, historyType, days: Int32() }, { title: 'YearBarPart' }), {
      description: 'The parts of the year’s bar: raw days by workshop or scheme.',
    }),
  },
  { title: 'YearBar' },
);

export const SummarySchema = Type.Object(
  {
    asOf,
    days: days('Of the whole record.'),
    firstMonth: Nullable(JalaliMonthField('The first with days.')),
    lastMonth: Nullable(JalaliMonthField('The last with days.')),
    monthsWithDays: Int32(),
    yearsWithDays: Int32(),
    career: Career,
    gaps: Gaps,
    overlaps: Overlaps,
    wages: Wages,
    daysInLast60Months: days('Of the 60 months that end with the as-of month.'),
    years: Type.Array(YearBar, { description: 'A bar a year, oldest first.' }),
    notice,
  },
  { $id: 'InsuranceRecordSummary', title: 'InsuranceRecordSummary' },
);

export type SummaryView = Shown<typeof SummarySchema>;
