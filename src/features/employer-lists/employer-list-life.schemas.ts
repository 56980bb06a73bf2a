import { Type } from 'typebox';
import {
  correction,
  jalaliMonth,
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
    lists: Type.Array(Type.Object({ ...submission, ...summary })),
    nextCursor: nullable(text('For the page after this one; null on the last.')),
  },
  { $id: 'EmployerListPage', title: 'EmployerListPage' },
);

export const WithdrawalSchema = Type.Object(
  {
    listId: text('The list that was taken back.'),
    list: namedList,
    withdrawnAt: Type.String({ format: 'date-time' }),
    restored: nullable(text('The list whose place it had taken, which counts again.')),
    correction,
  },
  { $id: 'EmployerListWithdrawal', title: 'EmployerListWithdrawal' },
);

const maxPageLength = 100;
const defaultPageLength = 20;

const workshopCode = Type.String({
  format: 'workshop-code',
  maxLength: 40,
  description: 'Ten digits.',
  examples: ['0987654321'],
});
const month = Type.String({
  format: 'jalali-month',
  maxLength: 40,
  description: 'Jalali year and month.',
  examples: ['1404-08'],
});
const pageLimit = Type.Integer({ minimum: 1, maximum: maxPageLength, default: defaultPageLength });

export const OwnListsQuery = Type.Object(
  {
    workshop: Type.Optional(workshopCode),
    month: Type.Optional(month),
    state: Type.Optional(submissionState),
    cursor: Type.Optional(Type.String({ format: 'uuid', description: '`nextCursor` of the page before.' })),
    limit: pageLimit,
  },
  { additionalProperties: false },
);

export const WithdrawalQuery = Type.Object(
  {
    confirm: Type.Optional(
      Type.Enum(['removals'], {
        description: '`removals`: it is meant that most people of the list are taken off the month.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const WorkshopMonthParams = Type.Object({ code: workshopCode, month });

export const WorkshopMonthQuery = Type.Object(
  {
    cursor: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,15}$', description: '`nextCursor` of the page before.' }),
    ),
    limit: pageLimit,
  },
  { additionalProperties: false },
);

const rials = (description: string) => Type.Integer({ minimum: 0, description: `${description}, in rials.` });

const totals = {
  rowCount: Type.Integer({ minimum: 0 }),
  days: Type.Integer({ minimum: 0 }),
  monthlyWage: rials('Monthly wages'),
  benefits: rials('Benefits'),
  insurableWage: rials('Insurable wages'),
  totalPay: rials('All pay'),
  workerPremium: rials('Premiums of the workers'),
  employerPremium: rials('Premiums of the employer'),
  unemploymentPremium: rials('Unemployment premiums'),
};

export const WorkshopMonthSchema = Type.Object(
  {
    workshopCode: Type.String(),
    month: jalaliMonth,
    totals: Type.Object(
      { lists: Type.Integer({ minimum: 0 }), ...totals },
      { description: 'Of the lists that count.' },
    ),
    lists: Type.Array(
      Type.Object({
        listId: Type.String(),
        submissionId: Type.Union([Type.String({ format: 'uuid' }), Type.Null()], {
          description:
            'The `id` under which this client has sent it, to ask for the report or to withdraw it; null when it has not.',
        }),
        ...listKey,
        receivedAt: Type.String({ format: 'date-time' }),
        standing,
        totals: Type.Object(totals),
      }),
    ),
    nextCursor: nullable(text('For the page after this one; null on the last.')),
  },
  { $id: 'WorkshopMonth', title: 'WorkshopMonth' },
);
