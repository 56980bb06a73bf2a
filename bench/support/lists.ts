import { extendedLayout } from '../../src/development/sample-lists/list-layouts.ts';
import { type Workshop, writeEmployerList } from '../../src/development/sample-lists/list-writer.ts';
import { jalaliMonthAt } from '../../src/kernel/jalali.ts';
import { completeNationalCode } from '../../src/kernel/national-code.ts';

export type ListFiles = Readonly<{ workshop: Uint8Array; workers: Uint8Array }>;

/** The last month before the lists of a bench. */
const monthBefore = 1403 * 12 - 1;
const families = ['موسوی نیک', 'احمدی', 'رضایی پاک', 'گلکار', 'چیت ساز', 'طاهری', 'آذرفر'];
const givenNames = ['سید مهدی', 'علی', 'فاطمه', 'پژمان', 'لاله'];

/** A national code for every n below 100 million. */
export function toCode(n: number): string {
  return completeNationalCode(String(100_000_000 + n)) ?? '';
}

/** Totals of a list this long do not fit the usual columns. */
const layout: Workshop['layout'] = {
  ...extendedLayout,
  workshopColumns: extendedLayout.workshopColumns.map((column) =>
    column.type === 'N' ? { ...column, width: Math.max(column.width, 15) } : column,
  ),
};

export type ListShape = Readonly<{
  people: number;
  /** The first one of them. */
  from?: number;
  month: number;
  workshop?: string;
}>;

/** The n-th month of one workshop with many people, in the encoding of most real files. */
export function getList({ people, month, workshop = '1234567890', from = 0 }: ListShape): ListFiles {
  const rows = Array.from({ length: people }, (_, index) => from + index).map((n) => ({
    person: {
      nationalCode: toCode(n),
      insuranceNumber: String(10_000_000 + n),
      firstName: { fa: givenNames[n % givenNames.length] ?? '', latin: '' },
      lastName: { fa: families[n % families.length] ?? '', latin: '' },
      fatherName: givenNames[(n + 1) % givenNames.length] ?? '',
      sex: 'male' as const,
      birthDate: `13${50 + (n % 35)}-0${1 + (n % 9)}-${10 + (n % 19)}`,
      birthPlace: 'مشهد',
      job: { code: '027075', title: 'کارمند دفتری' },
      wagePercent: 100 + (n % 200),
      married: n % 2 === 0,
      children: n % 3,
    },
    days: 29 - (n % 5),
    senior: n % 3 === 0,
  }));
  const { kar, wor } = writeEmployerList({
    workshop: {
      code: workshop,
      name: 'کارگاه بزرگ',
      employer: 'کارفرما',
      address: 'تهران',
      layout,
      encoding: 'iran-system',
    },
    month: jalaliMonthAt(monthBefore + month),
    listNumber: '01',
    rows,
  });
  return { workshop: kar, workers: wor };
}
