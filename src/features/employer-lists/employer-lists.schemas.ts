import { Type } from 'typebox';
import { reasonsNotToCount } from './standing.ts';

export const text = (description: string) => Type.String({ description });
export const nullable = (schema: ReturnType<typeof text>) => Type.Union([schema, Type.Null()]);

const rials = (description: string) => Type.Integer({ description: `${description}, in rials.` });
const totals = Type.Object(
  {
    days: Type.Integer(),
    monthlyWage: rials('Monthly wages'),
    benefits: rials('Insurable benefits'),
    insurableWage: rials('Insurable wages'),
    totalPay: rials('All pay'),
    workerPremium: rials('Workers’ premiums'),
    employerPremium: rials('Employer’s premium'),
    unemploymentPremium: rials('Unemployment premium'),
  },
  { description: 'As the workshop file declares them.' },
);

export const listKey = {
  contractRow: Type.String({ description: 'ردیف پیمان; empty where there is none.' }),
  listNumber: Type.String({ description: 'As it is written; compared without leading zeros, blank is 1.' }),
};
export const jalaliMonth = Type.Object({ year: Type.Integer(), month: Type.Integer() });

export const namedList = Type.Object({
  workshopCode: Type.String(),
  month: jalaliMonth,
  ...listKey,
  rowCount: Type.Integer(),
});
const reportedList = Type.Object({ ...namedList.properties, workshopName: Type.String(), totals });

export const standing = Type.Object(
  {
    counts: Type.Boolean({ description: 'Whether its rows are in the records of its people.' }),
    reason: Type.Union([Type.Enum([...reasonsNotToCount]), Type.Null()], {
      description:
        'Why it does not count: it waits for its turn, was refused, a later list has taken its place, or it was withdrawn.',
    }),
    replacedBy: nullable(text('The list that has taken its place.')),
    withdrawnAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  },
  { description: 'How the list stands now.' },
);

export const correction = Type.Object({
  peopleBefore: Type.Integer({ description: 'On the earlier list.' }),
  peopleAdded: Type.Integer(),
  peopleRemoved: Type.Integer(),
  peopleChanged: Type.Integer({ description: 'On both, with other days or money.' }),
  daysBefore: Type.Integer(),
  daysAfter: Type.Integer(),
});

export const summary = {
  list: Type.Union([reportedList, Type.Null()], { description: 'Null when not even that could be read.' }),
  listId: nullable(text('The list in the register, which people’s records name.')),
  replaces: nullable(text('The earlier list that this one corrects.')),
  correction: Type.Union([correction, Type.Null()], {
    description: 'What the list does to the earlier one, or would do; null when it corrects none.',
  }),
  replacedBy: nullable(text('The later list that counts, where this one is unchanged because of it.')),
  errorCount: Type.Integer(),
  warningCount: Type.Integer(),
};

const report = {
  ...summary,
  findings: Type.Array(Type.Ref('EmployerListFinding'), {
    description:
      'Errors first, causes before their consequences. All are counted; of each severity the first 500 are here, ' +
      'and up to 5,000 in the downloaded report.',
  }),
};

export const ListReportSchema = Type.Object(
  {
    dryRun: Type.Literal(true),
    state: Type.Enum(['accepted', 'accepted-with-warnings', 'unchanged', 'refused']),
    ...report,
  },
  { $id: 'EmployerListReport', title: 'EmployerListReport', description: 'What would become of a list.' },
);

export const submissionState = Type.Enum(
  ['received', 'accepted', 'accepted-with-warnings', 'unchanged', 'refused'],
  {
    description:
      '`received`: waits for its turn, or is under way; ask again. ' +
      '`unchanged`: the list that counts has this very content. `refused`: nothing of it was taken in.',
  },
);

export const submission = {
  id: Type.String({ format: 'uuid' }),
  state: submissionState,
  receivedAt: Type.String({ format: 'date-time' }),
  standing,
};

export const SubmissionSchema = Type.Object(
  { ...submission, ...report },
  { $id: 'EmployerListSubmission', title: 'EmployerListSubmission' },
);

export const SubmitQuery = Type.Object(
  {
    dryRun: Type.Optional(Type.Boolean({ description: 'The same report, and nothing is kept.' })),
    confirm: Type.Optional(
      Type.Enum(['removals'], {
        description: '`removals`: it is meant that most people of the earlier list are taken off.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const SubmissionParams = Type.Object({ id: Type.String({ format: 'uuid' }) });
