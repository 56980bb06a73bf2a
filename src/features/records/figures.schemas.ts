import { Type } from 'typebox';
import { LocalisedText, type Shown } from '../../http/fields.ts';
import { asOf, days, notice } from './record-parts.schemas.ts';
import { Wages } from './summary.schemas.ts';

export const FiguresSchema = Type.Object(
  {
    asOf,
    wages: Wages,
    days: days('Of the whole record.'),
    daysInLast60Months: days('Of the 60 months that end with the as-of month.'),
    labels: Type.Object(
      {
        asOf: LocalisedText(),
        lastWage: LocalisedText(),
        last3Months: LocalisedText(),
        last12Months: LocalisedText(),
        days: LocalisedText(),
        daysInLast60Months: LocalisedText(),
      },
      { title: 'FigureLabels', description: 'What each figure is called; the same for everybody.' },
    ),
    notice,
  },
  { $id: 'InsuranceRecordFigures', title: 'InsuranceRecordFigures' },
);

export type FiguresView = Shown<typeof FiguresSchema>;
