import { Type } from 'typebox';
import {
  DeclaredRials,
  Instant,
  Int32,
  Int64,
  JalaliMonthField,
  Nullable,
  StringEnum,
  Uuid,
  WorkshopCodeText,
} from '../../http/fields.ts';
import { reasonsNotToCount } from './standing.ts';

export const text = (description: string) => Type.String({ description });
export const nullable = (schema: ReturnType<typeof text>) => Nullable(schema);

const totals = Type.Object(
  {
    days: Int64({ minimum: -Number.MAX_SAFE_INTEGER }),
    monthlyWage: DeclaredRials('Monthly wages'),
    benefits: DeclaredRials('Insurable benefits'),
    insurableWage: DeclaredRials('Insurable wages'),
    totalPay: DeclaredRials('All pay'),
    workerPremium: DeclaredRials('Workers’ premiums'),
    employerPremium: Nullable(DeclaredRials('Employer’s premium')),
    unemploymentPremium: Nullable(DeclaredRials('Unemployment premium')),
  },
  {
    title: 'DeclaredTotals',
    description: 'As the workshop file declares them; null where its layout has no such column.',
  },
);

export const listKey = {
  contractRow: Type.String({ description: 'ردیف پیمان; empty where there is none.' }),
  listNumber: Type.String({ description: 'As it is written; compared without leading zeros, blank is 1.' }),
};

const listName = { workshopCode: WorkshopCodeText, month: JalaliMonthField(), ...listKey, rowCount: Int32() };
export const namedList = Type.Object(listName, { title: 'NamedList' });
const reportedList = Type.Object(
  { ...listName, workshopName: Type.String(), totals },
  { title: 'ReportedList' },
);

export const standing = Type.Object(
  {
    counts: Type.Boolean({ description: 'Whether its rows are in the records of its people.' }),
    reason: Nullable(StringEnum([...reasonsNotToCount]), {
      description:
        'Why it does not count: it waits for its turn, was refused, a later list has taken its place, or it was withdrawn.',
    }),
    replacedBy: nullable(text('The list that has taken its place.')),
    withdrawnAt: Nullable(Instant()),
  },
  { title: 'ListStanding', description: 'How the list stands now.' },
);

export const correction = Type.Object(
  {
    peopleBefore: Int32({ description: 'On the earlier list.' }),
    peopleAdded: Int32(),
    peopleRemoved: Int32(),
    peopleChanged: Int32({ description: 'On both, with other days or money.' }),
    daysBefore: Int32(),
    daysAfter: Int32(),
  },
  { title: 'ListCorrection' },
);

export const summary = {
  list: Nullable(reportedList, { description: 'Null when not even that could be read.' }),
  listId: nullable(text('The list in the register, which people’s records name.')),
  replaces: nullable(text('The earlier list that this one corrects.')),
  correction: Nullable(correction, {
    description: 'What the list does to the earlier one, or would do; null when it corrects none.',
  }),
  replacedBy: nullable(text('The later list that counts, where this one is unchanged because of it.')),
  errorCount: Int32(),
  warningCount: Int32(),
};

const report = {
  ...summary,
  findings: Type.Array(Type.Ref('EmployerListFinding'), {
    description:
      'Errors first, causes before their consequences. All are counted; of each severity the first 500 are here, ' +
      'and up to 5,000 in the downloaded report.',
  }),
};

export const submissionState = StringEnum(
  ['received', 'accepted', 'accepted-with-warnings', 'unchanged', 'refused'],
  {
    title: 'ListState',
    description:
      '`received`: waits for its turn, or is under way; ask again. ' +
      '`unchanged`: the list that counts has this very content. `refused`: nothing of it was taken in.',
  },
);

export const submission = {
  id: Uuid(),
  state: submissionState,
  receivedAt: Instant(),
  standing,
};

const { id, receivedAt } = submission;
export const SubmissionSchema = Type.Object(
  {
    dryRun: Type.Boolean({
      description:
        'Only looked at: `state` is what would become of it, and it has no `id`, `receivedAt` and `standing`.',
    }),
    id: Type.Optional(id),
    state: submissionState,
    receivedAt: Type.Optional(receivedAt),
    standing: Type.Optional(standing),
    ...report,
  },
  { $id: 'EmployerListSubmission', title: 'EmployerListSubmission' },
);

/** After which it is worth asking again for the report of a list that waits for its turn. */
export const askAgainSeconds = 5;

/** A submission that may have to be asked for again. */
export const awaitedSubmission = (description: string) => ({
  description,
  headers: { 'Retry-After': Type.Integer() },
  content: { 'application/json': { schema: Type.Ref('EmployerListSubmission') } },
});

export const confirmRemovals = Type.Optional(
  StringEnum(['removals'], {
    description: '`removals`: it is meant that most people of the earlier list are taken off.',
  }),
);

export const SubmitQuery = Type.Object(
  {
    dryRun: Type.Optional(Type.Boolean({ description: 'The same report, and nothing is kept.' })),
    confirm: confirmRemovals,
  },
  { additionalProperties: false },
);

export const SubmissionParams = Type.Object({ id: Uuid() });
