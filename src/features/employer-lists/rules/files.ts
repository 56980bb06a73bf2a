import { error } from './rule.ts';

const exportAgain = {
  fa: 'در نرم‌افزار لیست دوباره خروجی بگیرید و همان دو فایل را بدون تغییر بفرستید.',
  en: 'Export the list again and send the two files as they are.',
};
const defaultLayout = {
  fa: 'نرم‌افزار لیست را به‌روز کنید و خروجی را در قالب «دیسکت بیمه» بگیرید؛ ستون‌ها را با اکسل تغییر ندهید.',
  en: 'Update the payroll program and export the insurance diskette; do not change columns in a spreadsheet.',
};

/** The files as containers, before anything in them is understood. */
export const fileRules = {
  'workshop-not-allowed': error({
    title: { fa: 'کارگاه دیگر', en: 'Another workshop' },
    said: {
      fa: 'این لیست برای کارگاهی است که این برنامه اجازهٔ فرستادن لیست آن را ندارد.',
      en: 'The list is of a workshop that this program may not send for.',
    },
    advice: {
      fa: 'کد کارگاه را بررسی کنید؛ اگر درست است، از سازمان بخواهید دسترسی آن کارگاه را به برنامهٔ شما بدهد.',
      en: 'Check the workshop code; if it is right, ask the organisation for access to that workshop.',
    },
  }),
  'not-processed': error({
    title: { fa: 'خطای سامانه', en: 'A fault of the service' },
    said: {
      fa: 'این لیست به‌خاطر خطای سامانه ثبت نشد؛ ایرادی از فایل شما نیست.',
      en: 'The list could not be processed, because of a fault of the service and not of your files.',
    },
    advice: {
      fa: 'آن را دوباره بفرستید؛ اگر باز هم نشد، به پشتیبانی خبر دهید.',
      en: 'Send it again; tell the support desk if that does not help.',
    },
  }),
  'not-dbase': error({
    title: { fa: 'فایل DBF نیست', en: 'Not a DBF file' },
    said: {
      fa: 'این فایل از نوع DBF (دی‌بیس) نیست.',
      en: 'This is not a DBF (dBase) file.',
    },
    advice: exportAgain,
  }),
  'header-invalid': error({
    title: { fa: 'هدر فایل خراب است', en: 'Damaged header' },
    said: {
      fa: 'هدر فایل (ابتدای فایل) با ساختار DBF مطابقت ندارد.',
      en: 'The beginning of the file contradicts the structure of a DBF file.',
    },
    advice: exportAgain,
  }),
  'file-too-large': error({
    title: { fa: 'فایل بیش از حد بزرگ است', en: 'File too large' },
    said: {
      fa: 'فایل بزرگ‌تر از حدی است که پذیرفته می‌شود ({written}).',
      en: 'The file is larger than what is accepted ({written}).',
    },
    advice: {
      fa: 'فقط لیست یک ماهِ یک کارگاه را در فایل بگذارید.',
      en: 'Put one month of one workshop into the file, and nothing else.',
    },
  }),
  'file-cut-short': error({
    title: { fa: 'فایل ناقص است', en: 'File cut short' },
    said: {
      fa: 'فایل ناقص است: تعداد ردیف‌های آن کمتر از چیزی است که هدر فایل می‌گوید.',
      en: 'The file is cut short: it holds fewer rows than its header says.',
    },
    advice: exportAgain,
  }),
  'record-count-mismatch': error({
    title: { fa: 'دادهٔ اضافه در فایل', en: 'More data than announced' },
    said: {
      fa: 'فایل بیش از تعداد ردیفی که هدر فایل می‌گوید ({value}) داده دارد.',
      en: 'The file holds more than the number of rows that its header says, {value}.',
    },
    advice: exportAgain,
  }),
  'record-invalid': error({
    title: { fa: 'ردیف خراب', en: 'Damaged row' },
    said: {
      fa: 'ابتدای این ردیف نه نشانهٔ ردیف فعال دارد و نه حذف‌شده ({written}).',
      en: 'The row is marked neither live nor deleted ({written}).',
    },
    advice: exportAgain,
  }),
  'column-missing': error({
    title: { fa: 'ستون لازم نیست', en: 'Missing column' },
    said: { fa: 'ستون {column} در فایل وجود ندارد.', en: 'The column {column} is missing.' },
    advice: defaultLayout,
  }),
  'column-repeated': error({
    title: { fa: 'ستون تکراری', en: 'Repeated column' },
    said: {
      fa: 'ستون {column} بیش از یک بار در فایل آمده است.',
      en: 'The column {column} is in the file more than once.',
    },
    advice: defaultLayout,
  }),
  'column-type-invalid': error({
    title: { fa: 'نوع ستون', en: 'Type of a column' },
    said: {
      fa: 'نوع ستون {column} («{written}») خوانا نیست.',
      en: 'The type of the column {column}, “{written}”, cannot be read.',
    },
    advice: defaultLayout,
  }),
  'workshop-record-count': error({
    title: { fa: 'فایل کارگاه باید یک ردیف داشته باشد', en: 'Not one row of the workshop' },
    said: {
      fa: 'فایل کارگاه باید دقیقاً یک ردیف داشته باشد؛ {value} ردیف دارد.',
      en: 'The workshop file must hold exactly one row; it holds {value}.',
    },
    advice: {
      fa: 'خروجی قبلی را پاک کنید و فقط برای یک ماه و یک کارگاه خروجی بگیرید.',
      en: 'Delete the earlier export and export one month of one workshop.',
    },
  }),
};
