import { warning } from './rule.ts';

const mendEncoding = {
  fa: 'در نرم‌افزار لیست، نوع حروف خروجی را «ایران سیستم» یا «ویندوز» بگذارید و دوباره خروجی بگیرید.',
  en: 'Set the export of the payroll program to “Iran System” or “Windows” letters and export again.',
};

/** How text is written: a wrong encoding stands before the names that it spoils. */
export const textRules = {
  'encoding-unknown': warning({
    once: 'column',
    title: { fa: 'نوع حروف شناخته نشد', en: 'Unknown encoding' },
    said: {
      fa: 'نوع حروف ستون {column} شناخته نشد و نوشته‌های آن ثبت نشد.',
      en: 'The encoding of {column} could not be told, so its text was not kept.',
    },
    advice: mendEncoding,
  }),
  'column-encoding-differs': warning({
    title: { fa: 'دو نوع حروف در یک فایل', en: 'Two encodings in one file' },
    said: {
      fa: 'نوع حروف ستون {column}، {value}، با بقیهٔ فایل، {expected}، یکی نیست؛ هر دو خوانده شد.',
      en: 'The column {column} is in {value}, and the rest of the file in {expected}; both were read.',
    },
    advice: {
      fa: 'همهٔ اطلاعات را با یک نوع حروف، «ایران سیستم» یا «ویندوز»، خروجی بگیرید.',
      en: 'Export everything in one encoding, “Iran System” or “Windows”.',
    },
  }),
  'text-unreadable': warning({
    once: 'column',
    title: { fa: 'نوشتهٔ ناخوانا', en: 'Unreadable text' },
    said: {
      fa: 'نوشتهٔ ستون {column} خوانا نیست و ثبت نشد: «{written}».',
      en: 'The text of {column} cannot be read and was not kept: “{written}”.',
    },
    advice: mendEncoding,
  }),
  'leading-blanks': warning({
    once: 'column',
    title: { fa: 'جای خالی در ابتدا', en: 'Blanks in front' },
    said: {
      fa: 'ستون {column} با جای خالی شروع می‌شود («{written}»)؛ جای خالی حذف شد.',
      en: 'The value of {column} begins with blanks, “{written}”; they were taken off.',
    },
    advice: {
      fa: 'اگر مقدار درست خوانده شده است، کاری لازم نیست.',
      en: 'Nothing is to be done if the value is right.',
    },
  }),
};
