import { Type } from 'typebox';
import {
  Int32,
  JalaliMonthField,
  JalaliMonthNumber,
  LocalisedText,
  Nullable,
  Rials,
} from '../../http/fields.ts';
import { firstJalaliYear, lastJalaliYear } from '../../kernel/jalali.ts';

/** What the views of a record have in common. */

export const year = Int32({ minimum: firstJalaliYear, maximum: lastJalaliYear, examples: [1404] });
export const days = (description: string) =>
  Type.Object(
    {
      raw: Int32({ description: 'As reported, over all workshops.' }),
      capped: Int32({ description: 'No month beyond its length.' }),
    },
    { title: 'Days', description },
  );
export const gregorian = Type.Object(
  { from: Type.String({ format: 'date' }), to: Type.String({ format: 'date' }) },
  { title: 'GregorianPeriod', description: 'First and last day, Gregorian.' },
);
export const workshop = Nullable(
  Type.Object(
    { code: Type.String({ description: 'Ten digits.' }), name: Type.String() },
    { title: 'Workshop' },
  ),
  { description: 'Null for schemes.' },
);
export const historyType = Type.Object(
  { code: Int32(), name: LocalisedText('What it is called.') },
  { title: 'HistoryType', description: 'What kind of insurance it is.' },
);
export const notice = Nullable(
  Type.Object({ code: Type.String(), text: LocalisedText('For people.') }, { title: 'RecordNotice' }),
  { description: 'Why there is nothing.' },
);
export const key = Type.String({
  description: 'Tells two entries of a month apart, the same in every answer; nothing can be read from it.',
});
export const jobTitle = Nullable(
  Type.String({ description: 'As the list has it; null where it has none, and for schemes.' }),
);
export const listName = {
  number: Type.String({ description: 'As the employer numbered it.' }),
  contractRow: Type.String({ description: 'ردیف پیمان; empty where there is none.' }),
};
/** Of one row of a list, or one month of a scheme. */
export const amounts = {
  days: Int32(),
  dailyWage: Rials('Daily wage'),
  monthlyWage: Rials('Wage of the month'),
  benefits: Rials('Benefits that bear premium'),
  insurableWage: Rials('What the premium is reckoned on'),
  premium: Rials('The worker’s premium'),
};
export const monthsOfYear = (description: string) => Type.Array(JalaliMonthNumber(), { description });
export const concurrent = Type.Boolean({ description: 'Days at more than one workshop.' });
export const repeated = Type.Boolean({
  description:
    'Days of one workshop by more than one of its lists: by two contracts, or because a list was sent twice.',
});
export const asOf = Nullable(JalaliMonthField('The newest month that the organisation has closed.'));
