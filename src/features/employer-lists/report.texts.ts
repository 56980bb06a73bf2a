import type { Locale, Localised } from '../../kernel/locale.ts';
import type { Correction } from './corrections.repository.ts';
import type { EmployerListTotals } from './employer-list.ts';
import type { IntakeReport } from './intake-report.ts';

/** What the page of a report says. */

export const words = {
  title: { fa: 'گزارش بررسی لیست بیمه', en: 'Report of an insurance list' },
  workshop: { fa: 'کارگاه', en: 'Workshop' },
  workshopCode: { fa: 'کد کارگاه', en: 'Workshop code' },
  month: { fa: 'ماه', en: 'Month' },
  listNumber: { fa: 'شمارهٔ لیست', en: 'List number' },
  contractRow: { fa: 'ردیف پیمان', en: 'Contract row' },
  rowCount: { fa: 'تعداد بیمه‌شدگان', en: 'Workers' },
  receivedAt: { fa: 'زمان دریافت', en: 'Received' },
  report: { fa: 'شناسهٔ گزارش', en: 'Report' },
  unread: {
    fa: 'مشخصات لیست خوانده نشد؛ ابتدا خطاهای زیر را برطرف کنید.',
    en: 'What list it is could not be read; correct the errors below first.',
  },
  totals: { fa: 'جمع‌های لیست', en: 'Totals of the list' },
  corrected: { fa: 'تغییر نسبت به لیست پیشین', en: 'What it changes of the earlier list' },
  row: { fa: 'ردیف', en: 'Row' },
  person: { fa: 'بیمه‌شده', en: 'Person' },
  number: { fa: 'شمارهٔ بیمه', en: 'Insurance number' },
  text: { fa: 'شرح', en: 'What is found' },
  nationalCode: { fa: 'کد ملی', en: 'National code' },
  error: { fa: 'خطاها', en: 'Errors' },
  warning: { fa: 'هشدارها', en: 'Warnings' },
  cut: {
    fa: 'از {count} مورد، {kept} مورد نخست آمده است؛ پس از اصلاح، لیست را دوباره بفرستید تا بقیه را ببینید.',
    en: 'These are the first {kept} of {count}; correct them and send the list again to see the others.',
  },
  footer: {
    fa: 'این گزارش برای فرستندهٔ لیست است و اطلاعات شخصی دارد.',
    en: 'This report is for the sender of the list and holds personal data.',
  },
} as const satisfies Record<string, Localised>;

type Verdicts = Readonly<
  Record<IntakeReport['state'], Readonly<Record<Locale, readonly [what: string, then: string]>>>
>;

export const verdicts: Verdicts = {
  refused: {
    fa: ['این لیست ثبت نشد.', '{errors} خطا دارد. خطاها را برطرف کنید و لیست را دوباره بفرستید.'],
    en: ['This list was refused.', 'Errors: {errors}. Correct them and send the list again.'],
  },
  'accepted-with-warnings': {
    fa: ['این لیست ثبت شد.', '{warnings} هشدار دارد؛ آن‌ها را بررسی کنید و اگر لازم است لیست اصلاحی بفرستید.'],
    en: [
      'This list was imported.',
      'Warnings: {warnings}. Look at them, and send a corrected list if need be.',
    ],
  },
  accepted: {
    fa: ['این لیست ثبت شد.', 'ایرادی پیدا نشد.'],
    en: ['This list was imported.', 'Nothing was found wrong.'],
  },
  unchanged: {
    fa: ['این لیست پیش‌تر ثبت شده است.', 'همین لیست از قبل شمرده می‌شود و چیزی تغییر نکرد.'],
    en: ['This list had been imported before.', 'The very same list counts already; nothing changed.'],
  },
};

/** Of a list that is only tried. */
export const dryRunVerdicts: Verdicts = {
  refused: {
    fa: ['آزمایشی: این لیست پذیرفته نمی‌شود.', '{errors} خطا دارد. پیش از فرستادن، خطاها را برطرف کنید.'],
    en: ['Dry run: this list would be refused.', 'Errors: {errors}. Correct them before you send it.'],
  },
  'accepted-with-warnings': {
    fa: [
      'آزمایشی: این لیست پذیرفته می‌شود، ولی هنوز ثبت نشده است.',
      '{warnings} هشدار دارد؛ پیش از فرستادن آن‌ها را بررسی کنید.',
    ],
    en: [
      'Dry run: this list would be imported; nothing is kept yet.',
      'Warnings: {warnings}. Look at them before you send it.',
    ],
  },
  accepted: {
    fa: [
      'آزمایشی: این لیست پذیرفته می‌شود، ولی هنوز ثبت نشده است.',
      'ایرادی پیدا نشد؛ می‌توانید آن را بفرستید.',
    ],
    en: [
      'Dry run: this list would be imported; nothing is kept yet.',
      'Nothing was found wrong: it can be sent.',
    ],
  },
  unchanged: {
    fa: [
      'آزمایشی: این لیست پیش‌تر ثبت شده است.',
      'همین لیست از قبل شمرده می‌شود؛ لازم نیست دوباره فرستاده شود.',
    ],
    en: [
      'Dry run: this list has been imported before.',
      'The very same list counts already; there is no need to send it again.',
    ],
  },
};

export const totalNames = {
  days: { fa: 'روزهای کارکرد', en: 'Days worked' },
  monthlyWage: { fa: 'دستمزد ماهانه', en: 'Monthly wages' },
  benefits: { fa: 'مزایای مشمول', en: 'Insurable benefits' },
  insurableWage: { fa: 'دستمزد و مزایای مشمول', en: 'Insurable wages' },
  totalPay: { fa: 'جمع کل دستمزد و مزایا', en: 'All pay' },
  workerPremium: { fa: 'سهم بیمه‌شده', en: 'Workers’ premiums' },
  employerPremium: { fa: 'سهم کارفرما', en: 'Employer’s premium' },
  unemploymentPremium: { fa: 'بیمهٔ بیکاری', en: 'Unemployment premium' },
} as const satisfies Record<keyof EmployerListTotals, Localised>;

export const correctionNames = {
  peopleBefore: { fa: 'افراد لیست پیشین', en: 'People before' },
  peopleAdded: { fa: 'افراد اضافه‌شده', en: 'People added' },
  peopleRemoved: { fa: 'افراد حذف‌شده', en: 'People taken off' },
  peopleChanged: { fa: 'افراد تغییرکرده', en: 'People changed' },
  daysBefore: { fa: 'جمع روزها پیش از این', en: 'Days before' },
  daysAfter: { fa: 'جمع روزها اکنون', en: 'Days now' },
} as const satisfies Record<keyof Correction, Localised>;
