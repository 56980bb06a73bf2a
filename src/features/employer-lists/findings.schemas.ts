import { Type } from 'typebox';
import { Int32, LocalisedText, Nullable, OpenEnum, StringEnum } from '../../http/fields.ts';
import { findingCodes } from './finding-rules.ts';

const text = (description: string) => Type.String({ description });
const severity = StringEnum(['error', 'warning'], {
  title: 'FindingSeverity',
  description: 'One error refuses the list.',
});
const code = OpenEnum(findingCodes, {
  title: 'FindingCode',
  description: 'Stable; branch on it. `GET /findings/{code}` says what it means.',
});

export const FindingSchema = Type.Object(
  {
    severity,
    code,
    file: StringEnum(['DSKKAR00', 'DSKWOR00']),
    row: Nullable(Int32({ minimum: 1 }), {
      description:
        'The record’s number in the file, deleted records counted; the first of several; null for the whole file.',
    }),
    rowCount: Int32({
      minimum: 0,
      description: 'How many rows it is said of: what they say alike is told once. 0 for the whole file.',
    }),
    moreRows: Type.Array(Int32({ minimum: 1 }), { description: 'The next of those rows, up to 19.' }),
    field: Nullable(text('The column’s name in the file.')),
    column: Nullable(LocalisedText('What the column is called.')),
    value: Nullable(text('What was found, as it stands.')),
    expected: Nullable(text('What the rule calls for.')),
    person: Nullable(
      Type.Object(
        {
          name: text('As the list has it; empty where it cannot be read.'),
          insuranceNumber: Nullable(Type.String()),
          nationalCode: Nullable(Type.String()),
        },
        { title: 'FindingPerson', description: 'Whom it is about, where it is about one person.' },
      ),
    ),
    message: LocalisedText(
      'For the employer, to be shown as it is: whom, what, what to do in the payroll program, and the row.',
    ),
  },
  { $id: 'EmployerListFinding', title: 'EmployerListFinding' },
);

export const FindingKindSchema = Type.Object(
  {
    code,
    severity,
    title: LocalisedText('A few words.'),
    when: LocalisedText('When it happens; figures that differ from case to case are left open.'),
    advice: LocalisedText('What to do in the payroll program.'),
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
