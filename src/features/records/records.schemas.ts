import { Type } from 'typebox';
import { Int32, JalaliMonthNumber, Nullable, type Shown, WorkshopCodeField } from '../../http/fields.ts';
import { NextCursor, pageQuery } from '../../http/paging.ts';
import {
  amounts,
  asOf,
  days,
  gregorian,
  historyType,
  jobTitle,
  key,
  listName,
  monthsOfYear,
  notice,
  workshop,
  year,
} from './record-parts.schemas.ts';

/** More than anybody has worked. */
const maxYears = 100;

export const RecordsQuery = Type.Object(
  {
    fromYear: Type.Optional(year),
    toYear: Type.Optional(year),
    workshop: Type.Optional(WorkshopCodeField),
    historyType: Type.Optional(Int32({ maximum: 32_767 })),
    cursor: pageQuery.cursor,
    limit: Type.Optional(
      Int32({ minimum: 1, maximum: maxYears, description: 'Years a page; all of them unless given.' }),
    ),
  },
  { additionalProperties: false },
);

/** All of the list that a month came from is for the view of its year: it would make a career a third longer. */
const RecordMonth = Type.Object(
  {
    key,
    month: JalaliMonthNumber(),
    startsOn: Type.String({ format: 'date', description: 'Gregorian.' }),
    jobTitle,
    list: Nullable(Type.Object(listName, { title: 'RecordListName' }), {
      description: 'The employer’s list; null for schemes.',
    }),
    ...amounts,
  },
  { title: 'RecordMonth' },
);

const RecordWorkshop = Type.Object(
  {
    workshop,
    historyType,
    days: Int32({ description: 'Reported there in the year.' }),
    months: Type.Array(RecordMonth, {
      description:
        'A month comes twice when two lists, or two rows of one, report it: `key` tells them apart.',
    }),
  },
  { title: 'RecordWorkshop' },
);

const RecordYear = Type.Object(
  {
    year,
    gregorian,
    length: Int32({ description: 'Days of the year.' }),
    days: days('Of the months shown.'),
    concurrentMonths: monthsOfYear('Months with days at more than one workshop, shown or not.'),
    repeatedMonths: monthsOfYear(
      'Months with days of one workshop by more than one of its lists: two contracts, or a list that was sent twice.',
    ),
    workshops: Type.Array(RecordWorkshop),
  },
  { title: 'RecordYear' },
);

export const RecordsSchema = Type.Object(
  {
    asOf,
    monthNames: Type.Object(
      { fa: Type.Array(Type.String()), en: Type.Array(Type.String()) },
      { title: 'MonthNames', description: 'Of months 1 to 12.' },
    ),
    years: Type.Array(RecordYear, { description: 'Newest first.' }),
    nextCursor: NextCursor,
    notice,
  },
  { $id: 'InsuranceRecords', title: 'InsuranceRecords' },
);

export type RecordsView = Shown<typeof RecordsSchema>;
export type YearView = Shown<typeof RecordYear>;
export type MonthView = Shown<typeof RecordMonth>;
