import { Type } from 'typebox';

const text = (description: string) => Type.String({ description });
const nullable = (schema: ReturnType<typeof text>) => Type.Union([schema, Type.Null()]);

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

const report = {
  list: Type.Union(
    [
      Type.Object({
        workshopCode: Type.String(),
        month: Type.Object({ year: Type.Integer(), month: Type.Integer() }),
        contractRow: Type.String({ description: 'ردیف پیمان; empty where there is none.' }),
        listNumber: Type.String({
          description: 'As it is written; compared without leading zeros, blank is 1.',
        }),
        workshopName: Type.String(),
        rowCount: Type.Integer(),
        totals,
      }),
      Type.Null(),
    ],
    { description: 'Null when not even that could be read.' },
  ),
  listId: nullable(text('The list in the register, which people’s records name.')),
  replaces: nullable(text('The earlier list that this one corrects.')),
  correction: Type.Union(
    [
      Type.Object({
        peopleBefore: Type.Integer({ description: 'On the earlier list.' }),
        peopleAdded: Type.Integer(),
        peopleRemoved: Type.Integer(),
        peopleChanged: Type.Integer({ description: 'On both, with other days or money.' }),
        daysBefore: Type.Integer(),
        daysAfter: Type.Integer(),
      }),
      Type.Null(),
    ],
    { description: 'What the list does to the earlier one, or would do; null when it corrects none.' },
  ),
  replacedBy: nullable(text('The later list that counts, where this one is unchanged because of it.')),
  errorCount: Type.Integer(),
  warningCount: Type.Integer(),
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

export const SubmissionSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    state: Type.Enum(['received', 'accepted', 'accepted-with-warnings', 'unchanged', 'refused'], {
      description:
        '`received`: waits for its turn, or is under way; ask again. ' +
        '`unchanged`: the list that counts has this very content. `refused`: nothing of it was taken in.',
    }),
    receivedAt: Type.String({ format: 'date-time' }),
    ...report,
  },
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
