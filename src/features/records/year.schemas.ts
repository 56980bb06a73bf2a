import { Type } from 'typebox';
import {
  Instant,
  Int32,
  JalaliMonthNumber,
  LocalisedText,
  Nullable,
  Rials,
  type Shown,
  StringEnum,
} from '../../http/fields.ts';
import {
  amounts,
  asOf,
  concurrent,
  days,
  gregorian,
  historyType,
  jobTitle,
  key,
  listName,
  notice,
  repeated,
  workshop,
  year,
} from './record-parts.schemas.ts';

const MonthSource = Type.Object(
  {
    key,
    workshop,
    historyType,
    jobTitle,
    ...amounts,
    list: Nullable(
      Type.Object(
        {
          id: Type.String(),
          ...listName,
          row: Int32({ description: 'The row in the list.' }),
          receivedAt: Instant(),
        },
        { title: 'RecordList' },
      ),
      { description: 'The employer’s list it came from; null for schemes.' },
    ),
  },
  { title: 'MonthSource' },
);

const MonthOfYear = Type.Object(
  {
    month: JalaliMonthNumber(),
    name: LocalisedText('Of the month.'),
    gregorian,
    length: Int32({ description: 'Days of the month.' }),
    state: StringEnum(['with-days', 'without-days', 'not-reported', 'not-closed'], {
      description:
        '`without-days`: listed with 0 days. `not-reported`: closed, and nobody has listed the person. `not-closed`: may still be reported.',
    }),
    days: days('Of the month.'),
    concurrent,
    repeated,
    insurableWage: Rials('Over all workshops'),
    premium: Rials('Over all workshops'),
    sources: Type.Array(MonthSource),
  },
  { title: 'MonthOfYear' },
);

export const YearParams = Type.Object({ year });

export const YearSchema = Type.Object(
  {
    year,
    gregorian,
    length: Int32({ description: 'Days of the year.' }),
    asOf,
    days: days('Of the year.'),
    monthsWithDays: Int32(),
    concurrentMonths: Int32(),
    insurableWage: Rials('Sum of the year'),
    premium: Rials('Sum of the worker’s premiums'),
    months: Type.Array(MonthOfYear, { minItems: 12, maxItems: 12 }),
    notice,
  },
  { $id: 'InsuranceRecordYear', title: 'InsuranceRecordYear' },
);

export type YearDetailView = Shown<typeof YearSchema>;
export type MonthSourceView = Shown<typeof MonthSource>;
/** Why a month is as it is: `not-reported` may be objected to, `not-closed` may still come. */
export type MonthState = YearDetailView['months'][number]['state'];
