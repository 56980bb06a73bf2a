import { error, warning } from './rule.ts';

const zerosBack = {
  fa: 'شماره را با صفرهای ابتدای آن در نرم‌افزار لیست وارد کنید. اگر اطلاعات از اکسل آمده است، ستون آن را از نوع متن (Text) کنید.',
  en: 'Enter the number with its zeros. If the data came from a spreadsheet, make its column text.',
};
const eightDigits = {
  fa: 'تاریخ شمسی را با ۸ رقم، سال و ماه و روز، مثلاً 13700215، وارد کنید.',
  en: 'Write the Jalali date in eight digits, year, month and day, such as 13700215.',
};
const checkBirthDate = {
  fa: 'تاریخ تولد را از روی شناسنامه یا کارت ملی اصلاح کنید.',
  en: 'Correct the birth date by the birth certificate or national card.',
};

/** Who the rows mean: numbers first, as what is said of a person rests on them. */
export const personRules = {
  'national-code-zeros-lost': error({
    title: { fa: 'صفرهای ابتدای کد ملی افتاده است', en: 'National code without its leading zeros' },
    said: {
      fa: 'صفرهای ابتدای {column} افتاده است: «{written}» به‌جای {meant}.',
      en: 'The {column} has lost its leading zeros: “{written}” instead of {meant}.',
    },
    advice: zerosBack,
  }),
  'national-code-invalid': error({
    title: { fa: 'کد ملی نادرست', en: 'Wrong national code' },
    said: { fa: '{column} «{written}» درست نیست.', en: 'The {column} “{written}” is not valid.' },
    advice: {
      fa: 'هر ۱۰ رقم کد ملی را از روی کارت ملی وارد کنید. برای اتباع خارجی کد ملی را خالی بگذارید و شمارهٔ بیمه را بنویسید.',
      en: 'Enter all ten digits from the national card. For foreign nationals leave it blank and give the insurance number.',
    },
  }),
  'person-number-zeros-lost': error({
    title: {
      fa: 'بدون کد ملی و با شمارهٔ بیمهٔ بی‌صفر',
      en: 'No national code, and a number without its zeros',
    },
    said: {
      fa: 'کد ملی خالی است و صفرهای ابتدای {column} افتاده است: «{written}» به‌جای {meant}.',
      en: 'There is no national code, and the {column} has lost its leading zeros: “{written}” instead of {meant}.',
    },
    advice: zerosBack,
  }),
  'person-unidentified': error({
    title: { fa: 'بدون کد ملی و شمارهٔ بیمه', en: 'Neither code nor number' },
    said: {
      fa: 'نه کد ملی نوشته شده و نه {column} درست است: «{written}».',
      en: 'There is no national code, and the {column} is not valid: “{written}”.',
    },
    advice: {
      fa: 'کد ملی یا شمارهٔ بیمهٔ ۸ یا ۱۰ رقمی این شخص را وارد کنید.',
      en: 'Enter the national code, or an insurance number of 8 or 10 digits.',
    },
  }),
  'person-repeated': error({
    title: { fa: 'شخص تکراری', en: 'Somebody twice' },
    said: {
      fa: 'این شخص با همین تاریخ شروع به کار و همین {column}، {written}، پیش‌تر در همین لیست آمده است.',
      en: 'This person is in the list already with the same start date and the same {column}, {written}.',
    },
    advice: {
      fa: 'ردیف تکراری را حذف کنید؛ اگر شخص رفته و برگشته است، تاریخ ترک کار و شروع تازه را بنویسید.',
      en: 'Delete the repeated row; if the person left and came back, give the end date and the new start.',
    },
  }),
  'national-code-blank': warning({
    title: { fa: 'کد ملی خالی', en: 'No national code' },
    said: {
      fa: '{column} خالی است؛ شخص با شمارهٔ بیمه شناخته شد.',
      en: 'The {column} is blank; the person is known by the insurance number.',
    },
    advice: {
      fa: 'اگر شخص تبعهٔ ایران است، کد ملی او را وارد کنید.',
      en: 'Enter it if the person is an Iranian national.',
    },
  }),
  'insurance-number-zeros-lost': warning({
    title: { fa: 'صفرهای ابتدای شمارهٔ بیمه افتاده است', en: 'Insurance number without its leading zeros' },
    said: {
      fa: 'صفرهای ابتدای {column} افتاده است: «{written}» به‌جای {meant}؛ شماره ثبت نشد.',
      en: 'The {column} has lost its leading zeros: “{written}” instead of {meant}; it was not kept.',
    },
    advice: zerosBack,
  }),
  'insurance-number-invalid': warning({
    title: { fa: 'شمارهٔ بیمهٔ نادرست', en: 'Wrong insurance number' },
    said: {
      fa: '{column} باید ۸ یا ۱۰ رقم باشد که همه صفر نیست؛ «{written}» نوشته شده و ثبت نشد.',
      en: 'The {column} must have 8 or 10 digits, not all of them zero; “{written}” was not kept.',
    },
    advice: {
      fa: 'شمارهٔ بیمه را از روی دفترچه یا سامانهٔ سازمان وارد کنید؛ شخص تازه‌وارد اگر شماره ندارد، خالی بگذارید.',
      en: 'Enter the number from the person’s papers; leave it blank for who has none yet.',
    },
  }),
  'insurance-number-shared': warning({
    title: { fa: 'یک شمارهٔ بیمه برای دو نفر', en: 'One insurance number for two people' },
    said: {
      fa: '{column} {written} در همین لیست برای کد ملی دیگری هم آمده است.',
      en: 'The {column} {written} is in the list with another national code too.',
    },
    advice: {
      fa: 'شمارهٔ بیمه یا کد ملی یکی از دو نفر اشتباه است؛ آن را اصلاح کنید.',
      en: 'The number or the code of one of the two is wrong; correct it.',
    },
  }),
  'date-odd': warning({
    title: { fa: 'تاریخ نادرست', en: 'Not a date' },
    said: {
      fa: '{column} تاریخ شمسی نیست («{written}») و ثبت نشد.',
      en: 'The {column} is not a Jalali date, “{written}”, and was not kept.',
    },
    advice: eightDigits,
  }),
  'date-odd-form': warning({
    once: 'column',
    title: { fa: 'تاریخ به شکل دیگر', en: 'A date in another form' },
    said: {
      fa: '{column} به شکل ۸ رقم نیست؛ «{written}» به‌صورت {expected} خوانده شد.',
      en: 'The {column} is not eight digits; “{written}” was read as {expected}.',
    },
    advice: eightDigits,
  }),
  'date-short-year': warning({
    once: 'column',
    title: { fa: 'سال دو رقمی', en: 'A year of two digits' },
    said: {
      fa: 'سال {column} دو رقمی است؛ «{written}» به‌صورت {expected} خوانده شد.',
      en: 'The {column} has a year of two digits; “{written}” was read as {expected}.',
    },
    advice: eightDigits,
  }),
  'birth-date-in-future': warning({
    title: { fa: 'تولد در آینده', en: 'Born in the future' },
    said: {
      fa: '{column} «{written}» پس از ماه لیست است و ثبت نشد.',
      en: 'The {column} “{written}” is after the month of the list and was not kept.',
    },
    advice: checkBirthDate,
  }),
  'birth-date-unlikely': warning({
    title: { fa: 'سن نامعمول', en: 'Unlikely age' },
    said: {
      fa: 'با {column} «{written}» شخص در این ماه {expected} ساله است؛ تاریخ ثبت نشد.',
      en: 'By the {column} “{written}” the person is {expected} years old in this month; it was not kept.',
    },
    advice: checkBirthDate,
  }),
  'date-outside-month': warning({
    title: { fa: 'تاریخ بیرون از ماه', en: 'A date that contradicts the month' },
    said: {
      fa: '{column}، {value}، با ماه لیست یا با تاریخ شروع به کار مطابقت ندارد.',
      en: 'The {column}, {value}, contradicts the month of the list or the start date.',
    },
    advice: {
      fa: 'تاریخ شروع و ترک کار این شخص را بررسی کنید.',
      en: 'Check start and end date of this person.',
    },
  }),
};
