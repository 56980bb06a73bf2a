import { error, warning } from './rule.ts';

const oneMonthOneWorkshop = {
  fa: 'برای همان ماه و همان کارگاه دوباره خروجی بگیرید؛ دو فایل باید از یک خروجی باشند.',
  en: 'Export that month and workshop again; the two files must come from one export.',
};

/** What names the list: workshop, month, number, contract. Rows are held against the head once, not row by row. */
export const listRules = {
  'workshop-code-zeros-lost': error({
    once: 'value',
    title: { fa: 'صفرهای ابتدای کد کارگاه افتاده است', en: 'Workshop code without its leading zeros' },
    said: {
      fa: 'صفرهای ابتدای {column} افتاده است: «{written}» به‌جای {meant}.',
      en: 'The {column} has lost its leading zeros: “{written}” instead of {meant}.',
    },
    advice: {
      fa: 'کد کارگاه را با صفرهای ابتدای آن در نرم‌افزار لیست وارد کنید. فایل را با اکسل باز و ذخیره نکنید؛ اکسل صفرها را حذف می‌کند.',
      en: 'Enter the code with its zeros. Do not save the file in a spreadsheet, which drops them.',
    },
  }),
  'workshop-code-invalid': error({
    once: 'value',
    title: { fa: 'کد کارگاه نادرست', en: 'Wrong workshop code' },
    said: {
      fa: '{column} باید ۱۰ رقم باشد؛ «{written}» نوشته شده است.',
      en: 'The {column} must have ten digits; it is “{written}”.',
    },
    advice: {
      fa: 'کد ۱۰ رقمی کارگاه را در مشخصات کارگاه وارد کنید.',
      en: 'Enter the code of ten digits in the settings of the workshop.',
    },
  }),
  'workshop-code-differs': error({
    once: 'value',
    title: { fa: 'کد کارگاه دو فایل یکی نیست', en: 'Two workshop codes' },
    said: {
      fa: '{column} در ردیف‌ها {written} است ولی کد کارگاه لیست {meant} است.',
      en: 'The {column} of rows is {written}, but that of the list is {meant}.',
    },
    advice: oneMonthOneWorkshop,
  }),
  'month-invalid': error({
    once: 'value',
    title: { fa: 'سال و ماه نادرست', en: 'Not a month' },
    said: {
      fa: 'سال و ماه «{written}» در {column} درست نیست؛ سال دو رقم و ماه از ۱ تا ۱۲ است.',
      en: 'Year and month “{written}” in {column} are not a month: two digits of the year, and 1 to 12.',
    },
    advice: {
      fa: 'سال و ماه لیست را در نرم‌افزار انتخاب کنید و دوباره خروجی بگیرید.',
      en: 'Choose year and month of the list in the program and export again.',
    },
  }),
  'month-in-future': error({
    title: { fa: 'ماه آینده', en: 'Month in the future' },
    said: {
      fa: '{column} {value} است؛ آخرین ماهی که لیست آن پذیرفته می‌شود {expected} است.',
      en: 'The {column} is {value}; the last one that lists are accepted for is {expected}.',
    },
    advice: {
      fa: 'سال و ماه لیست را بررسی کنید.',
      en: 'Check year and month of the list.',
    },
  }),
  'month-differs': error({
    once: 'value',
    title: { fa: 'ماه دو فایل یکی نیست', en: 'Two months' },
    said: {
      fa: '{column} در ردیف‌ها {value} است ولی ماه لیست {expected} است.',
      en: 'The {column} of rows is {value}, but that of the list is {expected}.',
    },
    advice: oneMonthOneWorkshop,
  }),
  'list-number-invalid': error({
    title: { fa: 'شمارهٔ لیست ناخوانا', en: 'Unreadable list number' },
    said: { fa: '{column} خوانا نیست: «{written}».', en: 'The {column} cannot be read: “{written}”.' },
    advice: {
      fa: 'شمارهٔ لیست را فقط با رقم، مثلاً 01، وارد کنید.',
      en: 'Enter digits only, such as 01.',
    },
  }),
  'contract-row-invalid': error({
    title: { fa: 'ردیف پیمان ناخوانا', en: 'Unreadable contract row' },
    said: { fa: '{column} خوانا نیست: «{written}».', en: 'The {column} cannot be read: “{written}”.' },
    advice: {
      fa: 'ردیف پیمان را سه‌رقمی وارد کنید و اگر کارگاه پیمان ندارد خالی بگذارید.',
      en: 'Enter three digits, or leave it blank where there is no contract.',
    },
  }),
  'list-number-differs': warning({
    once: 'value',
    title: { fa: 'شمارهٔ لیست دو فایل یکی نیست', en: 'Two list numbers' },
    said: {
      fa: '{column} در ردیف‌ها «{written}» است ولی در فایل کارگاه «{meant}».',
      en: 'The {column} of rows is “{written}”, but that of the workshop file “{meant}”.',
    },
    advice: {
      fa: 'شمارهٔ فایل کارگاه ملاک است. اگر درست نیست، با شمارهٔ درست دوباره خروجی بگیرید.',
      en: 'That of the workshop file counts. Export again with the right number if it is wrong.',
    },
  }),
  'list-kind-unusual': warning({
    title: { fa: 'نوع لیست غیرمعمول', en: 'Unusual kind of list' },
    said: {
      fa: '{column} «{written}» است؛ نوع لیست معمولِ ماه ۰ است.',
      en: 'The {column} is “{written}”; a month’s usual list has 0.',
    },
    advice: {
      fa: 'اگر این لیست معمول ماه است، نوع آن را در نرم‌افزار ۰ کنید.',
      en: 'If this is a month’s usual list, set its kind to 0.',
    },
  }),
};
