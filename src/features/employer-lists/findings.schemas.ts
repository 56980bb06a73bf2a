import { Type } from 'typebox';
import { findingCodes } from './finding-rules.ts';

const text = (description: string) => Type.String({ description });
const orNull = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Object>>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const localised = (description: string) =>
  Type.Object({ fa: Type.String(), en: Type.String() }, { description });
const severity = Type.Enum(['error', 'warning'], { description: 'One error refuses the list.' });
const code = Type.Enum(findingCodes, {
  description: 'Stable; branch on it. `GET /findings/{code}` says what it means.',
});

export const FindingSchema = Type.Object(
  {
    severity,
    code,
    file: Type.Enum(['DSKKAR00', 'DSKWOR00']),
    row: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      description:
        'The record’s number in the file, deleted records counted; the first of several; null for the whole file.',
    }),
    rowCount: Type.Integer({
      minimum: 0,
      description: 'How many rows it is said of: what they say alike is told once. 0 for the whole file.',
    }),
    moreRows: Type.Array(Type.Integer(), { description: 'The next of those rows, up to 19.' }),
    field: orNull(text('The column’s name in the file.')),
    column: orNull(localised('What the column is called.')),
    value: orNull(text('What was found, as it stands.')),
    expected: orNull(text('What the rule calls for.')),
    person: orNull(
      Type.Object(
        {
          name: text('As the list has it; empty where it cannot be read.'),
          insuranceNumber: orNull(Type.String()),
          nationalCode: orNull(Type.String()),
        },
        { description: 'Whom it is about, where it is about one person.' },
      ),
    ),
    message: localised(
      'For the employer, to be shown as it is: whom, what, what to do in the payroll program, and the row.',
    ),
  },
  { $id: 'EmployerListFinding', title: 'EmployerListFinding' },
);

export const FindingKindSchema = Type.Object(
  {
    code,
    severity,
    title: localised('A few words.'),
    when: localised('When it happens; figures that differ from case to case are left open.'),
    advice: localised('What to do in the payroll program.'),
  },
  {
    $id: 'FindingKind',
    title: 'FindingKind',
    description: 'What can be found in a list, in every language.',
  },
);

export const FindingParams = Type.Object({
  code: Type.String({
    pattern: '^[a-z-]+$',
    maxLength: 64,
    description: 'Code of a finding.',
    examples: ['days-above-month'],
  }),
});
