import { Type } from 'typebox';
import {
  Instant,
  Int32,
  Int64,
  JalaliMonthField,
  Nullable,
  Rials,
  StringEnum,
  Uuid,
  WorkshopCodeField,
  WorkshopCodeText,
} from '../../http/fields.ts';
import { NextCursor, pageQuery } from '../../http/paging.ts';
import {
  correction,
  listKey,
  namedList,
  nullable,
  standing,
  submission,
  submissionState,
  summary,
  text,
} from './employer-lists.schemas.ts';

export const OwnListsSchema = Type.Object(
  {
    lists: Type.Array(Type.Object({ ...submission, ...summary }, { title: 'OwnList' })),
    nextCursor: NextCursor,
  },
  { $id: 'EmployerListPage', title: 'EmployerListPage' },
);

export const WithdrawalSchema = Type.Object(
  {
    listId: text('The list that was taken back.'),
    list: namedList,
    withdrawnAt: Instant(),
    restored: nullable(text('The list whose place it had taken, which counts again.')),
    correction,
  },
  { $id: 'EmployerListWithdrawal', title: 'EmployerListWithdrawal' },
);

const month = Type.String({
  format: 'jalali-month',
  maxLength: 40,
  description: 'Jalali year and month.',
  examples: ['1404-08'],
});

export const OwnListsQuery = Type.Object(
  {
    workshop: Type.Optional(WorkshopCodeField),
    month: Type.Optional(month),
    state: Type.Optional(submissionState),
    ...pageQuery,
  },
  { additionalProperties: false },
);

export const WithdrawalQuery = Type.Object(
  {
    confirm: Type.Optional(
      StringEnum(['removals'], {
        description: '`removals`: it is meant that most people of the list are taken off the month.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const WorkshopMonthParams = Type.Object({ code: WorkshopCodeField, month });

export const WorkshopMonthQuery = Type.Object(pageQuery, { additionalProperties: false });

const noneDeclared = { description: 'Null where no list has a column for it.' };

const totals = {
  rowCount: Int32(),
  days: Int64(),
  monthlyWage: Rials('Monthly wages'),
  benefits: Rials('Benefits'),
  insurableWage: Rials('Insurable wages'),
  totalPay: Rials('All pay'),
  workerPremium: Rials('Premiums of the workers'),
  employerPremium: Nullable(Rials('Premiums of the employer'), noneDeclared),
  unemploymentPremium: Nullable(Rials('Unemployment premiums'), noneDeclared),
};

export const WorkshopMonthSchema = Type.Object(
  {
    workshopCode: WorkshopCodeText,
    month: JalaliMonthField(),
    totals: Type.Object(
      { lists: Int32(), ...totals },
      { title: 'MonthTotals', description: 'Of the lists that count.' },
    ),
    lists: Type.Array(
      Type.Object(
        {
          listId: Type.String(),
          submissionId: Nullable(Uuid(), {
            description:
              'The `id` under which this client has sent it, to ask for the report or to withdraw it; null when it has not.',
          }),
          ...listKey,
          receivedAt: Instant(),
          standing,
          totals: Type.Object(totals, { title: 'ListTotals' }),
        },
        { title: 'ListOfMonth' },
      ),
    ),
    nextCursor: NextCursor,
  },
  { $id: 'WorkshopMonth', title: 'WorkshopMonth' },
);
