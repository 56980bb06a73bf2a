import { error, warning } from './rule.ts';

const wholeNumber = {
  fa: 'مبلغ را به ریال، فقط با رقم و بدون ممیز و جداکننده، وارد کنید. فایل را با اکسل باز و ذخیره نکنید؛ اکسل مبلغ‌ها را کوتاه می‌کند.',
  en: 'Enter whole rials, digits only, without point or separators. Do not save the file in a spreadsheet, which shortens amounts.',
};
const reckonAgain = {
  fa: 'در نرم‌افزار لیست، محاسبهٔ حقوق این شخص را بازبینی و دوباره محاسبه کنید.',
  en: 'Look at this person’s pay in the payroll program and have it reckoned again.',
};
const totalsAgain = {
  fa: 'پس از اصلاح ردیف‌ها، لیست را در نرم‌افزار دوباره جمع بزنید و خروجی تازه بگیرید.',
  en: 'Correct the rows, have the program sum them up again, and export.',
};

/** Days and money of a row, each after what it is reckoned from; sums of the list at the end. */
export const wageRules = {
  'days-invalid': error({
    title: { fa: 'روزهای کارکرد نادرست', en: 'Days that are no number' },
    said: {
      fa: '{column} باید عدد باشد؛ «{written}» نوشته شده است.',
      en: 'The {column} must be a number; “{written}” is given.',
    },
    advice: { fa: 'تعداد روزها را با رقم وارد کنید.', en: 'Enter the days in digits.' },
  }),
  'days-above-month': error({
    title: { fa: 'روزهای کارکرد بیش از روزهای ماه', en: 'More days than the month has' },
    said: {
      fa: '{column} {value} است ولی این ماه {expected} دارد.',
      en: 'The {column} are {value}, but the month has {expected}.',
    },
    advice: {
      fa: 'روزهای کارکرد این شخص را اصلاح کنید.',
      en: 'Correct the days of this person.',
    },
  }),
  'amount-invalid': error({
    title: { fa: 'مبلغ نادرست', en: 'Amount that is no number' },
    said: {
      fa: '{column} عدد درستی نیست: «{written}».',
      en: 'The {column} is not a whole number: “{written}”.',
    },
    advice: wholeNumber,
  }),
  'amount-negative': error({
    title: { fa: 'مبلغ منفی', en: 'Negative amount' },
    said: { fa: '{column} منفی است: «{written}».', en: 'The {column} is negative: “{written}”.' },
    advice: wholeNumber,
  }),
  'total-differs': error({
    title: { fa: 'جمع لیست با ردیف‌ها یکی نیست', en: 'Total that is not the sum of the rows' },
    said: {
      fa: '{column} در فایل کارگاه {value} است ولی جمع ردیف‌ها {expected} می‌شود.',
      en: 'The {column} is {value} in the workshop file, but the rows add up to {expected}.',
    },
    advice: totalsAgain,
  }),
  'row-count-differs': error({
    title: { fa: 'تعداد بیمه‌شدگان یکی نیست', en: 'Number of workers that differs' },
    said: {
      fa: '{column} در فایل کارگاه {value} است ولی لیست {expected} ردیف دارد.',
      en: 'The {column} is {value} in the workshop file, but the list has {expected} rows.',
    },
    advice: totalsAgain,
  }),
  'days-beyond-employment': warning({
    title: { fa: 'روزها بیش از دورهٔ اشتغال', en: 'More days than employed' },
    said: {
      fa: '{column} {value} است ولی از تاریخ شروع تا ترک کار در این ماه {expected} است.',
      en: 'The {column} are {value}, but start and end date leave {expected} in this month.',
    },
    advice: {
      fa: 'روزهای کارکرد یا تاریخ شروع و ترک کار را اصلاح کنید.',
      en: 'Correct the days, or the start and end dates.',
    },
  }),
  'daily-wage-below-minimum': warning({
    title: { fa: 'دستمزد کمتر از حداقل', en: 'Wage below the minimum' },
    said: {
      fa: '{column} {value} است و از حداقل دستمزد سال، {expected}، کمتر است.',
      en: 'The {column} is {value}, below the year’s minimum of {expected}.',
    },
    advice: {
      fa: 'دستمزد روزانه را بررسی کنید؛ مبلغ به ریال است، نه تومان.',
      en: 'Check the daily wage; the unit is the rial, not the toman.',
    },
  }),
  'monthly-wage-differs': warning({
    title: { fa: 'دستمزد ماهانه با روزانه یکسان نیست', en: 'Monthly wage that is not daily wage times days' },
    said: {
      fa: '{column} {value} است ولی دستمزد روزانه (با پایهٔ سنوات) ضرب در روزها {expected} می‌شود.',
      en: 'The {column} is {value}, but daily wage with seniority times days gives {expected}.',
    },
    advice: reckonAgain,
  }),
  'insurable-wage-differs': warning({
    title: {
      fa: 'جمع مشمول با دستمزد و مزایا یکسان نیست',
      en: 'Insurable wage that is not wage plus benefits',
    },
    said: {
      fa: '{column} {value} است ولی دستمزد ماهانه به‌اضافهٔ مزایای مشمول {expected} می‌شود.',
      en: 'The {column} is {value}, but wage plus insurable benefits give {expected}.',
    },
    advice: reckonAgain,
  }),
  'insurable-wage-above-ceiling': warning({
    title: { fa: 'بیش از سقف بیمه', en: 'Above the insurable ceiling' },
    said: {
      fa: '{column} {value} است و از سقف این روزها، {expected}، بیشتر است.',
      en: 'The {column} is {value}, above the ceiling of {expected} for these days.',
    },
    advice: {
      fa: 'سقف دستمزد مشمول سال را در نرم‌افزار لیست تنظیم کنید.',
      en: 'Set the year’s ceiling in the payroll program.',
    },
  }),
  'total-pay-below-insurable': warning({
    title: { fa: 'جمع کل کمتر از جمع مشمول', en: 'Total pay below the insurable wage' },
    said: {
      fa: '{column} {value} است و از جمع مشمول، {expected}، کمتر است.',
      en: 'The {column} is {value}, less than the insurable wage of {expected}.',
    },
    advice: reckonAgain,
  }),
  'worker-premium-differs': warning({
    title: { fa: 'حق بیمه با محاسبه یکسان نیست', en: 'Premium that the rate does not give' },
    said: {
      fa: '{column} {value} است ولی با نرخ این ماه {expected} می‌شود.',
      en: 'The {column} is {value}, but the month’s rate gives {expected}.',
    },
    advice: {
      fa: 'نرخ حق بیمه و جمع مشمول این شخص را بررسی کنید.',
      en: 'Check the rate and the insurable wage of this person.',
    },
  }),
  'employer-premium-missing': warning({
    title: { fa: 'سهم کارفرما صفر است', en: 'No employer’s premium' },
    said: {
      fa: '{column} صفر است، ولی لیست جمع مشمول دارد.',
      en: 'The {column} is 0, though the list has insurable wages.',
    },
    advice: {
      fa: 'اگر کارگاه معاف نیست، نرخ سهم کارفرما را در نرم‌افزار تنظیم کنید.',
      en: 'Set the employer’s rate in the program, unless the workshop is exempt.',
    },
  }),
};
